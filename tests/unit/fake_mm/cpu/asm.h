/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for single instructions in tests of memory management on the host. What flushes a TLB
 * tells the test.
 */
#ifndef CPU_ASM_H
#define CPU_ASM_H

#include "cpu/cpuid.h"
#include "cpu/regs.h"
#include "lib/types.h"

void machine_flushed(void); /* this CPU has emptied its TLB */
void machine_relax(void);   /* this CPU waits for another */
void machine_invlpg(uint64_t va);
uint64_t machine_irq_save(void);
void machine_irq_restore(uint64_t flags);

static inline uint64_t read_cr3(void)
{
    return 0;
}

static inline void write_cr3(uint64_t v)
{
    (void)v;
    machine_flushed();
}

static inline uint64_t read_cr4(void)
{
    return CR4_PGE;
}

static inline void write_cr4(uint64_t v)
{
    if (v & CR4_PGE)
        machine_flushed();
}

static inline uint64_t irq_save(void)
{
    return machine_irq_save();
}

static inline void irq_restore(uint64_t flags)
{
    machine_irq_restore(flags);
}

static inline void cpu_relax(void)
{
    machine_relax();
}

static inline void invlpg(uint64_t va)
{
    machine_invlpg(va);
}

static inline void wbinvd(void)
{
}

#endif
