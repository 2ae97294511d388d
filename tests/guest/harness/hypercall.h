/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One way to make any hypercall: hcall(number, up to five arguments), through the
 * hypercall page.  Tests pass garbage on purpose, so nothing here is typed.
 */
#ifndef HARNESS_HYPERCALL_H
#define HARNESS_HYPERCALL_H

#include "seen.h"

extern char hypercall_page[];

static inline long hcall5(unsigned int number, long a, long b, long c, long d, long e)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    long ret;

    __asm__ volatile("call *%[entry]"
                     : "=a"(ret), "+D"(a), "+S"(b), "+d"(c), "+r"(r10), "+r"(r8)
                     : [entry] "r"(hypercall_page + number * 32ul)
                     : "rcx", "r11", "memory", "cc");
    return ret;
}

/* Each call is noted (seen.h), but not where every instruction is counted. */
#ifdef HCALL_UNSEEN
#define HCALL_MADE hcall5
#else
#define HCALL_MADE hcall_made
static inline long hcall_made(unsigned int number, long a, long b, long c, long d, long e)
{
    return seen_call(number, (const long[5]){a, b, c, d, e}, hcall5(number, a, b, c, d, e));
}
#endif

#define HCALL_PICK(number, a, b, c, d, e, ...)                                                     \
    HCALL_MADE(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))
#define hcall(number, ...) HCALL_PICK(number, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)

/* The same by a bare `syscall`, for numbers that have no entry in the page. */
static inline long hcall_raw(long number, long a, long b)
{
    long ret;
#ifndef HCALL_UNSEEN
    const long args[5] = {a, b};
#endif

    __asm__ volatile("syscall"
                     : "=a"(ret), "+D"(a), "+S"(b)
                     : "a"(number)
                     : "rcx", "r11", "rdx", "r10", "r8", "memory", "cc");
#ifndef HCALL_UNSEEN
    seen_call((unsigned int)number, args, ret);
#endif
    return ret;
}

#endif
