/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the spin lock, with a rank.
 *
 * A CPU may take a lock only when its rank is higher than every rank it holds already; debug builds
 * check it. A lock that an interrupt handler takes is always taken with the _irqsave form. NMI and
 * #MC handlers take none.
 */
#ifndef CPU_SPINLOCK_H
#define CPU_SPINLOCK_H

#include "cpu/lock.h"
#include "lib/printk.h"

/* cpu/spinlock.c: it is held, or others have waited for long. */
void spin_lock_wait(spinlock_t *l);

static inline void spin_lock(spinlock_t *l)
{
    uint32_t open = 0;
    spinlock_t taken = {.held = 1};

    if (DEBUG_BUILD)
        lock_rank_enter(l);
    if (unlikely(!__atomic_compare_exchange_n(&l->state, &open, taken.state, false,
                                              __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
        spin_lock_wait(l);
}

static inline void spin_unlock(spinlock_t *l)
{
    __atomic_store_n(&l->held, 0, __ATOMIC_RELEASE);
    if (DEBUG_BUILD)
        lock_rank_leave(l);
}

#endif
