/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waiting vCPUs change their queue: away from where they may not be, to CPUs with less to do, and
 * now and then only so that all get their share of the machine.
 *
 * A vCPU between two queues has `moving` set, which keeps it from being freed.
 */
#include "dom/sched_queue.h"
#include "kern/softirq.h"
#include "kern/time.h"

#define LOOK_AT_MOST  16 /* vCPUs of a queue that a mover considers */
#define PUSH_INTERVAL MS(2)

/* Takes a waiting vCPU over to another CPU. The lock of `from` is held, and released; interrupts
 * are off. */
static void hand_over(struct sched_cpu *from, struct vcpu *v, unsigned int to, int64_t at)
{
    struct sched_cpu *sc = &sched_cpus[to];
    bool look = false;

    sched_dequeue(from, v);
    WRITE_ONCE(v->sched.moving, 1); /* keeps sched_vcpu_destroy waiting */
    sched_reassign(from, v, to, at);
    spin_unlock(&from->lock);

    spin_lock(&sc->lock);
    if (v->cpu == to)
        look = sched_enter(sc, v, at);
    __atomic_store_n(&v->sched.moving, 0, __ATOMIC_RELEASE);
    spin_unlock(&sc->lock);
    if (look)
        softirq_raise_on(to, SOFTIRQ_SCHEDULE);
}

/* What a push looks at: other CPUs as they are, and how those on this one fare. */
struct view {
    uint32_t loads[MAX_CPUS];
    int64_t by_load[MAX_CPUS], by_lag[MAX_CPUS]; /* keys: least loaded, furthest ahead */
    int64_t lag;                                 /* mean of those here */
    int64_t running_lag;                         /* of the one that runs here */
};

static void look_around(struct sched_cpu *sc, unsigned int cpu, int64_t at, struct view *w)
{
    int64_t sum = 0;
    unsigned int n = 0;
    struct list *pos;

    sched_read_loads(w->loads);
    for (uint64_t set = READ_ONCE(sched_online) & ~BIT(cpu); set; set &= set - 1) {
        unsigned int other = bit_lowest(set);

        w->by_load[other] = w->loads[other];
        w->by_lag[other] = w->loads[other] ? -sched_lag_of_cpu(&sched_cpus[other], at) : INT64_MAX;
    }
    if (sc->current != sc->idle) {
        sum = w->running_lag = sched_lag_of_cpu(sc, at);
        n = 1;
    }
    list_for_each (pos, &sc->queue) {
        struct vcpu *v = list_entry(pos, struct vcpu, sched.link);

        sched_lag_update(v, 0, at);
        sum += v->sched.lag;
        if (++n > LOOK_AT_MOST)
            break;
    }
    w->lag = sum / MAX((int64_t)n, 1);
}

static bool rotated_lately(const struct sched_cpu *sc, int64_t at)
{
    return at - READ_ONCE(sc->rotated) < SCHED_ROTATE;
}

/* The waiting vCPU of `sc` that should leave it most, and where to; *rotate: only to be fair. */
static struct vcpu *choose_to_push(struct sched_cpu *sc, unsigned int cpu, int64_t at,
                                   unsigned int *target, bool *rotate)
{
    struct vcpu *ahead = NULL;
    unsigned int looked = 0;
    struct view w;
    struct list *pos;

    look_around(sc, cpu, at, &w);
    *rotate = false;
    list_for_each (pos, &sc->queue) {
        struct vcpu *v = list_entry(pos, struct vcpu, sched.link);
        uint64_t hard = sched_hard_cpus(v), soft = READ_ONCE(v->sched.soft.bits[0]);
        bool may_stay = hard & BIT(cpu);
        unsigned int to;

        if (READ_ONCE(v->running) || (may_stay && looked++ >= LOOK_AT_MOST) ||
            !policy_push_target(w.loads, w.by_load, hard, soft, cpu, &to))
            continue;
        if (!may_stay || policy_move(sc->load, w.loads[to], v->sched.load, w.lag, -w.by_lag[to]) ==
                             MOVE_BETTER) {
            *rotate = false;
            *target = to;
            return v;
        }
        if (!policy_push_target(w.loads, w.by_lag, hard, soft, cpu, &to) || !w.loads[to] ||
            rotated_lately(sc, at) || rotated_lately(&sched_cpus[to], at))
            continue;
        if (policy_move(sc->load, w.loads[to], v->sched.load, w.lag, -w.by_lag[to]) ==
                MOVE_ROTATE &&
            (!ahead || v->sched.lag > ahead->sched.lag)) {
            ahead = v;
            *target = to;
            *rotate = true;
        }
    }
    /* when it is the one that runs who is furthest ahead, its turn to go comes with the next
     * slice */
    if (ahead && sc->current != sc->idle && w.running_lag > ahead->sched.lag + 2 * SCHED_SLICE &&
        (sched_hard_cpus(sc->current) & BIT(*target)))
        return NULL;
    return ahead;
}

/* Moves one vCPU away; whether there may be more that want to go at once. */
static bool push_one(struct sched_cpu *sc, unsigned int cpu, int64_t at)
{
    unsigned int target = 0;
    struct vcpu *v;
    bool rotate;

    spin_lock(&sc->lock);
    v = choose_to_push(sc, cpu, at, &target, &rotate);
    if (!v) {
        spin_unlock(&sc->lock);
        return false;
    }
    if (rotate) {
        WRITE_ONCE(sc->rotated, at);
        WRITE_ONCE(sched_cpus[target].rotated, at);
    }
    hand_over(sc, v, target, at);
    return !rotate;
}

void sched_push(unsigned int cpu)
{
    struct sched_cpu *sc = &sched_cpus[cpu];
    int64_t at = now();
    bool more = true;

    if (!sc->displaced && at - sc->pushed < PUSH_INTERVAL)
        return;
    sc->pushed = at;
    sc->displaced = false;
    for (unsigned int i = 0; more && i < LOOK_AT_MOST; i++)
        more = push_one(sc, cpu, at);
    if (more)
        sc->displaced = true; /* the rest next time */
}

/* A waiting vCPU of another queue that may run on `cpu`, and likes to (or `any`). Under that
 * queue's lock. */
static struct vcpu *choose_to_pull(struct sched_cpu *sc, unsigned int cpu, bool any)
{
    unsigned int looked = 0;
    struct list *pos;

    list_for_each (pos, &sc->queue) {
        struct vcpu *v = list_entry(pos, struct vcpu, sched.link);

        if (looked++ >= LOOK_AT_MOST)
            break;
        if (!READ_ONCE(v->running) && (sched_hard_cpus(v) & BIT(cpu)) &&
            (any || (READ_ONCE(v->sched.soft.bits[0]) & BIT(cpu))))
            return v;
    }
    return NULL;
}

void sched_pull(unsigned int cpu)
{
    uint64_t others = READ_ONCE(sched_online) & ~BIT(cpu);

    for (unsigned int any = 0; any < 2; any++) {
        for (uint64_t set = others; set; set &= set - 1) {
            unsigned int other = bit_lowest(set);
            struct sched_cpu *sc = &sched_cpus[other];
            struct vcpu *v;

            if (!READ_ONCE(sc->waiting))
                continue;
            spin_lock(&sc->lock);
            /* an idle CPU is about to run what it was just given */
            if (sc->current == sc->idle && sc->waiting == 1)
                v = NULL;
            else
                v = choose_to_pull(sc, cpu, any);
            if (v) {
                hand_over(sc, v, cpu, now());
                return;
            }
            spin_unlock(&sc->lock);
        }
    }
}
