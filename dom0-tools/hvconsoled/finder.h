/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds guests: a thread with a handle of its own, so that a XenStore that does not answer never
 * holds up a console.  What it found goes through a pipe, in records that are written whole.
 */
#ifndef HVCONSOLED_FINDER_H
#define HVCONSOLED_FINDER_H

#include <stdint.h>

/* A guest is told of at each look, so that its new name, and a console that could not be reached
 * at first, need no message of their own. */
enum finding_kind { FOUND_GUEST, FOUND_END };

struct finding {
    enum finding_kind kind;
    uint32_t domid, port; /* port: the guest's */
    int terminal;         /* of terminal.h, handed over, or -1 */
    char name[64];
    char log_path[256]; /* of its definition, or "" */
};

/** Starts the thread; it writes to fd. */
int finder_start(int fd);

#endif
