/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serving one guest's console.
 */
#include "console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONSOLE_GRANT 0 /* GNTTAB_RESERVED_CONSOLE: the builder puts the ring there */

/* The name comes from XenStore: nothing in it may lead out of the folder. */
static void open_log(struct console *c, const struct console_settings *settings, const char *path)
{
    char made[320], name[64];

    snprintf(name, sizeof(name), "%s", c->name);
    for (char *at = name; *at; at++) {
        if (*at == '/' || (unsigned char)*at < ' ' || (at == name && *at == '.')) {
            *at = '_';
        }
    }
    c->own_log = *path;
    snprintf(made, sizeof(made), "%s/%s.log", settings->folder, name);
    logfile_open(&c->log, *path ? path : made, settings->log_size, settings->log_keep,
                 settings->state);
}

int console_attach(struct hvctl *h, const struct console_settings *settings, uint32_t domid,
                   uint32_t remote, const char *name, const char *log_path, uint64_t now_ns,
                   struct console **console)
{
    static const uint32_t reference = CONSOLE_GRANT;
    struct console *c = calloc(1, sizeof(*c));
    void *page;
    int result;

    if (!c) {
        return -HVCTL_NO_MEMORY;
    }
    result = hvctl_grant_map(h, domid, &reference, 1, true, &page);
    if (result) {
        free(c);
        return result;
    }
    result = hvctl_event_bind(h, domid, remote, &c->port);
    if (result) {
        (void)hvctl_grant_unmap(h, page, 1);
        free(c);
        return result;
    }
    c->domid = domid;
    snprintf(c->name, sizeof(c->name), "%s", name);
    ring_attach(&c->ring, page);
    rate_begin(&c->rate, settings->rate, now_ns);
    open_log(c, settings, log_path);
    logfile_tail(&c->log, &c->history);
    c->pending = true; /* what was said before there was an event channel */
    *console = c;
    return 0;
}

/* One ring's worth from the guest to log and readers; how many bytes. */
static size_t take(struct hvctl *h, struct console *c, struct reader *readers)
{
    char text[RING_OUT];
    size_t size = ring_take(&c->ring, text);

    if (!size) {
        return 0;
    }
    logfile_write(&c->log, text, size);
    history_add(&c->history, text, size);
    for (struct reader *r = readers; r; r = r->next) {
        if (r->console == c && !r->leaving) {
            reader_give(r, text, size);
        }
    }
    ring_taken(&c->ring);
    (void)hvctl_event_send(h, c->port); /* a guest that is gone needs no event */
    return size;
}

static void type(struct hvctl *h, struct console *c)
{
    size_t done = c->typed_size ? ring_put(&c->ring, c->typed, c->typed_size) : 0;

    if (done) {
        c->typed_size -= done;
        memmove(c->typed, c->typed + done, c->typed_size);
        (void)hvctl_event_send(h, c->port);
    }
}

bool console_serve(struct hvctl *h, struct console *c, struct reader *readers, uint64_t now_ns)
{
    size_t size;

    if (!c->pending || !rate_allows(&c->rate, now_ns)) {
        return false;
    }
    if (c->masked) {
        /* Before the look into the ring: what is said behind the look makes an event again. */
        c->masked = false;
        (void)hvctl_event_unmask(h, c->port);
    }
    size = take(h, c, readers);
    type(h, c);
    rate_pay(&c->rate, size);
    c->pending = size > 0;
    return c->pending;
}

size_t console_type(struct console *c, const char *text, size_t size)
{
    size_t room = TYPED_ROOM - c->typed_size;

    size = size < room ? size : room;
    memcpy(c->typed + c->typed_size, text, size);
    c->typed_size += size;
    c->pending = true;
    return size;
}

void console_rename(struct console *c, const struct console_settings *settings, const char *name)
{
    if (!strcmp(c->name, name)) {
        return;
    }
    snprintf(c->name, sizeof(c->name), "%s", name);
    if (!c->own_log) {
        logfile_close(&c->log);
        open_log(c, settings, "");
    }
}

void console_detach(struct hvctl *h, struct console *c, struct reader *readers)
{
    /* A guest that is gone says no more than the ring holds; one that is not could go on. */
    take(h, c, readers);
    for (struct reader *r = readers; r; r = r->next) {
        if (r->console == c) {
            r->console = NULL;
            r->leaving = true;
            r->gone |= r->terminal; /* perhaps nobody reads what waits for it */
        }
    }
    (void)hvctl_event_close(h, c->port);
    (void)hvctl_grant_unmap(h, c->ring.page, 1);
    logfile_close(&c->log);
    free(c);
}
