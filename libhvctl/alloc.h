/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one place where the library takes memory.  A test can make the n-th allocation fail.
 * What it gives is freed by free().
 */
#ifndef LIBHVCTL_ALLOC_H
#define LIBHVCTL_ALLOC_H

#include <stddef.h>

/** calloc(): zeroed, or NULL. */
void *alloc_zeroed(size_t count, size_t size)
    __attribute__((malloc, alloc_size(1, 2), warn_unused_result));

/** realloc(); the old block stays when it fails. */
void *alloc_again(void *block, size_t size) __attribute__((alloc_size(2), warn_unused_result));

/** strdup(). */
char *alloc_string(const char *text) __attribute__((malloc, warn_unused_result));

/** printf() into memory of its own; NULL without memory. */
char *alloc_printf(const char *format, ...)
    __attribute__((malloc, format(printf, 1, 2), warn_unused_result));

/** Lets the n-th allocation from now fail, once; 0: none.  For tests, in one thread. */
void alloc_fail_at(unsigned long n);

/** Did the allocation that was to fail happen? */
int alloc_has_failed(void);

/** How many allocations of this thread failed, on purpose or not, since it began. */
unsigned long alloc_failures(void);

#endif
