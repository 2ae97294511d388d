/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands for cpu/asm.h on the host: interrupts are a flag, the TSC is a variable of the test.
 */
#ifndef CPU_ASM_H
#define CPU_ASM_H

#include "cpu/regs.h"
#include "lib/types.h"

uint64_t fake_rdtsc(void);
extern _Thread_local bool fake_irq_off;

static inline uint64_t rdtsc(void)
{
    return fake_rdtsc();
}

static inline uint64_t irq_save(void)
{
    uint64_t flags = fake_irq_off ? 0 : RFLAGS_IF;

    fake_irq_off = true;
    return flags;
}

static inline void irq_restore(uint64_t flags)
{
    if (flags & RFLAGS_IF)
        fake_irq_off = false;
}

static inline void cpu_relax(void)
{
    __asm__ volatile("" ::: "memory");
}

#endif
