/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of the XenStore client share about one handle's connection: the queue of
 * events, the watches to set again, and the transactions that are open.
 */
#ifndef LIBHVCTL_STORE_STATE_H
#define LIBHVCTL_STORE_STATE_H

#include "store.h"

#define STORE_TRANSACTIONS 16 /* open at a time on one handle */

struct store_event {
    struct store_event *next;
    char *path;  /* the block to free */
    char *token; /* within it */
};

struct store_watch {
    struct store_watch *next;
    char *path, *token;
};

struct hvctl_store {
    int fd;        /* the connection, or -1 */
    int queued_fd; /* readable while the queue is not empty */
    int poll_fd;   /* readable when one of the two is: what callers wait on */
    bool device;   /* fd is the kernel's device */
    bool had_socket;
    uint32_t request; /* number of the last request */
    struct store_event *queue, **queue_end;
    struct store_watch *watches;
    bool end_lost;        /* the last transaction's end was sent, and its answer was lost */
    uint32_t transaction; /* the last of our numbers for transactions */
    size_t transaction_count;
    struct {
        uint32_t ours, wire;
    } transactions[STORE_TRANSACTIONS];
};

/** The handle's state, made on first use; NULL without memory or descriptors. */
struct hvctl_store *store_state(struct hvctl *h);

/** One exchange on the connection that is there; on an I/O error it is closed. */
int store_call_connected(struct hvctl *h, struct hvctl_store *store, enum xsd_sockmsg_type type,
                         uint32_t wire, const struct iovec *parts, size_t part_count,
                         const char *what, char **reply, size_t *size)
    __attribute__((warn_unused_result));

/** Sets all watches on a new connection.  They fire once, so that no change is missed. */
int store_watches_renew(struct hvctl *h, struct hvctl_store *store)
    __attribute__((warn_unused_result));

/** Takes one event off the connection into the queue, or connects again. */
int store_event_receive(struct hvctl *h, struct hvctl_store *store)
    __attribute__((warn_unused_result));

/** The daemon's number for one of ours; false: it is not open on this connection. */
bool store_transaction_wire(const struct hvctl_store *store, uint32_t transaction, uint32_t *wire);

#endif
