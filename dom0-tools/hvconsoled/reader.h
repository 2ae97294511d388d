/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Those who read consoles: connections to the daemon's socket (protocol.h).
 *
 * A reader that does not keep up misses bytes and is told how many; it never holds up a guest
 * or another reader.
 */
#ifndef HVCONSOLED_READER_H
#define HVCONSOLED_READER_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol.h"

#define READER_ROOM (64u << 10) /* bytes that wait for a reader */
#define READERS_MAX 1024

struct console;

struct reader {
    struct reader *next;
    int fd;
    struct console *console; /* NULL: it has not asked yet, or is being sent away */
    char line[CONSOLE_LINE_MAX];
    size_t line_size;
    char out[READER_ROOM];
    size_t out_begin, out_size;
    uint64_t missed;
    bool terminal; /* a terminal of terminal.h: it stays as long as its console */
    bool leaving;  /* closed once all is sent */
    bool gone;     /* closed at the next look */
};

/** Takes a connection from the socket; NULL when there is none, or too many. */
struct reader *reader_accept(struct reader **list, int listener);

/** Takes over a console's terminal; false when there are too many readers. */
bool reader_terminal(struct reader **list, int fd, struct console *console);

/** Gives bytes to a reader; what does not fit is missed. */
void reader_give(struct reader *r, const char *text, size_t size);

/** Sends what waits, as far as the connection takes it. */
void reader_flush(struct reader *r);

/** Takes what it sent; 0: nothing. */
size_t reader_take(struct reader *r, char *text, size_t room);

/** What the loop has to wait for. */
short reader_events(const struct reader *r);

/** Closes those that are gone, or were sent away and have everything. */
void readers_clean(struct reader **list);

#endif
