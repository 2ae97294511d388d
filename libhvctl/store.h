/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The XenStore client's inside: one exchange with the daemon (store_wire.c), and what only the
 * library itself asks (store.c, store_tools.c).  Paths are absolute.  A transaction is a number
 * of this handle, not the daemon's own, so that one of a daemon that was restarted is known.
 */
#ifndef LIBHVCTL_STORE_H
#define LIBHVCTL_STORE_H

#include <sys/uio.h>

#include <xen/io/xs_wire.h>

#include "internal.h"

/**
 * One request and its answer.  A daemon that went away is waited for, connected to again, and
 * asked again; watches are set again; what was a transaction ends with -HVCTL_CONFLICT.
 * @param what   what is asked and of which path, for the sentence: "read /local".
 * @param reply  takes the body, with a zero byte after its end; free() it.  May be NULL.
 * @param size   takes the body's bytes; may be NULL.
 * @return 0; -HVCTL_CONFLICT, -HVCTL_NOT_FOUND, -HVCTL_DENIED, ... as the daemon answers;
 *         -HVCTL_TIMEOUT: it does not answer; -HVCTL_IO: there is none.
 */
int store_call(struct hvctl *h, enum xsd_sockmsg_type type, uint32_t transaction,
               const struct iovec *parts, size_t part_count, const char *what, char **reply,
               size_t *size) __attribute__((warn_unused_result));

/** Takes the daemon's number for a transaction into the books; ours is handed out. */
int store_transaction_add(struct hvctl *h, uint32_t wire, uint32_t *transaction)
    __attribute__((warn_unused_result));
void store_transaction_drop(struct hvctl *h, uint32_t transaction);

/** Since the last begin: was the answer to a transaction's end lost, so that it may be done? */
bool store_end_lost(const struct hvctl *h);

/** Keeps a watch for connections to come, or forgets it. */
int store_watch_add(struct hvctl *h, const char *path, const char *token)
    __attribute__((warn_unused_result));
/** @return whether it was kept. */
bool store_watch_drop(struct hvctl *h, const char *path, const char *token);

/** Drops the events of a watch that are queued. */
void store_events_drop(struct hvctl *h, const char *token);

/** Tells the daemon of a domain whose ring is frame mfn and whose event channel is port. */
int store_introduce(struct hvctl *h, uint32_t domid, uint64_t mfn, uint32_t port)
    __attribute__((warn_unused_result));

/** Ends the daemon's dealings with a domain.  -HVCTL_NOT_FOUND: it knows none. */
int store_release(struct hvctl *h, uint32_t domid) __attribute__((warn_unused_result));

/** "/local/domain/5"; free() it. */
int store_domain_path(struct hvctl *h, uint32_t domid, char **path)
    __attribute__((warn_unused_result));

/** Ends a transaction: done when what was made of it is 0, else given up, and that failure told. */
int store_finish(struct hvctl *h, uint32_t transaction, int result)
    __attribute__((warn_unused_result));

/** What is done within a transaction, perhaps several times. */
typedef int store_work_fn(struct hvctl *h, uint32_t transaction, const void *opaque);

/**
 * Does it in a transaction, and again when it met another.
 * @return 0; what work returns; -HVCTL_CONFLICT: too much goes on at once.
 */
int store_transact(struct hvctl *h, store_work_fn *work, const void *opaque)
    __attribute__((warn_unused_result));

/** Reads a node as a string whose path is made as printf() does; free() the value. */
int store_get(struct hvctl *h, uint32_t transaction, char **value, const char *format, ...)
    __attribute__((format(printf, 4, 5), warn_unused_result));

/** Reads a node that holds a decimal number.  -HVCTL_INVALID: it holds something else. */
int store_get_number(struct hvctl *h, uint32_t transaction, uint64_t *number, const char *format,
                     ...) __attribute__((format(printf, 4, 5), warn_unused_result));

/** Writes a string to a node whose path is made as printf() does. */
int store_put(struct hvctl *h, uint32_t transaction, const char *value, const char *format, ...)
    __attribute__((format(printf, 4, 5), warn_unused_result));

/** Writes a number in decimal. */
int store_put_number(struct hvctl *h, uint32_t transaction, uint64_t number, const char *format,
                     ...) __attribute__((format(printf, 4, 5), warn_unused_result));

#endif
