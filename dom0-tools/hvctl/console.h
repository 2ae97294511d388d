/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's console in this terminal, through hvconsoled.
 */
#ifndef HVCTL_CONSOLE_H
#define HVCTL_CONSOLE_H

#include "command.h"

/**
 * Asks the daemon for a guest's console; it is waited for a little, as the daemon may just
 * have heard of the guest.
 * @param live  whether to go on behind what was said so far.
 * @return a socket, or an exit status, negated, after a message.
 */
int console_connect(struct command *c, uint32_t domid, bool live);

/**
 * Copies between terminal and socket until Ctrl-] or the guest's end; closes the socket.
 * @param silent  nothing is sent to the guest, and the terminal stays as it is.
 */
int console_run(struct command *c, uint32_t domid, int fd, bool silent);

#endif
