/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A library to be put before a program by LD_PRELOAD: the FAIL_AT-th allocation of the process
 * fails, whoever makes it (FAIL_TO: all up to that one). How many there were is written to the file
 * FAIL_COUNT. A crash ends the process with status 99 where libxml2's own code crashed, which it
 * does without memory, and with 98 elsewhere.
 */
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CRASH_HERE    98
#define CRASH_LIBXML2 99

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static unsigned long calls, first, last;
static bool begun;

/* The first that is neither this library's nor the C library's. */
static void crashed(int number)
{
    void *frames[64];
    int n = backtrace(frames, 64);
    Dl_info info;

    (void)number;
    first = 0;
    signal(SIGABRT, SIG_DFL);
    signal(SIGSEGV, SIG_DFL);
    for (int i = 2; i < n; i++) {
        if (dladdr(frames[i], &info) && !strstr(info.dli_fname, "libc.so"))
            _exit(strstr(info.dli_fname, "libxml2") ? CRASH_LIBXML2 : CRASH_HERE);
    }
    _exit(CRASH_HERE);
}

static unsigned long number(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);

    return text ? strtoul(text, NULL, 10) : otherwise;
}

static void __attribute__((constructor)) begin(void)
{
    void *load[1];

    backtrace(load, 1); /* loads what it needs the first time */
    signal(SIGSEGV, crashed);
    signal(SIGABRT, crashed); /* the C library found its heap overwritten */
    first = number("FAIL_AT", 0);
    last = number("FAIL_TO", first);
    calls = 0;
    begun = true;
}

static void __attribute__((destructor)) end(void)
{
    const char *name = getenv("FAIL_COUNT");
    int fd = name ? open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;

    begun = false;
    if (fd >= 0) {
        dprintf(fd, "%lu\n", calls);
        close(fd);
    }
}

static bool fails(void)
{
    unsigned long n = begun ? __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED) : 0;

    return begun && first && n >= first && n <= last;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return fails() ? NULL : __libc_realloc(block, size);
}
