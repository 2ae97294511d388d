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

#endif
