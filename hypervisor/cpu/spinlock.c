/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the ticket lock. Takers are served in the order in which they came.
 */
#include "cpu/spinlock.h"
#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "lib/bits.h"
#include "lib/printk.h"

static void rank_enter(uint32_t rank)
{
    struct cpu *c = this_cpu();

    if (!DEBUG_BUILD)
        return;
    if (c->locks >> rank)
        panic("lock of rank %u taken while ranks %x are held", rank, c->locks);
    c->locks |= 1U << rank;
}

static void rank_leave(uint32_t rank)
{
    if (DEBUG_BUILD)
        this_cpu()->locks &= ~(1U << rank);
}

void lock_rank_enter(const spinlock_t *l)
{
    rank_enter(l->rank);
}

void lock_rank_leave(const spinlock_t *l)
{
    rank_leave(l->rank);
}

static void take(spinlock_t *l)
{
    uint16_t ticket = __atomic_fetch_add(&l->next, 1, __ATOMIC_ACQUIRE);

    while (__atomic_load_n(&l->owner, __ATOMIC_ACQUIRE) != ticket)
        cpu_relax();
}

static void release(spinlock_t *l)
{
    __atomic_store_n(&l->owner, (uint16_t)(l->owner + 1), __ATOMIC_RELEASE);
}

void spin_lock(spinlock_t *l)
{
    rank_enter(l->rank);
    take(l);
}

void spin_unlock(spinlock_t *l)
{
    release(l);
    rank_leave(l->rank);
}

void spin_lock_second(spinlock_t *l)
{
    rank_enter(l->rank + 1);
    take(l);
}

void spin_unlock_second(spinlock_t *l)
{
    release(l);
    rank_leave(l->rank + 1);
}

bool spin_trylock(spinlock_t *l)
{
    uint16_t ticket = __atomic_load_n(&l->owner, __ATOMIC_RELAXED);

    if (!__atomic_compare_exchange_n(&l->next, &ticket, (uint16_t)(ticket + 1), false,
                                     __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return false;
    lock_rank_enter(l);
    return true;
}

bool spin_is_locked(const spinlock_t *l)
{
    return READ_ONCE(l->next) != READ_ONCE(l->owner);
}

uint64_t spin_lock_irqsave(spinlock_t *l)
{
    uint64_t flags = irq_save();

    spin_lock(l);
    return flags;
}

void spin_unlock_irqrestore(spinlock_t *l, uint64_t flags)
{
    spin_unlock(l);
    irq_restore(flags);
}
