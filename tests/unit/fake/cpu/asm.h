/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for single instructions in tests that simulate a machine on the host: nothing
 * interrupts there.
 */
#ifndef CPU_ASM_H
#define CPU_ASM_H

#include "lib/types.h"

static inline void irq_disable(void)
{
}

static inline void irq_enable(void)
{
}

static inline void cpu_relax(void)
{
}

static inline uint64_t irq_save(void)
{
    return 0;
}

static inline void irq_restore(uint64_t flags)
{
    (void)flags;
}

static inline void clts(void)
{
}

static inline uint64_t read_cr0(void)
{
    return 0;
}

static inline void write_cr0(uint64_t cr0)
{
    (void)cr0;
}

#endif
