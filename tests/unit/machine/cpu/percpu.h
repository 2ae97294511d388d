/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands for cpu/percpu.h on the host: the CPU is a variable of the test's thread.
 */
#ifndef CPU_PERCPU_H
#define CPU_PERCPU_H

#include "lib/types.h"

#define MAX_CPUS 64

struct cpu {
    uint32_t id, apic_id, irq_depth, softirq;
};

extern _Thread_local struct cpu *fake_cpu;
extern struct cpu *cpu_blocks[MAX_CPUS];
extern unsigned int cpu_count;

#define cpu_block(id) (cpu_blocks[id])

static inline struct cpu *this_cpu(void)
{
    return fake_cpu;
}

static inline unsigned int cpu_id(void)
{
    return fake_cpu->id;
}

#endif
