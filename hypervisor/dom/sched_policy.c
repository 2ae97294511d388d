/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler's decisions, as pure functions: see the header.
 *
 * All times are ns. Virtual time passes as real time for a domain of default weight with one active
 * vCPU.
 */
#include "dom/sched_policy.h"

#include "lib/bits.h"

uint32_t policy_load(uint32_t weight, uint32_t active)
{
    uint32_t load = weight * SCHED_LOAD_UNIT / MAX(active, 1U);

    return MAX(load, 1U);
}

int64_t policy_charge(int64_t ran, uint32_t load)
{
    /* a run never lasts so long that this overflows: 2^63 / 4096 ns is 26 days */
    return ran * (SCHED_WEIGHT_DEFAULT * SCHED_LOAD_UNIT) / load;
}

int64_t policy_clock(int64_t clock, const int64_t *running, const int64_t *first_waiting)
{
    int64_t least;

    if (running && first_waiting)
        least = MIN(*running, *first_waiting);
    else if (running)
        least = *running;
    else if (first_waiting)
        least = *first_waiting;
    else
        return clock;
    return MAX(clock, least);
}

int64_t policy_place(int64_t vruntime, int64_t clock_left, int64_t clock_entered)
{
    int64_t lag = vruntime - clock_left;

    return clock_entered + MAX(lag, -SCHED_SLEEPER_CREDIT);
}

bool policy_preempts(int64_t woken, int64_t running, int64_t ran, int64_t *delay)
{
    *delay = MAX(SCHED_MIN_RUN - ran, 0);
    return woken + SCHED_PREEMPT_MARGIN < running;
}

void policy_budget_set(struct sched_budget *b, uint32_t cap_percent, int64_t now)
{
    b->quota = SCHED_CAP_PERIOD * cap_percent / 100;
    b->left = b->quota;
    b->start = b->since = now;
}

void policy_budget_refill(struct sched_budget *b, int64_t now)
{
    int64_t periods = (now - b->start) / SCHED_CAP_PERIOD;

    if (periods <= 0)
        return;
    b->start += periods * SCHED_CAP_PERIOD;
    b->left = MIN(b->left + periods * b->quota, b->quota);
}

void policy_budget_charge(struct sched_budget *b, int64_t ran, int64_t now)
{
    policy_budget_refill(b, now);
    b->left -= MIN(ran, MAX(now - b->since, 0));
}

int64_t policy_budget_next(const struct sched_budget *b)
{
    return b->start + SCHED_CAP_PERIOD;
}

int64_t policy_slice(bool others_wait, const struct sched_budget *budget, uint32_t active)
{
    int64_t slice = others_wait ? SCHED_SLICE : 0;

    if (budget && budget->quota) {
        int64_t part = MAX(budget->left / MAX((int64_t)active, 1), SCHED_CAP_MIN_SLICE);

        slice = slice ? MIN(slice, part) : part;
    }
    return slice;
}

int64_t policy_fair_time(uint32_t busy_cpus, uint64_t total_load, int64_t passed)
{
    if (!total_load)
        return 0;
    return passed * busy_cpus * (SCHED_WEIGHT_DEFAULT * SCHED_LOAD_UNIT) / (int64_t)total_load;
}

int64_t policy_lag(int64_t lag, int64_t passed, int64_t ran, uint32_t load, int64_t fair)
{
    if (passed >= SCHED_LAG_FADES)
        lag = 0;
    else
        lag -= lag * (passed / US(1)) / (SCHED_LAG_FADES / US(1));
    lag += policy_charge(ran, load) - fair;
    return MAX(MIN(lag, SCHED_LAG_MAX), -SCHED_LAG_MAX);
}

enum sched_move policy_move(uint32_t load_from, uint32_t load_to, uint32_t load, int64_t lag_from,
                            int64_t lag_to)
{
    if (load_to == 0)
        return load_from > load ? MOVE_BETTER : MOVE_NO;
    if (lag_to - lag_from > SCHED_UNFAIR)
        return MOVE_ROTATE;
    if (lag_from - lag_to > SCHED_UNFAIR || load_from <= load_to)
        return MOVE_NO;
    return load < load_from - load_to ? MOVE_BETTER : MOVE_NO;
}

/* The least loaded CPU of a set that is not empty; `last` when none is better than it. */
static unsigned int least_loaded(const uint32_t *loads, uint64_t set, unsigned int last)
{
    unsigned int best = set & BIT(last) ? last : bit_lowest(set);

    for (; set; set &= set - 1) { /* at most 64 turns */
        unsigned int cpu = bit_lowest(set);

        if (loads[cpu] < loads[best])
            best = cpu;
    }
    return best;
}

unsigned int policy_choose_cpu(const uint32_t *loads, uint64_t hard, uint64_t soft,
                               unsigned int last, uint32_t load)
{
    uint64_t liked = hard & soft ? hard & soft : hard;
    unsigned int best = least_loaded(loads, liked, last);

    if (loads[best] == 0)
        return best;
    if (liked != hard) {
        unsigned int other = least_loaded(loads, hard, last);

        if (loads[other] == 0)
            return other;
    }
    /* busy everywhere: moving pays only when it brings the loads closer */
    if ((liked & BIT(last)) && loads[last] - loads[best] <= load)
        return last;
    return best;
}

/* The CPU with the least key of a set that is not empty. */
static unsigned int least_key(const int64_t *keys, uint64_t set)
{
    unsigned int best = bit_lowest(set);

    for (; set; set &= set - 1) /* at most 64 turns */
        if (keys[bit_lowest(set)] < keys[best])
            best = bit_lowest(set);
    return best;
}

bool policy_push_target(const uint32_t *loads, const int64_t *keys, uint64_t hard, uint64_t soft,
                        unsigned int from, unsigned int *target)
{
    uint64_t others = hard & ~BIT(from);
    unsigned int best;

    if (!others)
        return false;
    best = least_key(keys, others);
    if (!(hard & soft & BIT(from)) || (soft & BIT(best)) || loads[best] == 0) {
        *target = best;
        return true;
    }
    if (!(others & soft))
        return false;
    *target = least_key(keys, others & soft);
    return true;
}
