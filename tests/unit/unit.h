/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each unit test needs: a check that names itself, and an exit status.
 *
 * A test prints `ok NAME` or `FAIL NAME` with the place of the first broken expectation, one line a
 * test function.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <stdbool.h>
#include <stdio.h>

static int unit_failures;
static bool unit_broken;

#define EXPECT(c)                                                                                  \
    do {                                                                                           \
        if (!(c) && !unit_broken) {                                                                \
            unit_broken = true;                                                                    \
            printf("# %s:%d: expected %s\n", __FILE__, __LINE__, #c);                              \
        }                                                                                          \
    } while (0)

#define RUN(f)                                                                                     \
    do {                                                                                           \
        unit_broken = false;                                                                       \
        f();                                                                                       \
        unit_failures += unit_broken;                                                              \
        printf("%s %s\n", unit_broken ? "FAIL" : "ok", #f);                                        \
    } while (0)

#define UNIT_RESULT (unit_failures != 0)

#endif
