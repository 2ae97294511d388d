/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the spin lock: whoever runs may take it when it is free, but those who have waited for
 * long go first.
 *
 * Takers are not served in the order in which they came: below another hypervisor the CPU whose
 * turn it is may not be running, and all those behind it would wait until it does, at each of its
 * turns. With more CPUs than the host below has, that alone made a boot many times slower.
 */
#include "cpu/spinlock.h"
#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "lib/bits.h"
#include "lib/printk.h"

#define HUNGRY_AFTER 2048 /* looks at a lock, some ten microseconds */

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

static bool try(spinlock_t *l)
{
    return !__atomic_load_n(&l->held, __ATOMIC_RELAXED) &&
           !__atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE);
}

/* Bound: what the holders before it need. Who is hungry goes before those who came later. */
void spin_lock_wait(spinlock_t *l)
{
    unsigned int turns;

    for (turns = 0; turns < HUNGRY_AFTER; turns++) {
        if (!__atomic_load_n(&l->hungry, __ATOMIC_RELAXED) && try(l))
            return;
        cpu_relax();
    }
    __atomic_fetch_add(&l->hungry, 1, __ATOMIC_RELAXED);
    while (!try(l))
        cpu_relax();
    __atomic_fetch_sub(&l->hungry, 1, __ATOMIC_RELAXED);
}

static void take(spinlock_t *l)
{
    if (unlikely(__atomic_load_n(&l->hungry, __ATOMIC_RELAXED) ||
                 __atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE)))
        spin_lock_wait(l);
}

static void release(spinlock_t *l)
{
    __atomic_store_n(&l->held, 0, __ATOMIC_RELEASE);
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
    if (!try(l))
        return false;
    lock_rank_enter(l);
    return true;
}

bool spin_is_locked(const spinlock_t *l)
{
    return READ_ONCE(l->held);
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
