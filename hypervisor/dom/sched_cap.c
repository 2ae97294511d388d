/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Caps: a domain with a cap has a budget of CPU time each period, used by all its vCPUs. One that
 * finds it empty is parked, out of every queue, until the domain's timer has refilled it.
 *
 * Lock order: a run queue's lock, then the budget's. The timer's function takes them one after the
 * other.
 */
#include <xen/vcpu.h>

#include "dom/sched_queue.h"
#include "kern/softirq.h"
#include "kern/time.h"
#include "lib/errno.h"

void sched_cap_charge(struct vcpu *v, int64_t ran, int64_t at)
{
    struct sched_domain *sd = &v->domain->sched;

    if (likely(!READ_ONCE(sd->cap)))
        return;
    spin_lock(&sd->lock);
    policy_budget_charge(&sd->budget, ran, at);
    spin_unlock(&sd->lock);
}

bool sched_cap_admit(struct vcpu *v, int64_t at)
{
    struct sched_domain *sd = &v->domain->sched;
    bool admitted;

    if (likely(!READ_ONCE(sd->cap)))
        return true;
    spin_lock(&sd->lock);
    policy_budget_refill(&sd->budget, at);
    admitted = !sd->cap || sd->budget.left > 0;
    if (!admitted) {
        v->sched.parked = true;
        list_add_tail(&sd->parked, &v->sched.parked_link);
        if (!timer_active(&sd->refill))
            timer_set(&sd->refill, policy_budget_next(&sd->budget));
    }
    spin_unlock(&sd->lock);
    return admitted;
}

/* Takes one vCPU off the parked list when there is budget again; NULL when there is none, or
 * nobody waits. */
static struct vcpu *unpark_one(struct sched_domain *sd)
{
    struct vcpu *v = NULL;
    uint64_t flags = spin_lock_irqsave(&sd->lock);

    policy_budget_refill(&sd->budget, now());
    if (!list_empty(&sd->parked)) {
        if (!sd->cap || sd->budget.left > 0) {
            v = list_entry(sd->parked.next, struct vcpu, sched.parked_link);
            list_del(&v->sched.parked_link);
        } else {
            timer_set(&sd->refill, policy_budget_next(&sd->budget));
        }
    }
    spin_unlock_irqrestore(&sd->lock, flags);
    return v;
}

static void unpark_all(struct domain *d)
{
    /* at most max_vcpus turns, and one that parks again has used up some budget */
    for (unsigned int i = 0; i < d->max_vcpus; i++) {
        struct vcpu *v = unpark_one(&d->sched);
        struct sched_cpu *sc;
        uint64_t flags;

        if (!v)
            return;
        sc = sched_lock_vcpu(v, &flags);
        v->sched.parked = false;
        spin_unlock_irqrestore(&sc->lock, flags);
        sched_wake(v);
    }
}

static void refill_expired(void *data)
{
    unpark_all(data);
}

void sched_domain_init(struct domain *d)
{
    struct sched_domain *sd = &d->sched;

    sd->weight = SCHED_WEIGHT_DEFAULT;
    spin_init(&sd->lock, RANK_SCHED_REMOTE);
    list_init(&sd->parked);
    timer_init(&sd->refill, refill_expired, d, 0);
}

void sched_domain_destroy(struct domain *d)
{
    timer_kill(&d->sched.refill);
    for (unsigned int i = 0; i < WATCHDOGS; i++)
        if (d->sched.watchdog[i].function)
            timer_kill(&d->sched.watchdog[i]);
}

int sched_set_params(struct domain *d, uint32_t weight, uint32_t cap)
{
    struct sched_domain *sd = &d->sched;
    uint64_t flags;

    if (weight < 1 || weight > SCHED_WEIGHT_MAX || cap > d->max_vcpus * 100U)
        return -EINVAL;
    flags = spin_lock_irqsave(&sd->lock);
    WRITE_ONCE(sd->weight, weight);
    if (cap != sd->cap)
        policy_budget_set(&sd->budget, cap, now());
    WRITE_ONCE(sd->cap, cap);
    spin_unlock_irqrestore(&sd->lock, flags);
    unpark_all(d);
    /* who runs without a limit now learns of the new cap at its next turn, at the latest after a
     * slice */
    for (unsigned int i = 0; i < d->max_vcpus; i++) {
        struct vcpu *v = d->vcpus[i];

        if (v && READ_ONCE(v->running))
            softirq_raise_on(READ_ONCE(v->cpu), SOFTIRQ_SCHEDULE);
    }
    return 0;
}

void sched_get_params(const struct domain *d, uint32_t *weight, uint32_t *cap)
{
    *weight = READ_ONCE(d->sched.weight);
    *cap = READ_ONCE(d->sched.cap);
}
