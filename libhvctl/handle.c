/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The handle: its life, the sentence for its last failure, its progress function; and the clock.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alloc.h"
#include "internal.h"

struct hvctl *hvctl_open(void)
{
    return alloc_zeroed(1, sizeof(struct hvctl));
}

void hvctl_close(struct hvctl *h)
{
    if (!h) {
        return;
    }
    grants_close(h);
    events_close(h);
    store_close(h);
    calls_close(h);
    free(h);
}

const char *hvctl_message(const struct hvctl *h)
{
    return h->message;
}

int hvctl_errno(const struct hvctl *h)
{
    return h->error;
}

const char *hvctl_version(void)
{
    return PACKAGE_VERSION;
}

void hvctl_set_progress(struct hvctl *h, hvctl_progress_fn *function, void *opaque)
{
    h->progress = function;
    h->progress_opaque = opaque;
}

int hvctl_progress(struct hvctl *h, const char *stage, uint64_t done, uint64_t total)
{
    if (!h->progress || h->progress(h->progress_opaque, stage, done, total)) {
        return 0;
    }
    return hvctl_fail(h, HVCTL_CANCELLED, ECANCELED, "stopped as asked while %s", stage);
}

void hvctl_failure_keep(const struct hvctl *h, struct hvctl_failure *failure)
{
    memcpy(failure->message, h->message, sizeof(failure->message));
    failure->error = h->error;
}

void hvctl_failure_restore(struct hvctl *h, const struct hvctl_failure *failure)
{
    memcpy(h->message, failure->message, sizeof(h->message));
    h->error = failure->error;
}

void first_failure_note(const struct hvctl *h, struct first_failure *first, int result)
{
    if (result && !first->result) {
        first->result = result;
        hvctl_failure_keep(h, &first->failure);
    }
}

int first_failure_tell(struct hvctl *h, const struct first_failure *first)
{
    if (first->result) {
        hvctl_failure_restore(h, &first->failure);
    }
    return first->result;
}

/* Sentences quote what guests wrote; a terminal must not take it for commands. */
static void make_printable(char *text)
{
    for (; *text; text++) {
        if (((unsigned char)*text < ' ' && *text != '\n') || *text == 127) {
            *text = '?';
        }
    }
}

int hvctl_fail(struct hvctl *h, enum hvctl_status status, int error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(h->message, sizeof(h->message), format, arguments);
    va_end(arguments);
    make_printable(h->message);
    h->error = error;
    return -(int)status;
}

static enum hvctl_status status_of(int error)
{
    switch (error) {
    case ENOENT:
    case ESRCH:
    case ENODEV:
    case ENXIO:
        return HVCTL_NOT_FOUND;
    case EEXIST:
        return HVCTL_EXISTS;
    case EPERM:
    case EACCES:
        return HVCTL_DENIED;
    case ENOMEM:
    case ENOSPC:
    case EMFILE:
    case ENFILE:
        return HVCTL_NO_MEMORY;
    case EBUSY:
        return HVCTL_BUSY;
    case ENOSYS:
    case EOPNOTSUPP:
        return HVCTL_UNSUPPORTED;
    case ETIMEDOUT:
        return HVCTL_TIMEOUT;
    case EAGAIN:
        return HVCTL_CONFLICT;
    case EINVAL:
        return HVCTL_INVALID;
    default:
        return HVCTL_IO;
    }
}

int hvctl_fail_errno(struct hvctl *h, int error, const char *format, ...)
{
    va_list arguments;
    size_t used;

    va_start(arguments, format);
    vsnprintf(h->message, sizeof(h->message), format, arguments);
    va_end(arguments);
    make_printable(h->message);
    used = strlen(h->message);
    snprintf(h->message + used, sizeof(h->message) - used, ": %s", strerror(error));
    h->error = error;
    return -(int)status_of(error);
}

int hvctl_context(struct hvctl *h, int result, const char *format, ...)
{
    char old[sizeof(h->message)];
    va_list arguments;
    size_t used;

    memcpy(old, h->message, sizeof(old));
    va_start(arguments, format);
    vsnprintf(h->message, sizeof(h->message), format, arguments);
    va_end(arguments);
    make_printable(h->message);
    used = strlen(h->message);
    snprintf(h->message + used, sizeof(h->message) - used, ": %s", old);
    return result;
}

uint64_t clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t clock_ms(void)
{
    return clock_ns() / 1000000;
}
