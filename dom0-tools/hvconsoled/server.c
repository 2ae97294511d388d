/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop.  Each round serves every console that has something once, and each reader once.
 */
#include "server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "finder.h"

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int server_listen(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t mask;
    int result;

    if (fd < 0 || strlen(path) >= sizeof(address.sun_path)) {
        errno = fd < 0 ? errno : ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    unlink(path); /* of a daemon before us: the lock says that none is there */
    mask = umask(077);
    result = bind(fd, (struct sockaddr *)&address, sizeof(address));
    umask(mask);
    if (result || listen(fd, 64)) {
        int error = errno;

        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

static struct console *console_find(struct server *s, uint32_t domid)
{
    struct console *c = s->consoles;

    while (c && c->domid != domid) {
        c = c->next;
    }
    return c;
}

/* The terminal that was handed over: it reads the console, or is closed when there is none. */
static void terminal_take(struct server *s, int fd, struct console *c)
{
    if (fd >= 0 && (!c || !reader_terminal(&s->readers, fd, c))) {
        close(fd);
    }
}

static void guest_found(struct server *s, const struct finding *f)
{
    struct console *c = console_find(s, f->domid);
    int result;

    if (c) {
        console_rename(c, &s->settings, f->name);
        terminal_take(s, f->terminal, c);
        return;
    }
    result =
        console_attach(s->h, &s->settings, f->domid, f->port, f->name, f->log_path, now_ns(), &c);
    if (result) { /* it is found again at the next look */
        fprintf(stderr, "hvconsoled: the console of %s (%u) can't be reached: %s\n", f->name,
                f->domid, result == -HVCTL_NO_MEMORY ? "there is no memory" : hvctl_message(s->h));
        terminal_take(s, f->terminal, NULL);
        return;
    }
    c->next = s->consoles;
    s->consoles = c;
    terminal_take(s, f->terminal, c);
}

static void guest_gone(struct server *s, uint32_t domid)
{
    for (struct console **at = &s->consoles; *at; at = &(*at)->next) {
        if ((*at)->domid == domid) {
            struct console *c = *at;

            *at = c->next;
            console_detach(s->h, c, s->readers);
            return;
        }
    }
}

static int take_finding(struct server *s)
{
    struct finding f;
    ssize_t size = read(s->findings, &f, sizeof(f));

    if (size != sizeof(f)) {
        return size < 0 && errno == EINTR ? 0 : -1;
    }
    switch (f.kind) {
    case FOUND_GUEST:
        guest_found(s, &f);
        break;
    case FOUND_END:
        guest_gone(s, f.domid);
        break;
    }
    return 0;
}

/* At most so many as there are consoles: then the others have their turn. */
static void take_events(struct server *s)
{
    uint32_t port;

    for (const struct console *bound = s->consoles; bound; bound = bound->next) {
        if (hvctl_event_next(s->h, &port)) {
            return;
        }
        for (struct console *c = s->consoles; c; c = c->next) {
            if (c->port == port) {
                c->pending = c->masked = true;
            }
        }
    }
}

static void answer(struct reader *r, const char *line)
{
    reader_give(r, line, strlen(line));
}

/* What a reader asked for: a word and a domain identifier. */
static void take_request(struct server *s, struct reader *r)
{
    char word[16], text[HISTORY_SIZE];
    unsigned int domid;
    struct console *c;

    if (sscanf(r->line, "%15[a-z] %u", word, &domid) != 2 ||
        (strcmp(word, "attach") && strcmp(word, "resume") && strcmp(word, "log"))) {
        answer(r, "error that is no request to hvconsoled\n");
        r->leaving = true;
        return;
    }
    c = console_find(s, domid);
    if (!c) {
        char line[80];

        snprintf(line, sizeof(line), "error guest %u has no console that hvconsoled serves\n",
                 domid);
        answer(r, line);
        r->leaving = true;
        return;
    }
    answer(r, "ok\n");
    reader_give(r, text, history_read(&c->history, !strcmp(word, "resume"), text, sizeof(text)));
    r->leaving = !strcmp(word, "log");
    r->console = r->leaving ? NULL : c;
}

/* What comes before the console is chosen is collected until its line is whole. */
static void take_line(struct server *s, struct reader *r)
{
    size_t size = reader_take(r, r->line + r->line_size, sizeof(r->line) - 1 - r->line_size);
    char *end;

    r->line_size += size;
    r->line[r->line_size] = '\0';
    end = memchr(r->line, '\n', r->line_size);
    if (!end) {
        r->gone |= r->line_size == sizeof(r->line) - 1;
        return;
    }
    *end++ = '\0';
    take_request(s, r);
    if (r->console) {
        console_type(r->console, end, r->line_size - (size_t)(end - r->line));
    }
}

static void take_typed(struct reader *r)
{
    char text[512];
    size_t room = TYPED_ROOM - r->console->typed_size;
    size_t size = room ? reader_take(r, text, room < sizeof(text) ? room : sizeof(text)) : 0;

    if (size) {
        console_type(r->console, text, size);
    }
}

/* How long to wait: not at all with work to do, else until a guest's allowance has grown. */
static int wait_ms(const struct server *s)
{
    uint64_t now = now_ns(), least = UINT64_MAX;

    for (const struct console *c = s->consoles; c; c = c->next) {
        uint64_t wait = c->rate.waiting ? rate_wait_ns(&c->rate, now) : 0;

        if (c->pending && wait < least) {
            least = wait;
        }
    }
    return least == UINT64_MAX ? -1 : (int)(least / 1000000) + (least != 0);
}

static size_t fill(const struct server *s, struct pollfd *polls)
{
    size_t count = 3;

    polls[0] = (struct pollfd){.fd = hvctl_event_fd(s->h), .events = POLLIN};
    polls[1] = (struct pollfd){.fd = s->findings, .events = POLLIN};
    polls[2] = (struct pollfd){.fd = s->listener, .events = POLLIN};
    for (const struct reader *r = s->readers; r; r = r->next) {
        bool full = r->console && r->console->typed_size == TYPED_ROOM;

        polls[count++] = (struct pollfd){
            .fd = r->fd, .events = (short)(reader_events(r) & (full ? ~POLLIN : ~0))};
    }
    return count;
}

int server_step(struct server *s)
{
    struct pollfd polls[3 + READERS_MAX];
    size_t count = fill(s, polls), at = 3;
    int result = 0;

    if (poll(polls, count, wait_ms(s)) < 0) {
        return errno == EINTR ? 0 : -1;
    }
    for (struct reader *r = s->readers; r; r = r->next, at++) {
        if (polls[at].revents & (POLLIN | POLLHUP | POLLERR)) {
            r->gone |= !(polls[at].revents & POLLIN);
            if (r->console) {
                take_typed(r);
            } else if (!r->leaving && !r->gone) {
                take_line(s, r);
            }
        }
    }
    if (polls[2].revents) {
        reader_accept(&s->readers, s->listener);
    }
    if (polls[1].revents) {
        result = take_finding(s);
    }
    take_events(s);
    for (struct console *c = s->consoles; c; c = c->next) {
        console_serve(s->h, c, s->readers, now_ns());
    }
    for (struct reader *r = s->readers; r; r = r->next) {
        reader_flush(r);
    }
    readers_clean(&s->readers);
    return result;
}
