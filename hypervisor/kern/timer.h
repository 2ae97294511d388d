/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns timers: a function to be called at a system time, on a pCPU, from SOFTIRQ_TIMER.
 *
 * Each pCPU has a heap of its timers (RANK_TIMER) and programs its local APIC for the earliest.
 */
#ifndef KERN_TIMER_H
#define KERN_TIMER_H

#include "lib/types.h"

struct timer {
    void (*function)(void *data);
    void *data;
    int64_t expires;                     /* system time, ns */
    struct timer *left, *right, *parent; /* in the heap (kern/timer_heap.h) */
    uint32_t cpu;                        /* whose heap it is in, or will be */
    bool active;                         /* in the heap */
    bool dead;                           /* killed: can't be set again */
};

/* Boot: after time_init. The boot CPU's, then each further CPU's. */
void timers_init(void);
void timers_init_cpu(void);

void timer_init(struct timer *t, void (*function)(void *), void *data, unsigned int cpu);

/*
 * Sets (or moves) the timer to fire once at `expires`; a time that is past fires at once. Any
 * context but NMI.
 */
void timer_set(struct timer *t, int64_t expires);
void timer_stop(struct timer *t);

/* Moves it to another pCPU, pending or not. */
void timer_migrate(struct timer *t, unsigned int cpu);

/* For debug keys: what is pending on each CPU. */
void timers_dump(void);

/* Stops it for good and waits until its function, running on another CPU, has returned. */
void timer_kill(struct timer *t);

static inline bool timer_active(const struct timer *t)
{
    return READ_ONCE(t->active);
}

#endif
