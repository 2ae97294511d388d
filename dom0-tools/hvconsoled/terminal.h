/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A terminal for a guest's console, for programs that look for one in XenStore (console/tty):
 * Debian's xl waits for it, and its xenconsole opens it.
 */
#ifndef HVCONSOLED_TERMINAL_H
#define HVCONSOLED_TERMINAL_H

#include <stddef.h>

/**
 * Makes a pseudo terminal, raw, whose other side opens without blocking.
 * @param held  gets the other side: as long as it is open, nobody's leaving hangs up.
 * @param name  gets the other side's path.
 * @return our side, or -1 with errno.
 */
int terminal_open(int *held, char *name, size_t room);

#endif
