/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The thread that watches XenStore for guests that come, are renamed and go.
 *
 * At each event, and each ten seconds whatever happens, it compares the domains there are with
 * those it told of.  Whether a guest is gone is asked of the hypervisor, not of XenStore.  What
 * could not be read is no answer: it is looked again.
 */
#include "finder.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hvctl.h"
#include "terminal.h"

#define LOOK_NS  UINT64_C(10000000000)
#define RETRY_NS UINT64_C(1000000000)

struct known {
    struct known *next;
    struct finding finding;
    bool told, seen;
    int held;     /* the other side of its terminal, or -1 */
    char tty[64]; /* its name, until XenStore has it */
};

struct finder {
    struct hvctl *h;
    int fd;
    struct known *known;
};

static void tell(const struct finder *f, const struct finding *finding)
{
    if (write(f->fd, finding, sizeof(*finding)) != sizeof(*finding)) {
        abort(); /* the daemon's other half is gone */
    }
}

/* 0 and its value, or the library's failure and NULL. */
static int read_node(struct finder *f, uint32_t domid, const char *node, char **value)
{
    char path[64];
    size_t size;
    int result;

    snprintf(path, sizeof(path), "/local/domain/%u/%s", domid, node);
    result = hvctl_store_read(f->h, HVCTL_NO_TRANSACTION, path, value, &size);
    if (result) {
        *value = NULL;
    }
    return result;
}

static void watch(struct finder *f, uint32_t domid, const char *node, bool on)
{
    char path[64], token[32];

    snprintf(path, sizeof(path), "/local/domain/%u/%s", domid, node);
    snprintf(token, sizeof(token), "%u", domid);
    if (on ? hvctl_store_watch(f->h, path, token) : hvctl_store_unwatch(f->h, path, token)) {
        fprintf(stderr, "hvconsoled: %s\n", hvctl_message(f->h));
    }
}

/* A console that is somebody else's has another type. */
static bool is_ours(struct finder *f, uint32_t domid)
{
    char *type;
    int result = read_node(f, domid, "console/type", &type);
    bool ours = result == -HVCTL_NOT_FOUND || (!result && !strcmp(type, "xenconsoled"));

    free(type);
    return ours;
}

/* False: it is not known now. */
static bool find_log(struct finder *f, struct finding *finding)
{
    struct hvctl_definition *d;
    int result = hvctl_definition_of(f->h, finding->domid, &d);

    if (!result) {
        if (d->console_log) {
            snprintf(finding->log_path, sizeof(finding->log_path), "%s", d->console_log);
        }
        hvctl_definition_free(d);
    }
    return result != -HVCTL_NO_MEMORY;
}

/* Where its terminal is, once the daemon's other half has it. */
static void publish_terminal(struct finder *f, struct known *k)
{
    char path[64];

    snprintf(path, sizeof(path), "/local/domain/%u/console/tty", k->finding.domid);
    if (hvctl_store_write(f->h, HVCTL_NO_TRANSACTION, path, k->tty, strlen(k->tty))) {
        fprintf(stderr, "hvconsoled: %s\n", hvctl_message(f->h));
    } else {
        *k->tty = '\0';
    }
}

static void tell_terminal(struct finder *f, struct known *k)
{
    k->finding.terminal = terminal_open(&k->held, k->tty, sizeof(k->tty));
    if (k->finding.terminal < 0) {
        *k->tty = '\0';
    }
    tell(f, &k->finding);
    k->finding.terminal = -1;
}

/* Whether all that is told of a guest the first time is there. */
static bool is_ready(struct finder *f, struct finding *found)
{
    char *ring, *port;
    bool ready = !read_node(f, found->domid, "console/ring-ref", &ring);

    ready = !read_node(f, found->domid, "console/port", &port) && ready;
    ready = ready && is_ours(f, found->domid) && find_log(f, found);
    if (ready) {
        found->port = (uint32_t)strtoul(port, NULL, 10);
    }
    free(ring);
    free(port);
    return ready;
}

/* Tells of the guest once its nodes are there. */
static void look_at(struct finder *f, struct known *k)
{
    struct finding *found = &k->finding;
    char *name;

    if (!read_node(f, found->domid, "name", &name)) {
        snprintf(found->name, sizeof(found->name), "%s", name);
        free(name);
    } else if (!k->told) {
        return;
    }
    if (k->told) {
        tell(f, found);
    } else if (is_ready(f, found)) {
        k->told = true;
        watch(f, found->domid, "console/port", false);
        tell_terminal(f, k);
    }
    if (*k->tty) {
        publish_terminal(f, k);
    }
}

static struct known *known_add(struct finder *f, uint32_t domid)
{
    struct known *k = calloc(1, sizeof(*k));

    if (k) {
        k->finding.kind = FOUND_GUEST;
        k->finding.domid = domid;
        k->finding.terminal = k->held = -1;
        k->next = f->known;
        f->known = k;
        watch(f, domid, "console/port", true);
        watch(f, domid, "name", true);
    }
    return k;
}

static void drop_unseen(struct finder *f)
{
    struct known **at = &f->known;

    while (*at) {
        struct known *k = *at;
        if (k->seen) {
            at = &k->next;
            continue;
        }
        if (k->told) {
            k->finding.kind = FOUND_END;
            tell(f, &k->finding);
        } else {
            watch(f, k->finding.domid, "console/port", false);
        }
        watch(f, k->finding.domid, "name", false);
        if (k->held >= 0) {
            close(k->held);
        }
        *at = k->next;
        free(k);
    }
}

/* Compares what there is with what was told. */
static int look(struct finder *f)
{
    struct hvctl_domain *domains;
    size_t count;
    int result = hvctl_list(f->h, &domains, &count);

    if (result) {
        return result;
    }
    for (struct known *k = f->known; k; k = k->next) {
        k->seen = false;
    }
    for (size_t at = 0; at < count; at++) {
        struct known *k = f->known;

        if (!domains[at].domid || domains[at].state == HVCTL_DYING) {
            continue;
        }
        while (k && k->finding.domid != domains[at].domid) {
            k = k->next;
        }
        k = k ? k : known_add(f, domains[at].domid);
        if (k) {
            k->seen = true;
            look_at(f, k);
        }
    }
    free(domains);
    drop_unseen(f);
    return 0;
}

/* Waits for an event, and takes those that came with it. */
static void wait_for_events(struct finder *f)
{
    uint64_t wait_ns = LOOK_NS;
    char *path, *token;

    while (!hvctl_store_wait(f->h, wait_ns, &path, &token)) {
        free(path);
        wait_ns = 0;
    }
}

static void *run(void *opaque)
{
    struct finder *f = opaque;

    while (hvctl_store_watch(f->h, "@introduceDomain", "new") ||
           hvctl_store_watch(f->h, "@releaseDomain", "end")) {
        fprintf(stderr, "hvconsoled: %s; trying again\n", hvctl_message(f->h));
        sleep(RETRY_NS / 1000000000);
    }
    for (;;) {
        if (look(f)) {
            fprintf(stderr, "hvconsoled: %s; trying again\n", hvctl_message(f->h));
            sleep(RETRY_NS / 1000000000);
        } else {
            wait_for_events(f);
        }
    }
    return NULL;
}

int finder_start(int fd)
{
    static struct finder finder;
    pthread_t thread;

    finder.fd = fd;
    finder.h = hvctl_open();
    if (!finder.h || pthread_create(&thread, NULL, run, &finder)) {
        return -1;
    }
    pthread_detach(thread);
    return 0;
}
