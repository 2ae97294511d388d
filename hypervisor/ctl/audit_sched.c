/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The audit's look at the scheduler: run queues, their order and their sums; how many of a domain's
 * vCPUs are awake or wait for their budget.
 *
 * Idle CPUs go on meanwhile: their timers may take a vCPU off its domain's list of parked ones a
 * moment before it is marked. So what is wrong is looked at again before it is said.
 */
#include "cpu/asm.h"
#include "ctl/audit.h"
#include "dom/sched_queue.h"

#define LOOKS 1000

struct queue_sums {
    uint32_t waiting, load, count, queue_load;
    bool ordered; /* and each of them belongs here */
};

static struct queue_sums queue_sums(struct sched_cpu *sc)
{
    uint64_t flags = spin_lock_irqsave(&sc->lock);
    struct queue_sums s = {.waiting = sc->waiting, .load = sc->load, .ordered = true};
    int64_t before = INT64_MIN;
    struct list *l;

    list_for_each (l, &sc->queue) {
        const struct vcpu *v = list_entry(l, struct vcpu, sched.link);

        if (s.count > s.waiting) /* more than there should be: enough is seen */
            break;
        s.count++;
        s.queue_load += v->sched.load;
        s.ordered = s.ordered && v->sched.queued && &sched_cpus[v->cpu] == sc &&
                    v->sched.vruntime >= before;
        before = v->sched.vruntime;
    }
    if (sc->current != sc->idle)
        s.queue_load += sc->current->sched.load;
    spin_unlock_irqrestore(&sc->lock, flags);
    return s;
}

static void check_queue(struct audit_result *r, unsigned int cpu)
{
    struct queue_sums s = queue_sums(&sched_cpus[cpu]);

    if (s.count != s.waiting)
        audit_report(r, MORTISE_AUDIT_SCHEDULER, AUDIT_AT(DOMID_INVALID, cpu, s.waiting, s.count),
                     "CPU %u: %u vCPUs wait by its account, %u are in its queue", cpu, s.waiting,
                     s.count);
    if (s.load != s.queue_load)
        audit_report(r, MORTISE_AUDIT_SCHEDULER, AUDIT_AT(DOMID_INVALID, cpu, s.load, s.queue_load),
                     "CPU %u has load %u by its account, its vCPUs' is %u", cpu, s.load,
                     s.queue_load);
    if (!s.ordered)
        audit_report(r, MORTISE_AUDIT_SCHEDULER, AUDIT_AT(DOMID_INVALID, cpu, 0, 0),
                     "CPU %u: a vCPU is in its queue, but not rightly", cpu);
}

struct domain_sums {
    uint32_t active, awake, parked, listed, queued;
};

static struct domain_sums domain_sums(const struct domain *d)
{
    struct sched_domain *sd = &((struct domain *)(uintptr_t)d)->sched; /* for its lock */
    struct domain_sums s = {0};
    uint64_t flags = spin_lock_irqsave(&sd->lock);
    struct list *l;

    list_for_each (l, &sd->parked) {
        if (s.listed++ > d->max_vcpus)
            break;
    }
    for (unsigned int i = 0; i < d->max_vcpus; i++) {
        const struct vcpu *v = d->vcpus[i];

        if (!v)
            continue;
        s.awake += READ_ONCE(v->sched.awake);
        s.parked += READ_ONCE(v->sched.parked);
        s.queued += READ_ONCE(v->sched.queued) && !vcpu_runnable(v);
    }
    s.active = READ_ONCE(sd->active);
    spin_unlock_irqrestore(&sd->lock, flags);
    return s;
}

static bool agree(const struct domain_sums *s)
{
    return s->active == s->awake && s->parked == s->listed && !s->queued;
}

static void check_domain(struct audit_result *r, const struct domain *d)
{
    struct domain_sums s = domain_sums(d);

    for (unsigned int i = 0; !agree(&s) && i < LOOKS; i++) {
        cpu_relax();
        s = domain_sums(d);
    }
    if (s.active != s.awake)
        audit_report(r, MORTISE_AUDIT_SCHEDULER, AUDIT_AT(d->id, 0, s.active, s.awake),
                     "domain %u has %u active vCPUs by its account, %u are awake", d->id, s.active,
                     s.awake);
    if (s.parked != s.listed)
        audit_report(r, MORTISE_AUDIT_SCHEDULER, AUDIT_AT(d->id, 0, s.parked, s.listed),
                     "domain %u has %u vCPUs over its cap, %u are in its list", d->id, s.parked,
                     s.listed);
    if (s.queued)
        audit_report(r, MORTISE_AUDIT_SCHEDULER, AUDIT_AT(d->id, 0, s.queued, 0),
                     "domain %u: %u vCPUs that are stopped are in a queue", d->id, s.queued);
}

void audit_sched(struct audit_result *r)
{
    for (unsigned int cpu = 0; cpu < MAX_CPUS; cpu++) {
        if (sched_online >> cpu & 1)
            check_queue(r, cpu);
    }
    audit_domains(r, check_domain);
}
