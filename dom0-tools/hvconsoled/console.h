/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's console: its ring, its event channel, its log and what is to be typed.
 *
 * What is in the ring is taken only after it is in the log and with the readers; so a daemon that
 * is killed loses nothing, at worst the next one logs a ring's worth twice.
 */
#ifndef HVCONSOLED_CONSOLE_H
#define HVCONSOLED_CONSOLE_H

#include "history.h"
#include "hvctl.h"
#include "logfile.h"
#include "rate.h"
#include "reader.h"
#include "ring.h"

#define TYPED_ROOM 4096

struct console_settings {
    const char *folder; /* of logs without a path of their own */
    uint64_t log_size;
    unsigned int log_keep;
    uint64_t rate;     /* bytes a second */
    const char *state; /* a folder in memory, or NULL */
};

struct console {
    struct console *next;
    uint32_t domid, port; /* port: ours */
    char name[64];
    bool own_log; /* its definition names the file */
    struct ring ring;
    struct rate rate;
    struct history history;
    struct logfile log;
    char typed[TYPED_ROOM];
    size_t typed_size;
    bool pending; /* an event came, or there may be more in the ring */
    bool masked;  /* the event has not been unmasked yet */
};

/**
 * Begins to serve a guest's console.
 * @param remote    the guest's port.
 * @param log_path  from its definition, or "".
 * @return 0 or the library's failure; nothing is left of it then.
 */
int console_attach(struct hvctl *h, const struct console_settings *settings, uint32_t domid,
                   uint32_t remote, const char *name, const char *log_path, uint64_t now_ns,
                   struct console **console);

/** Takes what is still in the ring, lets go of it and frees it. */
void console_detach(struct hvctl *h, struct console *c, struct reader *readers);

/** The log goes on under the new name. */
void console_rename(struct console *c, const struct console_settings *settings, const char *name);

/**
 * Serves it once: at most one ring's worth, so that each guest has its turn.
 * @return whether there may be more.
 */
bool console_serve(struct hvctl *h, struct console *c, struct reader *readers, uint64_t now_ns);

/** Takes what a reader typed; how much of it there was room for. */
size_t console_type(struct console *c, const char *text, size_t size);

#endif
