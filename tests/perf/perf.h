/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a primitive is measured: the least of many rounds, in ticks of the TSC, which under
 * `-icount shift=0` counts instructions.  The guest's own side is included and kept small.
 * A figure is printed only when every round did what it should.
 */
#ifndef PERF_H
#define PERF_H

#include "harness.h"

#define PERF_ROUNDS 200

/* Prints the line that tests/perf/run reads. */
static inline void perf_report(const char *name, uint64_t ticks)
{
    print("PERF %s %lu\n", name, (unsigned long)ticks);
}

/* Measures `call`; each round must give `wanted`. */
#define PERF_CALL(name, call, wanted)                                                              \
    do {                                                                                           \
        uint64_t least_ = UINT64_MAX;                                                              \
        bool right_ = true;                                                                        \
        for (unsigned int round = 0; round < PERF_ROUNDS; round++) {                               \
            uint64_t start_ = rdtsc(), ticks_;                                                     \
            long got_ = (long)(call);                                                              \
            ticks_ = rdtsc() - start_;                                                             \
            least_ = ticks_ < least_ ? ticks_ : least_;                                            \
            right_ = right_ && EXPECT_EQ(got_, wanted);                                            \
        }                                                                                          \
        if (right_) {                                                                              \
            perf_report(name, least_);                                                             \
        }                                                                                          \
    } while (0)

#endif
