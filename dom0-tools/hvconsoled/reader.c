/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connections of readers, all without blocking.
 */
#include "reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct reader *add_reader(struct reader **list, int fd)
{
    struct reader *r = NULL;
    size_t count = 0;

    for (const struct reader *at = *list; at; at = at->next) {
        count++;
    }
    if (count < READERS_MAX) {
        r = calloc(1, sizeof(*r));
    }
    if (r) {
        r->fd = fd;
        r->next = *list;
        *list = r;
    }
    return r;
}

struct reader *reader_accept(struct reader **list, int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct reader *r = fd < 0 ? NULL : add_reader(list, fd);

    if (fd >= 0 && !r) {
        static const char full[] = "error there are too many readers of consoles, or no memory\n";

        (void)!write(fd, full, sizeof(full) - 1);
        close(fd);
    }
    return r;
}

bool reader_terminal(struct reader **list, int fd, struct console *console)
{
    struct reader *r = add_reader(list, fd);

    if (r) {
        r->terminal = true;
        r->console = console;
    }
    return r;
}

/* Where the free room is one piece. */
static void add(struct reader *r, const char *text, size_t size)
{
    while (size) {
        size_t end = (r->out_begin + r->out_size) % READER_ROOM;
        size_t piece = READER_ROOM - (end < r->out_begin ? READER_ROOM - r->out_begin + end : end);

        piece = size < piece ? size : piece;
        memcpy(r->out + end, text, piece);
        r->out_size += piece;
        text += piece;
        size -= piece;
    }
}

void reader_give(struct reader *r, const char *text, size_t size)
{
    size_t room = READER_ROOM - r->out_size;

    if (r->missed) {
        char note[96];
        size_t length =
            (size_t)snprintf(note, sizeof(note), "\r\n[hvconsoled: %llu bytes not shown]\r\n",
                             (unsigned long long)r->missed);

        /* Only when half of the room is free, so that notes don't fill it. */
        if (room < READER_ROOM / 2) {
            r->missed += size;
            return;
        }
        add(r, note, length);
        room -= length;
        r->missed = 0;
    }
    if (size > room) {
        r->missed += size - room;
        size = room;
    }
    add(r, text, size);
}

void reader_flush(struct reader *r)
{
    while (r->out_size && !r->gone) {
        size_t piece = READER_ROOM - r->out_begin;
        ssize_t done;

        piece = r->out_size < piece ? r->out_size : piece;
        done = r->terminal ? write(r->fd, r->out + r->out_begin, piece)
                           : send(r->fd, r->out + r->out_begin, piece, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            r->gone = errno != EAGAIN && errno != EWOULDBLOCK;
            return;
        }
        r->out_begin = (r->out_begin + (size_t)done) % READER_ROOM;
        r->out_size -= (size_t)done;
    }
}

size_t reader_take(struct reader *r, char *text, size_t room)
{
    ssize_t size = read(r->fd, text, room);

    if (size > 0) {
        return (size_t)size;
    }
    if (!size || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
        r->gone = true;
    }
    return 0;
}

short reader_events(const struct reader *r)
{
    return (short)((r->leaving ? 0 : POLLIN) | (r->out_size ? POLLOUT : 0));
}

void readers_clean(struct reader **list)
{
    while (*list) {
        struct reader *r = *list;

        if (r->gone || (r->leaving && !r->out_size)) {
            *list = r->next;
            close(r->fd);
            free(r);
        } else {
            list = &r->next;
        }
    }
}
