/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run queues: entering and leaving them, and where a vCPU that wakes goes.
 *
 * No two queues are locked at once. A vCPU on its way is in no queue, and belongs to the new CPU
 * already: a wake-up or sleep that comes between finds it there, and who moves it looks again when
 * it arrives.
 */
#include <xen/vcpu.h>

#include "dom/sched_queue.h"
#include "kern/softirq.h"
#include "kern/time.h"

struct sched_cpu sched_cpus[MAX_CPUS];
uint64_t sched_online;

struct sched_cpu *sched_lock_vcpu(struct vcpu *v, uint64_t *flags)
{
    for (;;) {
        unsigned int cpu = READ_ONCE(v->cpu);
        struct sched_cpu *sc = &sched_cpus[cpu];

        *flags = spin_lock_irqsave(&sc->lock);
        if (likely(v->cpu == cpu))
            return sc;
        spin_unlock_irqrestore(&sc->lock, *flags);
    }
}

uint64_t sched_hard_cpus(const struct vcpu *v)
{
    uint64_t online = READ_ONCE(sched_online);
    uint64_t hard = READ_ONCE(v->sched.hard.bits[0]) & online;
    int32_t pinned = READ_ONCE(v->sched.pinned);

    if (pinned)
        return BIT(pinned - 1);
    return hard ? hard : online;
}

void sched_runstate_set(struct vcpu *v, int state, int64_t at)
{
    struct vcpu_runstate_info *r = &v->runstate;
    int64_t stay = at - (int64_t)r->state_entry_time;

    if (r->state == state)
        return;
    if (stay > 0)
        r->time[r->state] += (uint64_t)stay;
    r->state_entry_time = (uint64_t)at;
    r->state = state;
}

static void set_awake(struct vcpu *v, bool awake)
{
    if (v->sched.awake == awake)
        return;
    v->sched.awake = awake;
    if (awake)
        __atomic_add_fetch(&v->domain->sched.active, 1, __ATOMIC_RELAXED);
    else
        __atomic_sub_fetch(&v->domain->sched.active, 1, __ATOMIC_RELAXED);
}

void sched_put_asleep(struct vcpu *v, int64_t at)
{
    uint64_t why = READ_ONCE(v->pause_flags);
    bool blocked = (why & (BIT(VPF_BLOCKED) | BIT(VPF_POLL))) && !(why & BIT(VPF_DOWN));

    set_awake(v, false);
    sched_runstate_set(v, blocked ? RUNSTATE_blocked : RUNSTATE_offline, at);
}

void sched_refresh_load(struct vcpu *v)
{
    struct sched_domain *sd = &v->domain->sched;

    v->sched.load = policy_load(READ_ONCE(sd->weight), READ_ONCE(sd->active));
}

void sched_enqueue(struct sched_cpu *sc, struct vcpu *v)
{
    struct list *pos = sc->queue.prev;

    /* from the end: at most as many turns as vCPUs wait here */
    while (pos != &sc->queue &&
           list_entry(pos, struct vcpu, sched.link)->sched.vruntime > v->sched.vruntime)
        pos = pos->prev;
    list_add_before(pos->next, &v->sched.link);
    v->sched.queued = true;
    sched_refresh_load(v);
    WRITE_ONCE(sc->waiting, sc->waiting + 1);
    WRITE_ONCE(sc->load, sc->load + v->sched.load);
}

void sched_dequeue(struct sched_cpu *sc, struct vcpu *v)
{
    list_del(&v->sched.link);
    v->sched.queued = false;
    WRITE_ONCE(sc->waiting, sc->waiting - 1);
    WRITE_ONCE(sc->load, sc->load - v->sched.load);
}

void sched_advance_clock(struct sched_cpu *sc, int64_t at)
{
    const struct sched_vcpu *c = &sc->current->sched;
    bool busy = sc->current != sc->idle, waiting = !list_empty(&sc->queue);
    int64_t running = 0, first = 0;

    if (busy)
        running = c->vruntime + policy_charge(MAX(at - c->since, 0), c->load);
    if (waiting)
        first = list_entry(sc->queue.next, struct vcpu, sched.link)->sched.vruntime;
    sc->clock = policy_clock(sc->clock, busy ? &running : NULL, waiting ? &first : NULL);
}

/* A vCPU entered the queue: its CPU looks at once (true: the caller tells it), soon, or at the end
 * of a slice. Under the queue's lock. */
static bool preempts(struct sched_cpu *sc, const struct vcpu *v, int64_t at)
{
    const struct vcpu *running = sc->current;
    int64_t ran, vruntime, delay, look_at;

    if (running == sc->idle)
        return true;
    ran = MAX(at - running->sched.since, 0);
    vruntime = running->sched.vruntime + policy_charge(ran, running->sched.load);
    if (policy_preempts(v->sched.vruntime, vruntime, ran, &delay)) {
        if (delay == 0)
            return true;
        look_at = at + delay;
    } else {
        look_at = MAX(running->sched.since + SCHED_SLICE, at);
    }
    if (!timer_active(&sc->slice) || READ_ONCE(sc->slice.expires) > look_at)
        timer_set(&sc->slice, look_at);
    return false;
}

bool sched_enter(struct sched_cpu *sc, struct vcpu *v, int64_t at)
{
    if (v->sched.queued || v->sched.parked || sc->current == v)
        return false;
    if (!vcpu_runnable(v)) {
        sched_put_asleep(v, at);
        return false;
    }
    sched_advance_clock(sc, at);
    if (v->sched.relative)
        v->sched.vruntime = policy_place(v->sched.vruntime, 0, sc->clock);
    else
        v->sched.vruntime = policy_place(v->sched.vruntime, sc->clock, sc->clock);
    v->sched.relative = false;
    if (!v->sched.awake)
        sched_lag_restart(v, at);
    set_awake(v, true);
    sched_runstate_set(v, RUNSTATE_runnable, at);
    sched_enqueue(sc, v);
    return preempts(sc, v, at);
}

void sched_read_loads(uint32_t *loads)
{
    for (uint64_t set = READ_ONCE(sched_online); set; set &= set - 1)
        loads[bit_lowest(set)] = READ_ONCE(sched_cpus[bit_lowest(set)].load);
}

/* Makes v, which is in no queue, the new CPU's: what it takes along is its distance from the
 * clock. Under its old queue's lock. */
void sched_reassign(struct sched_cpu *from, struct vcpu *v, unsigned int to, int64_t at)
{
    if (!v->sched.relative) {
        sched_advance_clock(from, at);
        v->sched.vruntime -= from->clock;
        v->sched.relative = true;
    }
    WRITE_ONCE(v->cpu, to);
}

void sched_place(struct vcpu *v)
{
    uint32_t loads[MAX_CPUS];
    unsigned int target;
    struct sched_cpu *sc;
    uint64_t flags;
    int64_t at = now();
    bool look;

    sc = sched_lock_vcpu(v, &flags);
    if (!vcpu_runnable(v) || v->sched.queued || v->sched.parked || sc->current == v) {
        spin_unlock_irqrestore(&sc->lock, flags);
        return;
    }
    target = v->cpu;
    if (!READ_ONCE(v->running) && (sched_online & (sched_online - 1))) {
        sched_read_loads(loads);
        target = policy_choose_cpu(loads, sched_hard_cpus(v), READ_ONCE(v->sched.soft.bits[0]),
                                   v->cpu, v->sched.load);
    }
    if (target != v->cpu) {
        sched_reassign(sc, v, target, at);
        spin_unlock_irqrestore(&sc->lock, flags);
        /* the caller holds v: it may be moved on meanwhile, but not go away */
        sc = sched_lock_vcpu(v, &flags);
    }
    target = v->cpu;
    look = sched_enter(sc, v, at);
    spin_unlock_irqrestore(&sc->lock, flags);
    if (look)
        softirq_raise_on(target, SOFTIRQ_SCHEDULE);
}
