/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a test saw: every hypercall that it made, by call, operation and result, and on Mortise the
 * rule of each refusal. The line `SEEN` of a test has them; the matrix of the documentation
 * (tests/guest/matrix) is made of these lines, so that a cell names a test which saw it.
 */
#ifndef HARNESS_SEEN_H
#define HARNESS_SEEN_H

#include <stdint.h>

/* Begins with nothing; prints the test's lines. */
void seen_begin(void);
void seen_print(const char *test);
/* Whether anything is noted: not in tests that run for a time, which it would slow down. */
void seen_enable(int on);

/* Notes a call of this domain; returns `ret`. */
long seen_call(unsigned int number, const long args[5], long ret);
/* Notes a call that domain `domid` made, whose first argument in memory is at `data` here. */
void seen_foreign(unsigned int domid, unsigned int number, const uint64_t args[5], const void *data,
                  long ret);

/*
 * Tells a watcher outside (tests/perf/watch) which operation the last call was: by the address of a
 * store, behind an instruction that does nothing.
 */
#define WATCH_SUBS 128
extern char watch_labels[64 * WATCH_SUBS];
static inline void watch_label(unsigned int call, unsigned int sub)
{
    char *label = &watch_labels[call % 64 * WATCH_SUBS];

    label += sub < WATCH_SUBS - 2 ? sub : WATCH_SUBS - 2;
    __asm__ volatile(".byte 0x0f, 0x1f, 0x80\n\t.long 0x4d520004\n\tmovb $0, %0" : "=m"(*label));
}

/* Tells it that what comes now is the end of the machine. */
static inline void watch_stop(void)
{
    __asm__ volatile(".byte 0x0f, 0x1f, 0x80\n\t.long 0x4d520005");
}

#endif
