/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for the instructions of a CPU where the test decides what happens while one waits.
 */
#ifndef CPU_ASM_H
#define CPU_ASM_H

#include "lib/types.h"

void cpu_relax(void);

static inline uint64_t irq_save(void)
{
    return 0;
}

static inline void irq_restore(uint64_t flags)
{
    (void)flags;
}

#endif
