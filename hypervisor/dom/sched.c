/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler's mechanism: schedule() itself, and what makes a vCPU start, stop, yield or change
 * its affinity.
 *
 * A wake-up can't be lost: who waits sets its flag and then tests its condition (full barrier: the
 * atomic bit operation); who wakes makes the condition true, clears the flag and calls sched_wake,
 * which looks at the flags under the queue's lock; schedule() looks at them under the same lock.
 */
#include <xen/vcpu.h>

#include "cpu/asm.h"
#include "dom/sched_queue.h"
#include "dom/switch.h"
#include "kern/softirq.h"
#include "kern/time.h"
#include "lib/errno.h"

static void slice_ended(void *data)
{
    (void)data;
    softirq_raise(SOFTIRQ_SCHEDULE);
}

void sched_init(void)
{
    for (unsigned int cpu = 0; cpu < MAX_CPUS; cpu++) {
        spin_init(&sched_cpus[cpu].lock, RANK_SCHED);
        list_init(&sched_cpus[cpu].queue);
    }
    softirq_register(SOFTIRQ_SCHEDULE, schedule);
}

void sched_init_cpu(void)
{
    unsigned int cpu = cpu_id();
    struct sched_cpu *sc = &sched_cpus[cpu];
    struct vcpu *idle = current();

    sc->idle = sc->current = idle;
    idle->cpu = cpu;
    idle->running = 1;
    idle->sched.since = now();
    timer_init(&sc->slice, slice_ended, NULL, cpu);
    bit_set(&sched_online, cpu); /* full barrier: the queue is ready before others see it */
}

int sched_vcpu_init(struct vcpu *v)
{
    list_init(&v->sched.link);
    list_init(&v->sched.parked_link);
    v->sched.hard.bits[0] = v->sched.soft.bits[0] = ~0UL;
    v->runstate.state = RUNSTATE_offline;
    v->runstate.state_entry_time = (uint64_t)now();
    v->cpu = v->id % (unsigned int)bit_count(sched_online | 1);
    v->sched.relative = true;
    sched_refresh_load(v);
    return 0;
}

void sched_vcpu_destroy(struct vcpu *v)
{
    struct sched_domain *sd = &v->domain->sched;
    struct sched_cpu *sc;
    uint64_t flags;

    sched_sleep_sync(v);
    /* partner: the release in hand_over(), which takes microseconds with interrupts off */
    while (__atomic_load_n(&v->sched.moving, __ATOMIC_ACQUIRE))
        cpu_relax();
    flags = spin_lock_irqsave(&sd->lock);
    list_del(&v->sched.parked_link);
    spin_unlock_irqrestore(&sd->lock, flags);
    sc = sched_lock_vcpu(v, &flags); /* whoever held it to look at v is gone afterwards */
    spin_unlock_irqrestore(&sc->lock, flags);
}

void sched_wake(struct vcpu *v)
{
    sched_place(v);
}

void sched_sleep(struct vcpu *v)
{
    uint64_t flags;
    struct sched_cpu *sc = sched_lock_vcpu(v, &flags);
    unsigned int cpu = v->cpu;
    bool stops = !vcpu_runnable(v), runs = sc->current == v;

    if (stops && !runs) {
        if (v->sched.queued)
            sched_dequeue(sc, v);
        sched_put_asleep(v, now());
    }
    spin_unlock_irqrestore(&sc->lock, flags);
    if (stops && runs)
        softirq_raise_on(cpu, SOFTIRQ_SCHEDULE);
}

void sched_sleep_sync(struct vcpu *v)
{
    sched_sleep(v);
    /* partner: the release in context_switch(), once the registers are in memory */
    while (__atomic_load_n(&v->running, __ATOMIC_ACQUIRE))
        cpu_relax();
}

void sched_yield(void)
{
    if (!READ_ONCE(sched_cpus[cpu_id()].waiting))
        return;
    current()->sched.yielding = true;
    softirq_raise(SOFTIRQ_SCHEDULE);
}

/* Its affinity changed: its CPU looks whether it should be elsewhere. Releases the lock of its
 * queue. */
static void affinity_changed(struct sched_cpu *sc, struct vcpu *v, uint64_t flags)
{
    unsigned int cpu = v->cpu;
    bool look = v->sched.queued || (sc->current == v && !(sched_hard_cpus(v) & BIT(cpu)));

    if (look)
        sc->displaced = true;
    spin_unlock_irqrestore(&sc->lock, flags);
    if (look)
        softirq_raise_on(cpu, SOFTIRQ_SCHEDULE);
}

int sched_set_affinity(struct vcpu *v, const struct cpu_mask *hard, const struct cpu_mask *soft)
{
    struct sched_cpu *sc;
    uint64_t flags;

    if (!(hard->bits[0] & READ_ONCE(sched_online)))
        return -EINVAL;
    sc = sched_lock_vcpu(v, &flags);
    WRITE_ONCE(v->sched.hard.bits[0], hard->bits[0]);
    WRITE_ONCE(v->sched.soft.bits[0], soft->bits[0]);
    affinity_changed(sc, v, flags);
    return 0;
}

int sched_pin_override(struct vcpu *v, int32_t cpu)
{
    struct sched_cpu *sc;
    uint64_t flags;

    if (cpu < 0 ? v->sched.pinned == 0 : cpu >= MAX_CPUS || !(READ_ONCE(sched_online) & BIT(cpu)))
        return -EINVAL;
    sc = sched_lock_vcpu(v, &flags);
    WRITE_ONCE(v->sched.pinned, cpu < 0 ? 0 : cpu + 1);
    affinity_changed(sc, v, flags);
    return 0;
}

/* The vCPU that ran has been charged up to `at` and is in a queue, parked, or asleep afterwards. */
static void retire(struct sched_cpu *sc, struct vcpu *v, int64_t at)
{
    int64_t ran = MAX(at - v->sched.since, 0);

    v->sched.vruntime += policy_charge(ran, v->sched.load);
    v->sched.since = at;
    sched_lag_update(v, ran, at);
    sched_cap_charge(v, ran, at);
    WRITE_ONCE(sc->load, sc->load - v->sched.load);
    if (vcpu_runnable(v))
        sched_enqueue(sc, v);
    else
        sched_put_asleep(v, at);
}

/* Takes the next one out of the queue; those that may not run after all leave it too. */
static struct vcpu *pick(struct sched_cpu *sc, unsigned int cpu, int64_t at)
{
    struct vcpu *yielder = NULL;
    struct list *pos, *tmp;
    bool parked = false;

    list_for_each_safe (pos, tmp, &sc->queue) {
        struct vcpu *v = list_entry(pos, struct vcpu, sched.link);

        if (!(sched_hard_cpus(v) & BIT(cpu))) {
            /* sched_push() takes it away, once its registers are saved */
            sc->displaced = true;
            softirq_raise(SOFTIRQ_SCHEDULE);
            continue;
        }
        if (v->sched.yielding) {
            yielder = v;
            continue;
        }
        sched_dequeue(sc, v);
        if (!vcpu_runnable(v)) {
            sched_put_asleep(v, at);
            continue;
        }
        if (sched_cap_admit(v, at))
            return v;
        sched_runstate_set(v, RUNSTATE_runnable, at);
        parked = true;
    }
    if (yielder) {
        sched_dequeue(sc, yielder);
        if (sched_cap_admit(yielder, at))
            return yielder;
        sched_runstate_set(yielder, RUNSTATE_runnable, at);
        parked = true;
    }
    if (parked)
        softirq_raise(SOFTIRQ_SCHEDULE); /* before idling: does another CPU have one too many? */
    return sc->idle;
}

/* Sets the timer for the end of the slice of the one that runs now, or stops it. */
static void start_slice(struct sched_cpu *sc, const struct vcpu *v, int64_t at)
{
    const struct sched_domain *sd = &v->domain->sched;
    int64_t slice = 0;

    if (v != sc->idle)
        slice = policy_slice(sc->waiting, READ_ONCE(sd->cap) ? &sd->budget : NULL, sd->active);
    /* its part of the domain's weight changes with its siblings: others must not see a stale one
     * for long */
    if (v != sc->idle && !slice && v->domain->max_vcpus > 1 && (sched_online & (sched_online - 1)))
        slice = SCHED_ROTATE;
    if (slice)
        timer_set(&sc->slice, at + slice);
    else if (timer_active(&sc->slice))
        timer_stop(&sc->slice);
}

void schedule(void)
{
    unsigned int cpu = cpu_id();
    struct sched_cpu *sc = &sched_cpus[cpu];
    struct vcpu *prev = sc->current, *next;
    int64_t at;

    irq_disable();
    if (READ_ONCE(sc->waiting)) {
        if (sched_online & (sched_online - 1))
            sched_push(cpu);
    } else if (prev == sc->idle || !vcpu_runnable(prev)) {
        sched_pull(cpu);
    }

    spin_lock(&sc->lock);
    at = now();
    if (prev != sc->idle)
        retire(sc, prev, at);
    next = pick(sc, cpu, at);
    prev->sched.yielding = false;
    sc->current = next;
    if (next != sc->idle)
        WRITE_ONCE(sc->load, sc->load + next->sched.load);
    next->sched.since = at;
    sched_advance_clock(sc, at);
    sched_lag_publish(sc);
    start_slice(sc, next, at);
    if (next == prev) {
        spin_unlock(&sc->lock);
        irq_enable();
        return;
    }
    if (prev->runstate.state == RUNSTATE_running)
        sched_runstate_set(prev, RUNSTATE_runnable, at);
    sched_runstate_set(next, RUNSTATE_running, at);
    WRITE_ONCE(next->running, 1);
    spin_unlock(&sc->lock);
    context_switch(prev, next);
}

uint64_t sched_cpu_time(struct vcpu *v)
{
    struct vcpu_runstate_info r;

    sched_runstate(v, &r);
    return r.time[RUNSTATE_running];
}

void sched_runstate(struct vcpu *v, struct vcpu_runstate_info *out)
{
    uint64_t flags;
    struct sched_cpu *sc = sched_lock_vcpu(v, &flags);
    int64_t stay;

    *out = v->runstate;
    spin_unlock_irqrestore(&sc->lock, flags);
    stay = now() - (int64_t)out->state_entry_time;
    if (stay > 0)
        out->time[out->state] += (uint64_t)stay;
}
