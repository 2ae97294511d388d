/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's loop: consoles, readers, what was found.
 */
#ifndef HVCONSOLED_SERVER_H
#define HVCONSOLED_SERVER_H

#include "console.h"

struct server {
    struct hvctl *h;
    struct console_settings settings;
    int listener; /* the socket for readers */
    int findings; /* the pipe of finder.h */
    struct console *consoles;
    struct reader *readers;
};

/** Waits once and does what there is to do; a negative failure ends the daemon. */
int server_step(struct server *s);

/** Opens the socket for readers at a path; -1 with errno. */
int server_listen(const char *path);

#endif
