/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for the per-CPU block: a thread of the test is a CPU.
 */
#ifndef CPU_PERCPU_H
#define CPU_PERCPU_H

#include "lib/types.h"

struct cpu {
    uint32_t locks;
};

extern _Thread_local struct cpu thread_cpu;

static inline struct cpu *this_cpu(void)
{
    return &thread_cpu;
}

#endif
