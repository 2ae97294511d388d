/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stand-ins. One CPU, no interrupts: what would wait for ever is noted as trouble.
 */
#include "fake_kernel.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/percpu.h"
#include "kern/softirq.h"
#include "lib/printk.h"
#include "mm/heap.h"

struct cpu fake_cpus[MAX_CPUS];
unsigned int fake_cpu;
struct domain *idle_domain, *control_domain;

enum rule fake_last_rule;
int fake_allocations_left = -1, fake_allocated;
unsigned int fake_locks;
const char *fake_trouble;
unsigned int fake_kicks[FAKE_DOMAINS + 1][FAKE_VCPUS], fake_wakes[FAKE_DOMAINS + 1][FAKE_VCPUS];

static struct domain domains[FAKE_DOMAINS + 1];
static struct shared_info shared[FAKE_DOMAINS + 1];
static struct vcpu vcpus[FAKE_DOMAINS + 1][FAKE_VCPUS];
static struct vcpu *vcpu_lists[FAKE_DOMAINS + 1][FAKE_VCPUS];
static bool vanished[FAKE_DOMAINS + 1];

static void trouble(const char *what)
{
    if (!fake_trouble)
        fake_trouble = what;
}

static void lock(spinlock_t *l, unsigned int rank)
{
    if (l->held)
        trouble("a lock was taken twice");
    if (fake_locks >> rank)
        trouble("locks were taken in the wrong order");
    l->held = 1;
    fake_locks |= 1U << rank;
}

static void unlock(spinlock_t *l, unsigned int rank)
{
    if (!(fake_locks & 1U << rank))
        trouble("a lock was given back that was not held");
    l->held = 0;
    fake_locks &= ~(1U << rank);
}

void spin_lock(spinlock_t *l)
{
    lock(l, l->rank);
}

void spin_unlock(spinlock_t *l)
{
    unlock(l, l->rank);
}

void spin_lock_second(spinlock_t *l)
{
    lock(l, l->rank + 1);
}

void spin_unlock_second(spinlock_t *l)
{
    unlock(l, l->rank + 1);
}

void *heap_alloc(size_t bytes)
{
    if (fake_allocations_left == 0)
        return NULL;
    if (fake_allocations_left > 0)
        fake_allocations_left--;
    fake_allocated++;
    return calloc(1, bytes);
}

void heap_free(void *p)
{
    fake_allocated -= p != NULL;
    free(p);
}

int refuse(enum rule rule, uint64_t argument, int error)
{
    (void)argument;
    fake_last_rule = rule;
    return error;
}

void printk(enum log_level level, const char *fmt, ...)
{
    (void)level;
    (void)fmt;
}

void fake_domains_make(void)
{
    memset(domains, 0, sizeof(domains));
    memset(shared, 0, sizeof(shared));
    memset(vcpus, 0, sizeof(vcpus));
    memset(vanished, 0, sizeof(vanished));
    memset(fake_kicks, 0, sizeof(fake_kicks));
    memset(fake_wakes, 0, sizeof(fake_wakes));
    fake_trouble = NULL;
    fake_locks = 0;
    for (domid_t id = 1; id <= FAKE_DOMAINS; id++) {
        struct domain *d = &domains[id];

        d->id = id;
        d->refs = 1;
        d->max_vcpus = FAKE_VCPUS;
        d->vcpus = vcpu_lists[id];
        d->shared = &shared[id];
        d->privileged = id == 1;
        for (unsigned int i = 0; i < FAKE_VCPUS; i++) {
            struct vcpu *v = &vcpus[id][i];

            v->domain = d;
            v->id = i;
            v->info = i < XEN_LEGACY_MAX_VCPUS ? &shared[id].vcpu_info[i] : NULL;
            d->vcpus[i] = i < FAKE_VCPUS - 1 ? v : NULL; /* the last was never made */
        }
    }
    control_domain = &domains[1];
    fake_run_as(1, 0);
}

struct domain *fake_domain(domid_t id)
{
    return &domains[id];
}

void fake_domain_vanish(domid_t id)
{
    vanished[id] = true;
}

void fake_run_as(domid_t id, unsigned int vcpu)
{
    this_cpu()->current = &vcpus[id][vcpu];
}

struct domain *domain_get(domid_t id)
{
    if (id == DOMID_SELF)
        id = current()->domain->id;
    if (fake_locks >> RANK_DOMAIN_LIST)
        trouble("domain_get() was called with a lock held");
    if (id == 0 || id > FAKE_DOMAINS || vanished[id])
        return NULL;
    domains[id].refs++;
    return &domains[id];
}

void domain_put(struct domain *d)
{
    if (--d->refs == 0)
        trouble("a domain's last reference was given back");
}

struct vcpu *domain_vcpu(const struct domain *d, unsigned int id)
{
    return id < d->max_vcpus ? d->vcpus[id] : NULL;
}

bool domain_may(const struct domain *d, enum privilege what, const struct domain *target)
{
    (void)what;
    (void)target;
    return d->privileged;
}

void vcpu_kick(struct vcpu *v)
{
    fake_kicks[v->domain->id][v->id]++;
}

void sched_wake(struct vcpu *v)
{
    fake_wakes[v->domain->id][v->id]++;
}

void softirq_raise(enum softirq nr)
{
    this_cpu()->softirq |= 1U << nr;
}
