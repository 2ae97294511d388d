/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Allocation behind one door.  The countdown to a failure on purpose is a thread's own, so that
 * it costs other threads nothing.
 */
#include "alloc.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local unsigned long countdown, failures;
static _Thread_local bool failed;

void alloc_fail_at(unsigned long n)
{
    countdown = n;
    failed = false;
}

int alloc_has_failed(void)
{
    return failed;
}

static bool fails_now(void)
{
    if (!countdown || --countdown) {
        return false;
    }
    failed = true;
    return true;
}

unsigned long alloc_failures(void)
{
    return failures;
}

static void *counted(void *block)
{
    failures += !block;
    return block;
}

void *alloc_zeroed(size_t count, size_t size)
{
    return counted(fails_now() ? NULL : calloc(count ? count : 1, size));
}

void *alloc_again(void *block, size_t size)
{
    return counted(fails_now() ? NULL : realloc(block, size));
}

char *alloc_string(const char *text)
{
    return counted(fails_now() ? NULL : strdup(text));
}

char *alloc_printf(const char *format, ...)
{
    va_list arguments;
    char *text;
    int length;

    if (fails_now()) {
        return counted(NULL);
    }
    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return counted(length < 0 ? NULL : text);
}
