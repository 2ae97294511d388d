/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what the scheduler decides: shares, budgets of capped domains, who preempts whom, and where
 * a vCPU goes.
 *
 * Pure: no per-CPU data, no globals, no assembly; dom/sched.c is the mechanism and the unit tests
 * run the same file. Each run queue has a virtual clock. A vCPU's vruntime advances by the time it
 * ran, divided by its load (its part of the domain's weight), so that whoever is furthest behind is
 * next, and time is shared in proportion to weight.
 */
#ifndef DOM_SCHED_POLICY_H
#define DOM_SCHED_POLICY_H

#include "lib/types.h"

#define SCHED_WEIGHT_DEFAULT 256
#define SCHED_WEIGHT_MAX     65535
#define SCHED_LOAD_UNIT                                                                            \
    16 /* load of a vCPU: weight in sixteenths, so that it can be parted among a domain's vCPUs */
#define SCHED_SLICE          MS(10) /* longest run while another waits */
#define SCHED_MIN_RUN        MS(1)  /* a wake-up does not preempt who ran for less */
#define SCHED_SLEEPER_CREDIT MS(10) /* how far behind the clock a vCPU may be when it wakes */
#define SCHED_PREEMPT_MARGIN US(500)
#define SCHED_CAP_PERIOD     MS(30)
#define SCHED_CAP_MIN_SLICE  US(100)
#define SCHED_ROTATE         MS(100) /* no two rotations of a CPU come closer together */
#define SCHED_UNFAIR         MS(30)  /* a lag between two CPUs that calls for one */
#define SCHED_LAG_FADES      MS(30000)
#define SCHED_LAG_MAX        MS(1000)
#define SCHED_CAP_MAX        12800 /* percent: 128 vCPUs at full speed */

/* The part of its domain's weight that each of `active` vCPUs has; at least 1. */
/*@ requires weight <= SCHED_WEIGHT_MAX;
    assigns \nothing;
    ensures least: \result >= 1;
    ensures share: active >= 1 && weight * SCHED_LOAD_UNIT >= active ==>
              \result == weight * SCHED_LOAD_UNIT / active;
*/
uint32_t policy_load(uint32_t weight, uint32_t active);

/* How far `ran` ns move the vruntime of a vCPU with this load. */
/*@ requires 0 <= ran <= 0x7fffffffffffffff / (SCHED_WEIGHT_DEFAULT * SCHED_LOAD_UNIT);
    requires load >= 1;
    assigns \nothing;
    ensures charge: 0 <= \result <= ran * (SCHED_WEIGHT_DEFAULT * SCHED_LOAD_UNIT);
    ensures exact: \result == ran * (SCHED_WEIGHT_DEFAULT * SCHED_LOAD_UNIT) / load;
*/
int64_t policy_charge(int64_t ran, uint32_t load);

/* The queue's clock: it follows the least vruntime of those that run or wait, and never goes
 * back. */
/*@ requires running == \null || \valid_read(running);
    requires first_waiting == \null || \valid_read(first_waiting);
    assigns \nothing;
    ensures forward: \result >= clock;
    ensures behind: \result > clock ==>
              (running != \null ==> \result <= *running) &&
              (first_waiting != \null ==> \result <= *first_waiting);
*/
int64_t policy_clock(int64_t clock, const int64_t *running, const int64_t *first_waiting);

/* The vruntime with which a vCPU enters a queue: its distance from the clock it left, but no
 * more than the credit behind. */
/*@ requires -0x3fffffffffffffff <= vruntime <= 0x1fffffffffffffff;
    requires -0x1fffffffffffffff <= clock_left <= 0x1fffffffffffffff;
    requires -0x1fffffffffffffff <= clock_entered <= 0x1fffffffffffffff;
    assigns \nothing;
    ensures credit: \result >= clock_entered - SCHED_SLEEPER_CREDIT;
    ensures distance: vruntime - clock_left >= -SCHED_SLEEPER_CREDIT ==>
              \result - clock_entered == vruntime - clock_left;
*/
int64_t policy_place(int64_t vruntime, int64_t clock_left, int64_t clock_entered);

/* Whether one that wakes preempts one that runs, by their vruntimes; then *delay is how long to
 * wait until it may, ns. */
bool policy_preempts(int64_t woken, int64_t running, int64_t ran, int64_t *delay);

/* A capped domain's budget. `left` may become negative: what was used too much is paid back. */
struct sched_budget {
    int64_t quota; /* ns of CPU time a period; 0: no cap */
    int64_t left;
    int64_t start; /* of this period, system time */
    int64_t since; /* when the cap was set: what ran before is no part of any budget */
};

void policy_budget_set(struct sched_budget *b, uint32_t cap_percent, int64_t now);
void policy_budget_refill(struct sched_budget *b, int64_t now);
void policy_budget_charge(struct sched_budget *b, int64_t ran, int64_t now); /* ran until now */
int64_t policy_budget_next(const struct sched_budget *b); /* when the next period begins */

/* How long the chosen vCPU may run: 0 for as long as it likes. `budget` is NULL without a cap. */
/*@ requires budget == \null || \valid_read(budget);
    requires active <= 0x7fffffff;
    assigns \nothing;
    ensures none: !others_wait && (budget == \null || budget->quota == 0) ==> \result == 0;
    ensures waits: others_wait ==> 0 < \result <= SCHED_SLICE;
    ensures capped: budget != \null && budget->quota != 0 ==> \result > 0;
*/
int64_t policy_slice(bool others_wait, const struct sched_budget *budget, uint32_t active);

/*
 * Fairness between queues. All that is awake should get virtual time at one rate, that of the whole
 * machine; a vCPU's lag is how far it is ahead of that, in virtual ns. Old history fades, so that
 * what can't be made good (affinity, one vCPU that is entitled to more than a CPU) is not held
 * against others for long.
 */
int64_t policy_fair_time(uint32_t busy_cpus, uint64_t total_load, int64_t passed);
int64_t policy_lag(int64_t lag, int64_t passed, int64_t ran, uint32_t load, int64_t fair);

/* Whether a waiting vCPU of load `load` goes from a CPU to another. */
enum sched_move {
    MOVE_NO,
    MOVE_BETTER, /* the loads come closer, and nobody is ahead by it */
    MOVE_ROTATE  /* those on this CPU lag behind the other: one goes there, so the rest catch up */
};
enum sched_move policy_move(uint32_t load_from, uint32_t load_to, uint32_t load, int64_t lag_from,
                            int64_t lag_to);

/*
 * Where a vCPU that wakes goes: among the CPUs of `hard` (never empty), those of `soft` first, idle
 * ones first (loads[] is 0), its last one before the others; else the least loaded, if that is
 * better than its last.
 */
unsigned int policy_choose_cpu(const uint32_t *loads, uint64_t hard, uint64_t soft,
                               unsigned int last, uint32_t load);

/*
 * Where a vCPU that waits on `from` might go: the other CPU with the least key (loads, or lags
 * negated), one outside `soft` only when `from` is outside too, or it has no load. False when there
 * is none.
 */
bool policy_push_target(const uint32_t *loads, const int64_t *keys, uint64_t hard, uint64_t soft,
                        unsigned int from, unsigned int *target) __must_check;

#endif
