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

/* An instruction that does nothing, for the watcher outside (watch/insn.h). */
#define PERF_MARK(number)                                                                          \
    __asm__ volatile(".byte 0x0f, 0x1f, 0x80\n\t.long 0x4d520000 + %c0"                            \
                     :                                                                             \
                     : "i"(number)                                                                 \
                     : "memor"                                                                     \
                       "y")
#define PERF_BEGIN  1
#define PERF_END    2
#define PERF_REPORT 3

/* Prints the line that tests/perf/run reads; the watcher writes one too. */
static inline void perf_report(const char *name, uint64_t ticks)
{
    PERF_MARK(PERF_REPORT);
    print("PERF %s %lu\n", name, (unsigned long)ticks);
}

/* Measures `call`; each round must give `wanted`. */
#define PERF_CALL(name, call, wanted)                                                              \
    do {                                                                                           \
        uint64_t least_ = UINT64_MAX;                                                              \
        bool right_ = true;                                                                        \
        for (unsigned int round = 0; round < PERF_ROUNDS; round++) {                               \
            uint64_t start_, ticks_;                                                               \
            long got_;                                                                             \
            PERF_MARK(PERF_BEGIN);                                                                 \
            start_ = rdtsc();                                                                      \
            got_ = (long)(call);                                                                   \
            ticks_ = rdtsc() - start_;                                                             \
            PERF_MARK(PERF_END);                                                                   \
            least_ = ticks_ < least_ ? ticks_ : least_;                                            \
            right_ = right_ && EXPECT_EQ(got_, wanted);                                            \
        }                                                                                          \
        if (right_) {                                                                              \
            perf_report(name, least_);                                                             \
        }                                                                                          \
    } while (0)

#endif
