/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands for cpu/spinlock.h on the host: one thread, so that a lock that is taken twice is a
 * deadlock found.
 */
#ifndef CPU_SPINLOCK_H
#define CPU_SPINLOCK_H

#include <stdlib.h>

#include "cpu/asm.h"

enum lock_rank { RANK_CALL, RANK_IRQ, RANK_TIMER, RANK_DEVICE };

typedef struct {
    bool held;
} spinlock_t;

#define SPINLOCK_INIT(r)                                                                           \
    {                                                                                              \
        false                                                                                      \
    }

static inline void spin_init(spinlock_t *l, enum lock_rank rank)
{
    (void)rank;
    l->held = false;
}

static inline void spin_lock(spinlock_t *l)
{
    if (l->held)
        abort();
    l->held = true;
}

static inline void spin_unlock(spinlock_t *l)
{
    if (!l->held)
        abort();
    l->held = false;
}

static inline uint64_t spin_lock_irqsave(spinlock_t *l)
{
    uint64_t flags = irq_save();

    spin_lock(l);
    return flags;
}

static inline void spin_unlock_irqrestore(spinlock_t *l, uint64_t flags)
{
    spin_unlock(l);
    irq_restore(flags);
}

#endif
