/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for the hypervisor's per-CPU block in tests that simulate a machine on the host: the
 * test says which CPU it is.
 */
#ifndef CPU_PERCPU_H
#define CPU_PERCPU_H

#include "cpu/layout.h"
#include "lib/types.h"

struct vcpu;

struct cpu {
    struct vcpu *current;
    uint32_t softirq;
    uint32_t id;
    uint32_t guest_kernel;
};

extern struct cpu fake_cpus[MAX_CPUS];
extern unsigned int fake_cpu;

static inline struct cpu *this_cpu(void)
{
    return &fake_cpus[fake_cpu];
}

static inline unsigned int cpu_id(void)
{
    return fake_cpu;
}

static inline struct vcpu *current(void)
{
    return this_cpu()->current;
}

#endif
