/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulated machine: what the scheduler needs of the rest of the hypervisor, and the
 * invariants.
 */
#include "sched_machine.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/percpu.h"
#include "dom/switch.h"
#include "kern/softirq.h"
#include "kern/time.h"

#define MAX_TIMERS 256

struct cpu fake_cpus[MAX_CPUS];
unsigned int fake_cpu;
struct domain *idle_domain, *control_domain;
int64_t machine_now;
const char *machine_broken;

static struct domain idle;
static struct vcpu idle_vcpus[MAX_CPUS];
static unsigned int cpus;
static struct timer *timers[MAX_TIMERS];
static struct guest *guests[MAX_GUESTS];
static unsigned int guest_count;
static jmp_buf switched;
static unsigned int locks_held;
static int64_t
    neglected[MAX_CPUS]; /* since when a CPU idles while a vCPU waits that may run there */

static void broken(const char *what)
{
    if (!machine_broken)
        machine_broken = what;
}

/* -- locks: one CPU runs at a time, so a lock that is held is a deadlock */

void spin_lock(spinlock_t *l)
{
    if (l->held)
        broken("a lock was taken twice");
    l->held = 1;
    locks_held++;
}

void spin_unlock(spinlock_t *l)
{
    l->held = 0;
    locks_held--;
}

uint64_t spin_lock_irqsave(spinlock_t *l)
{
    spin_lock(l);
    return 0;
}

void spin_unlock_irqrestore(spinlock_t *l, uint64_t flags)
{
    (void)flags;
    spin_unlock(l);
}

/* -- time, timers, softirqs */

int64_t now(void)
{
    return machine_now;
}

void timer_init(struct timer *t, void (*function)(void *), void *data, unsigned int cpu)
{
    *t = (struct timer){.function = function, .data = data, .cpu = cpu};
}

void timer_set(struct timer *t, int64_t expires)
{
    unsigned int i;

    t->expires = expires;
    if (t->active)
        return;
    for (i = 0; i < MAX_TIMERS && timers[i]; i++)
        ;
    if (i == MAX_TIMERS)
        abort();
    timers[i] = t;
    t->active = true;
}

void timer_stop(struct timer *t)
{
    for (unsigned int i = 0; t->active && i < MAX_TIMERS; i++)
        if (timers[i] == t)
            timers[i] = NULL;
    t->active = false;
}

void timer_kill(struct timer *t)
{
    timer_stop(t);
}

void softirq_register(enum softirq nr, void (*handler)(void))
{
    (void)nr;
    (void)handler;
}

void softirq_raise(enum softirq nr)
{
    this_cpu()->softirq |= 1U << nr;
}

void softirq_raise_on(unsigned int cpu, enum softirq nr)
{
    if (locks_held && cpu != fake_cpu)
        broken("a message is sent while a queue is locked: others wait for it");
    fake_cpus[cpu].softirq |= 1U << nr;
}

void context_switch(struct vcpu *prev, struct vcpu *next)
{
    if (locks_held)
        broken("a lock was held over a context switch");
    if (next->cpu != fake_cpu)
        broken("a vCPU runs where it does not belong");
    if (this_cpu()->current != prev)
        broken("a vCPU was switched from that did not run");
    this_cpu()->current = next;
    prev->running = 0;
    longjmp(switched, 1);
}

/* -- the machine */

static void run_timers(void)
{
    for (unsigned int i = 0; i < MAX_TIMERS; i++) {
        struct timer *t = timers[i];

        if (t && t->cpu == fake_cpu && t->expires <= machine_now) {
            timer_stop(t);
            t->function(t->data);
        }
    }
}

static void run_softirqs(void)
{
    /* a handful of turns: schedule() may ask for itself again */
    for (volatile int i = 0; i < 8 && this_cpu()->softirq; i++) {
        this_cpu()->softirq = 0;
        if (setjmp(switched) == 0)
            schedule();
        if (locks_held)
            broken("schedule() left a lock behind");
    }
}

void machine_start(unsigned int n)
{
    for (unsigned int g = 0; g < guest_count; g++) {
        for (unsigned int i = 0; i < guests[g]->domain.max_vcpus; i++)
            free(guests[g]->vcpus[i]);
        free(guests[g]);
    }
    guest_count = 0;
    memset(sched_cpus, 0, sizeof(sched_cpus));
    memset(fake_cpus, 0, sizeof(fake_cpus));
    memset(idle_vcpus, 0, sizeof(idle_vcpus));
    memset(timers, 0, sizeof(timers));
    memset(neglected, 0, sizeof(neglected));
    sched_online = 0;
    machine_now += MS(1000); /* time never goes back, not even between two machines */
    machine_broken = NULL;
    locks_held = 0;
    cpus = n;
    idle_domain = &idle;
    sched_init();
    for (fake_cpu = 0; fake_cpu < n; fake_cpu++) {
        struct vcpu *v = &idle_vcpus[fake_cpu];

        v->domain = &idle;
        v->id = fake_cpu;
        this_cpu()->id = fake_cpu;
        this_cpu()->current = v;
        sched_init_cpu();
    }
    fake_cpu = 0;
}

struct behaviour *machine_vcpu(struct guest *g, unsigned int id)
{
    return container_of(g->vcpus[id], struct behaviour, v);
}

struct guest *machine_guest(unsigned int vcpus, uint32_t weight, uint32_t cap, int64_t work,
                            int64_t rest)
{
    struct guest *g = calloc(1, sizeof(*g));
    struct domain *d = &g->domain;

    d->id = (domid_t)(guest_count + 1);
    d->max_vcpus = (uint16_t)vcpus;
    d->vcpus = g->vcpus;
    sched_domain_init(d);
    for (unsigned int i = 0; i < vcpus; i++) {
        struct behaviour *b = calloc(1, sizeof(*b));

        b->v.domain = d;
        b->v.id = i;
        b->work = b->left = work;
        b->rest = rest;
        if (sched_vcpu_init(&b->v))
            abort();
        g->vcpus[i] = &b->v;
    }
    guests[guest_count++] = g;
    if (sched_set_params(d, weight, cap))
        abort();
    for (unsigned int i = 0; i < vcpus; i++) {
        machine_vcpu(g, i)->runnable_since = machine_now;
        sched_wake(g->vcpus[i]);
    }
    return g;
}

/* One step of the vCPU that runs on this CPU. */
static void work(struct vcpu *v)
{
    struct behaviour *b = container_of(v, struct behaviour, v);

    if (!(sched_hard_cpus(v) & BIT(fake_cpu)))
        broken("a vCPU runs outside its affinity");
    b->ran_on[fake_cpu] += STEP;
    if (b->runnable_since) {
        b->worst_wait = MAX(b->worst_wait, machine_now - b->runnable_since);
        b->runnable_since = 0;
    }
    if (b->yields)
        sched_yield();
    if (!b->rest)
        return;
    b->left -= STEP;
    if (b->left > 0)
        return;
    b->wakes_at = machine_now + b->rest;
    bit_set(&v->pause_flags, VPF_BLOCKED);
    sched_sleep(v);
}

static void wake_rested(struct vcpu *v)
{
    struct behaviour *b = container_of(v, struct behaviour, v);

    if (!b->wakes_at || machine_now < b->wakes_at)
        return;
    b->wakes_at = 0;
    b->left = b->work;
    b->runnable_since = machine_now;
    bit_clear(&v->pause_flags, VPF_BLOCKED);
    sched_wake(v);
}

/* What must hold of one vCPU between steps. */
static void check_vcpu(struct vcpu *v)
{
    const struct sched_cpu *sc = &sched_cpus[v->cpu];
    int places = v->sched.queued + (sc->current == v) + v->sched.parked;

    if (v->sched.moving)
        broken("a vCPU is between two queues");
    if (vcpu_runnable(v) && places != 1)
        broken("a runnable vCPU is not in one place");
    if (!vcpu_runnable(v) && v->sched.queued)
        broken("a vCPU that is not runnable is queued");
    if (v->running != (sc->current == v))
        broken("a vCPU runs that is not current, or the other way round");
    if (sc->current == v && v->runstate.state != RUNSTATE_running)
        broken("the run state of a running vCPU is wrong");
    if (v->sched.queued && v->runstate.state != RUNSTATE_runnable)
        broken("the run state of a waiting vCPU is wrong");
    if (!vcpu_runnable(v) && places == 0 && v->runstate.state < RUNSTATE_blocked)
        broken("the run state of a sleeping vCPU is wrong");
}

static void check_cpu(unsigned int cpu)
{
    struct sched_cpu *sc = &sched_cpus[cpu];
    uint32_t waiting = 0, load = sc->current == sc->idle ? 0 : sc->current->sched.load;
    int64_t last = INT64_MIN;
    struct list *pos;

    list_for_each (pos, &sc->queue) {
        const struct vcpu *v = list_entry(pos, struct vcpu, sched.link);

        waiting++;
        load += v->sched.load;
        if (v->sched.vruntime < last)
            broken("a queue is out of order");
        last = v->sched.vruntime;
        if (v->cpu != cpu)
            broken("a vCPU waits in the wrong queue");
    }
    if (waiting != sc->waiting || load != sc->load)
        broken("a queue's sums are wrong");
    if (sc->current != fake_cpus[cpu].current)
        broken("the scheduler is wrong about who runs");
}

/* No CPU may idle for long while a vCPU waits that could run there. */
static void check_idle(unsigned int cpu)
{
    bool could = false;

    for (unsigned int other = 0; other < cpus; other++) {
        struct list *pos;

        list_for_each (pos, &sched_cpus[other].queue)
            could = could || (sched_hard_cpus(list_entry(pos, struct vcpu, sched.link)) & BIT(cpu));
    }
    if (sched_cpus[cpu].current != sched_cpus[cpu].idle || !could)
        neglected[cpu] = 0;
    else if (!neglected[cpu])
        neglected[cpu] = machine_now;
    else if (machine_now - neglected[cpu] > MS(12))
        broken("a CPU idles while a vCPU waits that could run there");
}

static void check_all(void)
{
    for (unsigned int g = 0; g < guest_count; g++) {
        uint32_t awake = 0;

        for (unsigned int i = 0; i < guests[g]->domain.max_vcpus; i++) {
            check_vcpu(guests[g]->vcpus[i]);
            awake += guests[g]->vcpus[i]->sched.awake;
        }
        if (awake != guests[g]->domain.sched.active)
            broken("the count of a domain's active vCPUs is wrong");
    }
    for (unsigned int cpu = 0; cpu < cpus; cpu++) {
        check_cpu(cpu);
        check_idle(cpu);
    }
}

void machine_run(int64_t duration)
{
    for (int64_t end = machine_now + duration; machine_now < end && !machine_broken;
         machine_now += STEP) {
        fake_cpu = 0;
        for (unsigned int g = 0; g < guest_count; g++)
            for (unsigned int i = 0; i < guests[g]->domain.max_vcpus; i++)
                wake_rested(guests[g]->vcpus[i]);
        /* twice, since a later CPU may ask an earlier one to look */
        for (fake_cpu = 0; fake_cpu < cpus; fake_cpu++)
            run_timers();
        for (unsigned int turn = 0; turn < 4; turn++)
            for (fake_cpu = 0; fake_cpu < cpus; fake_cpu++)
                run_softirqs();
        check_all();
        for (fake_cpu = 0; fake_cpu < cpus; fake_cpu++)
            if (this_cpu()->current->domain != &idle)
                work(this_cpu()->current);
    }
    fake_cpu = 0;
}

int64_t machine_domain_ran(struct guest *g)
{
    int64_t sum = 0;

    for (unsigned int i = 0; i < g->domain.max_vcpus; i++)
        sum += machine_ran(machine_vcpu(g, i));
    return sum;
}

void machine_clear_statistics(void)
{
    for (unsigned int g = 0; g < guest_count; g++)
        for (unsigned int i = 0; i < guests[g]->domain.max_vcpus; i++) {
            struct behaviour *b = machine_vcpu(guests[g], i);

            memset(b->ran_on, 0, sizeof(b->ran_on));
            b->worst_wait = 0;
        }
}
