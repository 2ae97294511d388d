/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the two files of the fake.
 */
#ifndef TESTS_HVCTL_FAKE_INSIDE_H
#define TESTS_HVCTL_FAKE_INSIDE_H

#include "internal.h"

/** Notes a call; a failure if one was asked for, or 0. */
int fake_call(struct hvctl *h, const char *function, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
