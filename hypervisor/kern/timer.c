/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the timers of each pCPU and the programming of its local APIC for the earliest.
 *
 * The APIC may be set too early (a timer that was stopped, or clamped): SOFTIRQ_TIMER then finds
 * nothing due and programs it again. It is never set too late. A timer's CPU changes only under the
 * lock of the CPU it is on.
 */
#include "kern/timer.h"
#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "cpu/spinlock.h"
#include "dev/lapic.h"
#include "kern/softirq.h"
#include "kern/time.h"
#include "kern/time_scale.h"
#include "kern/timer_heap.h"
#include "lib/printk.h"

#define SLOP      US(1) /* what is due so soon is served now: cheaper than another interrupt */
#define NEVER     INT64_MAX
#define DELTA_MIN US(1)
#define DELTA_MAX                                                                                  \
    MS(60000) /* the APIC is looked after at least so often while a timer is pending */

struct cpu_timers {
    spinlock_t lock;
    struct timer_heap heap;
    struct timer *running; /* its function is being called; written by this CPU */
    int64_t programmed;    /* when the APIC will interrupt; NEVER: it won't */
};

static struct cpu_timers timers[MAX_CPUS];

void timer_init(struct timer *t, void (*function)(void *), void *data, unsigned int cpu)
{
    *t = (struct timer){.function = function, .data = data, .cpu = cpu};
}

/* This CPU's APIC; under its lock. */
static void program(struct cpu_timers *p, int64_t expires)
{
    int64_t t, delta;

    if (expires >= p->programmed)
        return; /* it comes in time anyway */
    p->programmed = expires;
    t = now();
    delta = expires - t;
    if (delta < DELTA_MIN)
        delta = DELTA_MIN;
    if (delta > DELTA_MAX)
        delta = DELTA_MAX;
    time_program_interrupt(delta);
}

/* The lock of the CPU that a timer is on. */
static struct cpu_timers *lock_of(struct timer *t, uint64_t *flags)
{
    for (;;) {
        uint32_t cpu = READ_ONCE(t->cpu);
        struct cpu_timers *p = &timers[cpu];

        *flags = spin_lock_irqsave(&p->lock);
        if (t->cpu == cpu)
            return p;
        spin_unlock_irqrestore(&p->lock, *flags);
    }
}

/* A new earliest timer on a CPU: its APIC, or a message that makes it look. */
static void earliest_changed(struct cpu_timers *p, struct timer *t)
{
    if (p->heap.root != t)
        return;
    if (t->cpu == cpu_id())
        program(p, t->expires);
    else
        softirq_raise_on(t->cpu, SOFTIRQ_TIMER);
}

void timer_set(struct timer *t, int64_t expires)
{
    uint64_t flags;
    struct cpu_timers *p = lock_of(t, &flags);

    if (!t->dead) {
        if (t->active)
            timer_heap_remove(&p->heap, t);
        t->expires = expires;
        timer_heap_insert(&p->heap, t);
        earliest_changed(p, t);
    }
    spin_unlock_irqrestore(&p->lock, flags);
}

void timer_stop(struct timer *t)
{
    uint64_t flags;
    struct cpu_timers *p;

    if (!timer_active(t))
        return;
    p = lock_of(t, &flags);
    if (t->active)
        timer_heap_remove(&p->heap, t);
    spin_unlock_irqrestore(&p->lock, flags);
}

void timer_migrate(struct timer *t, unsigned int cpu)
{
    uint64_t flags;
    struct cpu_timers *p;
    bool active;

    if (READ_ONCE(t->cpu) == cpu)
        return;
    p = lock_of(t, &flags);
    active = t->active;
    if (active)
        timer_heap_remove(&p->heap, t);
    WRITE_ONCE(t->cpu, cpu);
    spin_unlock_irqrestore(&p->lock, flags);
    /* Between the two locks only the owner knows it, who serialises setting and moving. */
    if (active)
        timer_set(t, t->expires);
}

void timer_kill(struct timer *t)
{
    uint64_t flags;
    struct cpu_timers *p = lock_of(t, &flags);
    unsigned int i;

    if (t->active)
        timer_heap_remove(&p->heap, t);
    t->dead = true;
    spin_unlock_irqrestore(&p->lock, flags);
    for (i = 0; i < cpu_count; i++) {
        while (i != cpu_id() && READ_ONCE(timers[i].running) == t)
            cpu_relax();
    }
}

/*
 * Serves at most as many as were pending when it began: a function that sets itself to the past
 * can't keep it here.
 */
static void timers_run(void)
{
    struct cpu_timers *p = &timers[cpu_id()];
    int64_t due = now() + SLOP;
    uint64_t flags = spin_lock_irqsave(&p->lock);
    uint64_t left = p->heap.count;
    struct timer *t;

    p->programmed = INT64_MIN; /* functions that set timers need not program: that is done below */
    while ((t = p->heap.root) != NULL && t->expires <= due && left--) {
        void (*function)(void *) = t->function;
        void *data = t->data;

        timer_heap_remove(&p->heap, t);
        p->running = t;
        spin_unlock_irqrestore(&p->lock, flags);
        function(data);
        flags = spin_lock_irqsave(&p->lock);
        p->running = NULL;
    }
    p->programmed = NEVER;
    if (t)
        program(p, t->expires);
    spin_unlock_irqrestore(&p->lock, flags);
}

void timers_init_cpu(void)
{
    lapic_timer_setup();
}

void __init timers_init(void)
{
    unsigned int i;

    for (i = 0; i < MAX_CPUS; i++) {
        spin_init(&timers[i].lock, RANK_TIMER);
        timers[i].programmed = NEVER;
    }
    softirq_register(SOFTIRQ_TIMER, timers_run);
    timers_init_cpu();
}

void timers_dump(void)
{
    unsigned int i;

    for (i = 0; i < cpu_count; i++) {
        uint64_t flags = spin_lock_irqsave(&timers[i].lock);
        uint64_t count = timers[i].heap.count;
        int64_t first = count ? timers[i].heap.root->expires : 0;

        spin_unlock_irqrestore(&timers[i].lock, flags);
        pr_info("CPU %u: %lu timers, the first in %ld us\n", i, count,
                count ? (first - now()) / 1000 : 0);
    }
}
