/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Short forms of XenStore's reads, writes and transactions for the library's own use: paths made
 * as printf() does, values that are strings or numbers.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

#define TRIES 100 /* of a transaction that meets others */

/* Makes the path; with one that is too long the daemon's answer would be the same. */
static int make_path(struct hvctl *h, char *path, const char *format, va_list arguments)
{
    int length = vsnprintf(path, XENSTORE_ABS_PATH_MAX + 1, format, arguments);

    if (length < 0 || length > XENSTORE_ABS_PATH_MAX) {
        return hvctl_fail(h, HVCTL_INVALID, ENAMETOOLONG,
                          "XenStore: a path of %d bytes is too long", length);
    }
    return 0;
}

static int get(struct hvctl *h, uint32_t transaction, char *path, char **value, const char *format,
               va_list arguments)
{
    int result = make_path(h, path, format, arguments);

    return result ? result : hvctl_store_read(h, transaction, path, value, NULL);
}

int store_get(struct hvctl *h, uint32_t transaction, char **value, const char *format, ...)
{
    char path[XENSTORE_ABS_PATH_MAX + 1];
    va_list arguments;
    int result;

    va_start(arguments, format);
    result = get(h, transaction, path, value, format, arguments);
    va_end(arguments);
    return result;
}

int store_get_number(struct hvctl *h, uint32_t transaction, uint64_t *number, const char *format,
                     ...)
{
    char path[XENSTORE_ABS_PATH_MAX + 1], *value, *end;
    va_list arguments;
    unsigned long long read;
    int result;

    va_start(arguments, format);
    result = get(h, transaction, path, &value, format, arguments);
    va_end(arguments);
    if (result) {
        return result;
    }
    errno = 0;
    read = strtoull(value, &end, 10);
    if (end == value || *end || errno || value[0] == '-') {
        free(value);
        return hvctl_fail(h, HVCTL_INVALID, EINVAL, "XenStore: %s holds no number", path);
    }
    free(value);
    *number = read;
    return 0;
}

static int put(struct hvctl *h, uint32_t transaction, const char *value, const char *format,
               va_list arguments)
{
    char path[XENSTORE_ABS_PATH_MAX + 1];
    int result = make_path(h, path, format, arguments);

    return result ? result : hvctl_store_write(h, transaction, path, value, strlen(value));
}

int store_put(struct hvctl *h, uint32_t transaction, const char *value, const char *format, ...)
{
    va_list arguments;
    int result;

    va_start(arguments, format);
    result = put(h, transaction, value, format, arguments);
    va_end(arguments);
    return result;
}

int store_put_number(struct hvctl *h, uint32_t transaction, uint64_t number, const char *format,
                     ...)
{
    char value[24];
    va_list arguments;
    int result;

    snprintf(value, sizeof(value), "%" PRIu64, number);
    va_start(arguments, format);
    result = put(h, transaction, value, format, arguments);
    va_end(arguments);
    return result;
}

int store_finish(struct hvctl *h, uint32_t transaction, int result)
{
    struct hvctl_failure failure;

    if (!result) {
        return hvctl_store_end(h, transaction, true);
    }
    hvctl_failure_keep(h, &failure);
    (void)hvctl_store_end(h, transaction, false);
    hvctl_failure_restore(h, &failure);
    return result;
}

int store_transact(struct hvctl *h, store_work_fn *work, const void *opaque)
{
    int result = 0;

    for (unsigned int i = 0; i < TRIES; i++) {
        uint32_t transaction;

        result = hvctl_store_begin(h, &transaction);
        if (!result) {
            result = store_finish(h, transaction, work(h, transaction, opaque));
        }
        if (result != -HVCTL_CONFLICT) {
            break;
        }
    }
    return result;
}
