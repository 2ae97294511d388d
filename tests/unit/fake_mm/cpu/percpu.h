/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for the per-CPU block in tests of memory management on the host: each thread is a CPU.
 */
#ifndef CPU_PERCPU_H
#define CPU_PERCPU_H

#include <xen/xen.h>

#include "cpu/layout.h"
#include "cpu/regs.h"
#include "lib/types.h"

struct vcpu;
struct window_cache;

struct cpu {
    struct cpu_user_regs regs;
    struct vcpu *current;
    uint32_t softirq, id, guest_kernel, guest_loaded, locks;
    uint64_t loaded_cr3, flush_epoch;
    struct window_cache *windows;
};

extern struct cpu *cpu_blocks[MAX_CPUS];
extern unsigned int cpu_count;
extern __thread struct cpu *machine_cpu;

#define cpu_block(id) (cpu_blocks[id])

static inline struct cpu *this_cpu(void)
{
    return machine_cpu;
}

static inline unsigned int cpu_id(void)
{
    return machine_cpu->id;
}

static inline struct vcpu *current(void)
{
    return machine_cpu->current;
}

static inline struct cpu_user_regs *guest_regs(void)
{
    return &machine_cpu->regs;
}

#endif
