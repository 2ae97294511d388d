/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the shape of the spin lock, the one order of locks, and the calls that are out of line. What
 * takes and gives back a lock is in cpu/spinlock.h, which is to be included.
 */
#ifndef CPU_LOCK_H
#define CPU_LOCK_H

#include "lib/types.h"

/* The one order of locks, outermost first. */
enum lock_rank {
    RANK_DOMCTL,
    RANK_DOMAIN_LIST,
    RANK_DOMAIN,
    RANK_GRANT, /* of two domains: the lower domid first */
    RANK_GRANT_REMOTE,
    RANK_EVENT, /* of two domains: the lower domid first */
    RANK_EVENT_REMOTE,
    RANK_PIRQ,
    RANK_PV,
    RANK_OWNER,
    RANK_MAPPING,
    RANK_HEAP,
    RANK_REFUSAL,
    RANK_CALL,
    RANK_IRQ, /* from here on: taken with interrupts off */
    RANK_SCHED,
    RANK_SCHED_REMOTE,
    RANK_TIMER,
    RANK_DEVICE,
    RANK_CONSOLE,
    RANK_SERIAL,
    RANK_COUNT
};

typedef struct {
    union {
        struct {
            uint16_t held;
            uint16_t hungry; /* takers who have waited for long */
        };
        uint32_t state; /* both: 0 when it can be taken at once */
    };
    uint32_t rank;
} spinlock_t;

#define SPINLOCK_INIT(r)                                                                           \
    {                                                                                              \
        .rank = (r)                                                                                \
    }

static inline void spin_init(spinlock_t *l, enum lock_rank rank)
{
    *l = (spinlock_t)SPINLOCK_INIT(rank);
}

/* Debug builds check ranks and say who is wrong; else these do nothing. */
void lock_rank_enter(const spinlock_t *l);
void lock_rank_leave(const spinlock_t *l);

bool spin_trylock(spinlock_t *l) __must_check;
bool spin_is_locked(const spinlock_t *l);

/*
 * The second of two locks that belong to two domains and have the same rank: it counts as the next
 * rank (RANK_..._REMOTE). The caller keeps the order among the two: the lower domid first.
 */
void spin_lock_second(spinlock_t *l);
void spin_unlock_second(spinlock_t *l);

/* Interrupts off, then the lock; returns what spin_unlock_irqrestore wants. */
uint64_t spin_lock_irqsave(spinlock_t *l) __must_check;
void spin_unlock_irqrestore(spinlock_t *l, uint64_t flags);

#endif
