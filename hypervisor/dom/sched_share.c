/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lags: how far each vCPU is ahead of its fair share of the whole machine, so that queues can be
 * made fair among each other.
 *
 * The fair clock is virtual time as it would pass for everybody if all CPUs were one: busy CPUs by
 * total load. Whoever finds it a millisecond old moves it on.
 */
#include "dom/sched_queue.h"

#define FAIR_CLOCK_TICK MS(1)

static int64_t fair_clock, fair_at; /* atomic */

static bool only_one_cpu(void)
{
    return !(sched_online & (sched_online - 1));
}

static int64_t fair_now(int64_t at)
{
    int64_t last = READ_ONCE(fair_at);
    uint64_t total = 0;
    uint32_t busy = 0;

    if (at - last < FAIR_CLOCK_TICK ||
        !__atomic_compare_exchange_n(&fair_at, &last, at, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_RELAXED))
        return READ_ONCE(fair_clock);
    for (uint64_t set = READ_ONCE(sched_online); set; set &= set - 1) {
        uint32_t load = READ_ONCE(sched_cpus[bit_lowest(set)].load);

        total += load;
        busy += load != 0;
    }
    return __atomic_add_fetch(&fair_clock,
                              policy_fair_time(busy, total, MIN(at - last, SCHED_LAG_MAX)),
                              __ATOMIC_SEQ_CST);
}

void sched_lag_update(struct vcpu *v, int64_t ran, int64_t at)
{
    struct sched_vcpu *s = &v->sched;
    int64_t fair;

    if (only_one_cpu())
        return;
    fair = fair_now(at);
    s->lag = policy_lag(s->lag, at - s->lag_at, ran, s->load, fair - s->fair_seen);
    s->lag_at = at;
    s->fair_seen = fair;
}

void sched_lag_restart(struct vcpu *v, int64_t at)
{
    struct sched_vcpu *s = &v->sched;

    if (only_one_cpu())
        return;
    s->lag = policy_lag(s->lag, at - s->lag_at, 0, s->load, 0);
    s->lag_at = at;
    s->fair_seen = fair_now(at);
}

void sched_lag_publish(struct sched_cpu *sc)
{
    const struct sched_vcpu *s = &sc->current->sched;

    WRITE_ONCE(sc->run_lag, s->lag);
    WRITE_ONCE(sc->run_since, s->lag_at);
    WRITE_ONCE(sc->run_fair, s->fair_seen);
    WRITE_ONCE(sc->run_load, MAX(s->load, 1U));
}

int64_t sched_lag_of_cpu(const struct sched_cpu *sc, int64_t at)
{
    int64_t since = READ_ONCE(sc->run_since), passed = MAX(at - since, 0);

    return policy_lag(READ_ONCE(sc->run_lag), passed, MIN(passed, SCHED_LAG_FADES),
                      MAX(READ_ONCE(sc->run_load), 1U), fair_now(at) - READ_ONCE(sc->run_fair));
}
