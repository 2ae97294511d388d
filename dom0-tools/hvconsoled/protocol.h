/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a reader speaks with hvconsoled, on a stream socket.
 *
 * The reader sends one line: a word and a domain identifier.  The daemon answers "ok" or
 * "error SENTENCE" on a line; behind "ok" come the console's bytes, and what the reader sends
 * goes to the guest.  The daemon closes when the guest's console is gone.
 *   attach  the tail of what was said so far, then what is said
 *   resume  what was said since the daemon's start, then what is said
 *   log     the tail alone
 */
#ifndef HVCONSOLED_PROTOCOL_H
#define HVCONSOLED_PROTOCOL_H

#define CONSOLE_SOCKET          "/run/hvconsoled/socket"
#define CONSOLE_SOCKET_VARIABLE "HVCONSOLED_SOCKET" /* in the environment, for tests */
#define CONSOLE_LINE_MAX        256

#endif
