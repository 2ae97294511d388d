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

#endif
