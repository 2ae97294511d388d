/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the parts of libhvctl share: the handle and how a failure is told.  Each part keeps its
 * own state behind a pointer of the handle, makes it on first use and frees it in its _close.
 */
#ifndef LIBHVCTL_INTERNAL_H
#define LIBHVCTL_INTERNAL_H

#include "hvctl.h"

struct hvctl_calls;  /* calls.c: /dev/xen/privcmd, /dev/xen/hypercall and their buffers */
struct hvctl_store;  /* store.c: the connection to XenStore */
struct hvctl_events; /* events.c: /dev/xen/evtchn */
struct hvctl_grants; /* grants.c: /dev/xen/gntdev and gntalloc */

struct hvctl {
    char message[512];
    int error;
    hvctl_progress_fn *progress;
    void *progress_opaque;
    struct hvctl_calls *calls;
    struct hvctl_store *store;
    struct hvctl_events *events;
    struct hvctl_grants *grants;
};

void calls_close(struct hvctl *h);
void store_close(struct hvctl *h);
void events_close(struct hvctl *h);
void grants_close(struct hvctl *h);

/**
 * Notes a failure in the handle.
 * @param error   the errno behind it, 0 if there is none; it is kept, not printed.
 * @param format  one sentence with the cause, no full stop, no new line.
 * @return -status, so that callers can write: return hvctl_fail(...).
 */
int hvctl_fail(struct hvctl *h, enum hvctl_status status, int error, const char *format, ...)
    __attribute__((format(printf, 4, 5), warn_unused_result));

/** The same with ": " and the words for error added, and the status that fits error. */
int hvctl_fail_errno(struct hvctl *h, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4), warn_unused_result));

/** Puts "prefix: " before the sentence that is there, for context; returns result. */
int hvctl_context(struct hvctl *h, int result, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** A failure put aside while something else is done that may fail, too. */
struct hvctl_failure {
    char message[512];
    int error;
};

void hvctl_failure_keep(const struct hvctl *h, struct hvctl_failure *failure);
void hvctl_failure_restore(struct hvctl *h, const struct hvctl_failure *failure);

/** The first of several failures, with its sentence, where what follows is done all the same. */
struct first_failure {
    int result; /**< 0, or its -status */
    struct hvctl_failure failure;
};

/** Notes a result; only the first that is a failure counts. */
void first_failure_note(const struct hvctl *h, struct first_failure *first, int result);

/** The handle tells of the first failure again; its -status, or 0. */
int first_failure_tell(struct hvctl *h, const struct first_failure *first)
    __attribute__((warn_unused_result));

/** Tells the progress function; -HVCTL_CANCELLED when it wants to stop. */
int hvctl_progress(struct hvctl *h, const char *stage, uint64_t done, uint64_t total)
    __attribute__((warn_unused_result));

/** The monotonic clock, in nanoseconds and in milliseconds. */
uint64_t clock_ns(void);
uint64_t clock_ms(void);

#endif
