/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The client's state in a handle: watches and transactions, which are set and open, kept over a
 * restart of the daemon, and the waiting for events.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "alloc.h"
#include "store.h"
#include "store_state.h"

struct hvctl_store *store_state(struct hvctl *h)
{
    struct epoll_event event = {.events = EPOLLIN};
    struct hvctl_store *store = h->store;

    if (store) {
        return store;
    }
    store = alloc_zeroed(1, sizeof(*store));
    if (!store) {
        return NULL;
    }
    store->fd = -1;
    store->queue_end = &store->queue;
    store->queued_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    store->poll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (store->queued_fd < 0 || store->poll_fd < 0 ||
        epoll_ctl(store->poll_fd, EPOLL_CTL_ADD, store->queued_fd, &event) < 0) {
        close(store->queued_fd);
        close(store->poll_fd);
        free(store);
        return NULL;
    }
    h->store = store;
    return store;
}

bool store_transaction_wire(const struct hvctl_store *store, uint32_t transaction, uint32_t *wire)
{
    for (size_t i = 0; i < store->transaction_count; i++) {
        if (store->transactions[i].ours == transaction) {
            *wire = store->transactions[i].wire;
            return true;
        }
    }
    return false;
}

int store_transaction_add(struct hvctl *h, uint32_t wire, uint32_t *transaction)
{
    struct hvctl_store *store = store_state(h);

    if (!store || store->transaction_count == STORE_TRANSACTIONS) {
        return hvctl_fail_errno(h, ENOSPC, "XenStore: %d transactions are open on this handle",
                                STORE_TRANSACTIONS);
    }
    if (++store->transaction == HVCTL_NO_TRANSACTION) {
        store->transaction++;
    }
    store->transactions[store->transaction_count].ours = store->transaction;
    store->transactions[store->transaction_count++].wire = wire;
    *transaction = store->transaction;
    return 0;
}

void store_transaction_drop(struct hvctl *h, uint32_t transaction)
{
    struct hvctl_store *store = h->store;

    for (size_t i = 0; store && i < store->transaction_count; i++) {
        if (store->transactions[i].ours == transaction) {
            store->transactions[i] = store->transactions[--store->transaction_count];
            return;
        }
    }
}

int store_watch_add(struct hvctl *h, const char *path, const char *token)
{
    struct hvctl_store *store = store_state(h);
    struct store_watch *watch = alloc_zeroed(1, sizeof(*watch));

    if (!store || !watch || !(watch->path = alloc_string(path)) ||
        !(watch->token = alloc_string(token))) {
        if (watch) {
            free(watch->path);
            free(watch);
        }
        return hvctl_fail_errno(h, ENOMEM, "XenStore: watch %s", path);
    }
    watch->next = store->watches;
    store->watches = watch;
    return 0;
}

bool store_watch_drop(struct hvctl *h, const char *path, const char *token)
{
    struct store_watch **at = &h->store->watches;

    for (; *at; at = &(*at)->next) {
        struct store_watch *watch = *at;

        if (strcmp(watch->path, path) == 0 && strcmp(watch->token, token) == 0) {
            *at = watch->next;
            free(watch->path);
            free(watch->token);
            free(watch);
            return true;
        }
    }
    return false;
}

int store_watches_renew(struct hvctl *h, struct hvctl_store *store)
{
    for (const struct store_watch *watch = store->watches; watch; watch = watch->next) {
        struct iovec parts[] = {{watch->path, strlen(watch->path) + 1},
                                {watch->token, strlen(watch->token) + 1}};
        int result =
            store_call_connected(h, store, XS_WATCH, 0, parts, 2, "set watches again", NULL, NULL);

        if (result) {
            return result;
        }
    }
    return 0;
}

/* Takes the queue's first event. */
static void take_event(struct hvctl_store *store, char **path, char **token)
{
    struct store_event *event = store->queue;
    uint64_t count;

    store->queue = event->next;
    if (!store->queue) {
        store->queue_end = &store->queue;
        if (read(store->queued_fd, &count, sizeof(count)) < 0) {
            count = 0; /* it was not set: nothing to take back */
        }
    }
    *path = event->path;
    *token = event->token;
    free(event);
}

void store_events_drop(struct hvctl *h, const char *token)
{
    struct hvctl_store *store = h->store;
    struct store_event *old = store->queue;
    uint64_t count, one = 1;

    store->queue = NULL;
    store->queue_end = &store->queue;
    while (old) {
        struct store_event *event = old;

        old = event->next;
        event->next = NULL;
        if (strcmp(event->token, token) == 0) {
            free(event->path);
            free(event);
        } else {
            *store->queue_end = event;
            store->queue_end = &event->next;
        }
    }
    if (read(store->queued_fd, &count, sizeof(count)) < 0 && errno != EAGAIN) {
        count = 0;
    }
    if (store->queue && write(store->queued_fd, &one, sizeof(one)) < 0) {
        count = 0; /* the counter can't be full: it is read whenever it is set */
    }
}

int hvctl_store_wait(struct hvctl *h, uint64_t wait_ns, char **path, char **token)
{
    struct hvctl_store *store = store_state(h);
    uint64_t begin = clock_ns();

    if (!store) {
        return hvctl_fail_errno(h, ENOMEM, "XenStore: wait for a watch");
    }
    while (!store->queue) {
        struct pollfd ready = {.fd = store->fd, .events = POLLIN};
        uint64_t spent = clock_ns() - begin;
        uint64_t left = spent < wait_ns ? wait_ns - spent : 0;
        uint64_t ms = (left + 999999) / 1000000;
        int got = store->fd < 0 ? 1 : poll(&ready, 1, ms < 1u << 30 ? (int)ms : 1 << 30);

        if (got > 0) {
            int result = store_event_receive(h, store);

            if (result) {
                return result;
            }
        } else if (!left) {
            return hvctl_fail(h, HVCTL_TIMEOUT, ETIMEDOUT, "XenStore: no watch has fired");
        }
    }
    take_event(store, path, token);
    return 0;
}

int hvctl_store_fd(struct hvctl *h)
{
    return h->store ? h->store->poll_fd : -1;
}

void store_close(struct hvctl *h)
{
    struct hvctl_store *store = h->store;

    if (!store) {
        return;
    }
    while (store->queue) {
        char *path, *token;

        take_event(store, &path, &token);
        free(path);
    }
    while (store->watches) {
        (void)store_watch_drop(h, store->watches->path, store->watches->token);
    }
    if (store->fd >= 0) {
        close(store->fd);
    }
    close(store->queued_fd);
    close(store->poll_fd);
    free(store);
    h->store = NULL;
}
