/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler's policy: each rule by itself, and a simulated CPU that runs vCPUs by these rules
 * for 30 simulated seconds: shares within 5% of the weights, caps within 3%, and quick wake-ups
 * beside a busy vCPU.
 */
#include <stdlib.h>

#include "dom/sched_policy.h"
#include "unit.h"

/* One simulated vCPU: runs for `work` ns, sleeps for `rest` ns (0: never sleeps). */
struct sim {
    uint32_t weight, cap;
    int64_t work, rest;
    int64_t vruntime, left, wakes_at, ran, worst_wait, since_runnable;
    struct sched_budget budget;
    bool asleep, parked;
};

static int64_t sim_clock;

static void sim_wake(struct sim *s, int64_t at)
{
    s->asleep = false;
    s->left = s->work;
    s->since_runnable = at;
    s->vruntime = policy_place(s->vruntime, sim_clock, sim_clock);
}

static struct sim *least(struct sim *s, unsigned int n)
{
    struct sim *best = NULL;

    for (unsigned int i = 0; i < n; i++)
        if (!s[i].asleep && !s[i].parked && (!best || s[i].vruntime < best->vruntime))
            best = &s[i];
    return best;
}

/* Runs one CPU in steps of 50 us, deciding as dom/sched.c does. */
static void simulate(struct sim *s, unsigned int n, int64_t duration)
{
    const int64_t step = US(50);
    struct sim *running = NULL;
    int64_t since = 0, look_at = 0;

    sim_clock = 0;
    for (unsigned int i = 0; i < n; i++) {
        policy_budget_set(&s[i].budget, s[i].cap, 0);
        s[i].left = s[i].work;
    }
    for (int64_t at = 0; at < duration; at += step) {
        bool look = !running || (look_at && at >= look_at);
        int64_t delay, slice;

        for (unsigned int i = 0; i < n; i++) {
            policy_budget_refill(&s[i].budget, at);
            if (s[i].parked && s[i].budget.left > 0) {
                s[i].parked = false;
                look = true;
            }
            if (s[i].asleep && at >= s[i].wakes_at) {
                sim_wake(&s[i], at);
                if (running &&
                    policy_preempts(s[i].vruntime, running->vruntime, at - since, &delay)) {
                    look = look || delay == 0;
                    if (delay && (!look_at || look_at > at + delay))
                        look_at = at + delay;
                }
            }
        }
        if (running && (running->asleep || running->parked))
            look = true;
        if (look) {
            struct sim *next = least(s, n);
            bool others = false;

            for (unsigned int i = 0; i < n; i++)
                others = others || (&s[i] != next && !s[i].asleep && !s[i].parked);
            if (next && next != running && s[0].rest &&
                at - next->since_runnable > next->worst_wait)
                next->worst_wait = at - next->since_runnable;
            running = next;
            since = at;
            slice = next ? policy_slice(others, next->cap ? &next->budget : NULL, 1) : 0;
            look_at = slice ? at + slice : 0;
        }
        if (!running)
            continue;
        running->ran += step;
        running->vruntime += policy_charge(step, policy_load(running->weight, 1));
        sim_clock = policy_clock(sim_clock, &running->vruntime, NULL);
        if (running->cap) {
            running->budget.left -= step;
            running->parked = running->budget.left <= 0;
        }
        running->left -= step;
        if (running->rest && running->left <= 0) {
            running->asleep = true;
            running->wakes_at = at + running->rest;
        }
    }
}

static bool within(int64_t value, int64_t wanted, int64_t percent)
{
    return llabs(value - wanted) * 100 <= wanted * percent;
}

static void shares_follow_weights(void)
{
    struct sim s[] = {{.weight = 256}, {.weight = 512}, {.weight = 128}, {.weight = 1024}};
    int64_t all = MS(30000);

    simulate(s, 4, all);
    EXPECT(within(s[0].ran, all * 256 / 1920, 5));
    EXPECT(within(s[1].ran, all * 512 / 1920, 5));
    EXPECT(within(s[2].ran, all * 128 / 1920, 5));
    EXPECT(within(s[3].ran, all * 1024 / 1920, 5));
}

static void extreme_weights(void)
{
    struct sim s[] = {{.weight = 65535}, {.weight = 1}, {.weight = 65535}};
    int64_t all = MS(30000);

    simulate(s, 3, all);
    EXPECT(within(s[0].ran, all / 2, 5));
    EXPECT(within(s[2].ran, all / 2, 5));
    EXPECT(s[1].ran > 0);
}

static void caps_hold(void)
{
    static const uint32_t caps[] = {5, 10, 25, 50, 75};

    for (unsigned int i = 0; i < ARRAY_SIZE(caps); i++) {
        struct sim alone[] = {{.weight = 256, .cap = caps[i]}};
        struct sim two[] = {{.weight = 256, .cap = 40}, {.weight = 256}};

        simulate(alone, 1, MS(30000));
        EXPECT(within(alone[0].ran, MS(30000) * caps[i] / 100, 3));
        simulate(two, 2, MS(30000));
        EXPECT(within(two[0].ran, MS(30000) * 40 / 100, 3));
        EXPECT(within(two[1].ran, MS(30000) * 60 / 100, 3));
    }
}

static void sleeper_is_quick_beside_a_busy_one(void)
{
    struct sim s[] = {{.weight = 256, .work = US(200), .rest = MS(5)}, {.weight = 256}};

    simulate(s, 2, MS(30000));
    EXPECT(s[0].worst_wait <= SCHED_MIN_RUN + US(100));
    EXPECT(s[0].ran >= MS(30000) * 200 / 5400);
}

static void sleeping_gains_no_more_than_the_credit(void)
{
    EXPECT(policy_place(0, MS(5000), MS(5000)) == MS(5000) - SCHED_SLEEPER_CREDIT);
    EXPECT(policy_place(MS(4999), MS(5000), MS(5000)) == MS(4999));
    /* its lead goes with it to another queue, and so does a small lag */
    EXPECT(policy_place(MS(5010), MS(5000), MS(70)) == MS(80));
    EXPECT(policy_place(MS(4995), MS(5000), MS(70)) == MS(65));
}

static void clock_never_goes_back(void)
{
    int64_t a = 10, b = 7;

    EXPECT(policy_clock(5, &a, &b) == 7);
    EXPECT(policy_clock(8, &a, &b) == 8);
    EXPECT(policy_clock(8, &a, NULL) == 10);
    EXPECT(policy_clock(6, NULL, &b) == 7);
    EXPECT(policy_clock(6, NULL, NULL) == 6);
}

static void preemption_is_limited(void)
{
    int64_t delay = -1;

    EXPECT(policy_preempts(0, MS(1), MS(2), &delay) && delay == 0);
    EXPECT(policy_preempts(0, MS(1), US(300), &delay) && delay == US(700));
    EXPECT(!policy_preempts(MS(1), MS(1), MS(2), &delay));
    EXPECT(!policy_preempts(US(900), MS(1), MS(2), &delay));
}

static void load_is_parted_among_vcpus(void)
{
    EXPECT(policy_load(256, 1) == 4096);
    EXPECT(policy_load(256, 4) == 1024);
    EXPECT(policy_load(1, 128) == 1);
    EXPECT(policy_load(256, 0) == 4096);
    EXPECT(policy_charge(MS(1), 4096) == MS(1));
    EXPECT(policy_charge(MS(1), 1024) == MS(4));
}

static void moves_towards_balance(void)
{
    EXPECT(policy_move(8192, 0, 4096, 0, 0) == MOVE_BETTER);
    EXPECT(policy_move(4096, 0, 4096, 0, 0) == MOVE_NO); /* it would leave this CPU idle instead */
    EXPECT(policy_move(12288, 4096, 4096, 0, 0) == MOVE_BETTER);
    EXPECT(policy_move(8192, 4096, 4096, 0, 0) == MOVE_NO);
    EXPECT(policy_move(8192, 4096, 6000, 0, 0) == MOVE_NO);
    EXPECT(policy_move(4096, 8192, 4096, 0, 0) == MOVE_NO);
    EXPECT(policy_move(4096, 4096, 1, 0, 0) == MOVE_NO);
}

static void lags_are_made_good(void)
{
    EXPECT(policy_move(8192, 4096, 4096, 0, SCHED_UNFAIR) == MOVE_NO);
    EXPECT(policy_move(8192, 4096, 4096, 0, SCHED_UNFAIR + 1) == MOVE_ROTATE);
    EXPECT(policy_move(4096, 8192, 4096, -MS(100), 0) == MOVE_ROTATE);
    EXPECT(policy_move(12288, 4096, 4096, MS(100), 0) == MOVE_NO); /* they had more before */
    EXPECT(policy_fair_time(2, 3 * 4096, MS(3)) == MS(2));
    EXPECT(policy_fair_time(0, 0, MS(3)) == 0);
    EXPECT(policy_lag(0, MS(10), MS(10), 4096, MS(5)) == MS(5));
    EXPECT(policy_lag(MS(100), SCHED_LAG_FADES / 2, 0, 4096, 0) == MS(50));
    EXPECT(policy_lag(MS(100), SCHED_LAG_FADES, 0, 4096, 0) == 0);
    EXPECT(policy_lag(0, MS(10), MS(10000), 1, 0) == SCHED_LAG_MAX);
    EXPECT(policy_lag(0, MS(10), 0, 1, MS(10000)) == -SCHED_LAG_MAX);
}

static void waking_goes_where_there_is_room(void)
{
    uint32_t loads[64] = {4096, 0, 4096, 0};

    EXPECT(policy_choose_cpu(loads, 0xf, 0xf, 3, 4096) == 3); /* its own, if idle */
    EXPECT(policy_choose_cpu(loads, 0xf, 0xf, 0, 4096) == 1);
    EXPECT(policy_choose_cpu(loads, 0xf, 0x8, 0, 4096) == 3); /* the one it likes */
    EXPECT(policy_choose_cpu(loads, 0xf, 0x4, 2, 4096) == 1); /* rather an idle one than wait */
    EXPECT(policy_choose_cpu(loads, 0x5, 0xf, 1, 4096) == 0 ||
           policy_choose_cpu(loads, 0x5, 0xf, 1, 4096) == 2);
    EXPECT(policy_choose_cpu(loads, 0x4, 0xf, 2, 4096) == 2);
    loads[1] = loads[3] = 4096;
    EXPECT(policy_choose_cpu(loads, 0xf, 0xf, 2, 4096) == 2); /* nothing gained by moving */
    loads[2] = 3 * 4096;
    EXPECT(policy_choose_cpu(loads, 0xf, 0xf, 2, 4096) == 0);
}

static void pushing_respects_affinity(void)
{
    uint32_t loads[64] = {8192, 4096, 0, 2048};
    int64_t keys[64] = {8192, 4096, 0, 2048};
    unsigned int to = 99;

    EXPECT(policy_push_target(loads, keys, 0xf, 0xf, 0, &to) && to == 2);
    EXPECT(policy_push_target(loads, keys, 0x3, 0xf, 0, &to) && to == 1);
    EXPECT(!policy_push_target(loads, keys, 0x1, 0xf, 0, &to));
    EXPECT(policy_push_target(loads, keys, 0x2, 0xf, 0, &to) && to == 1); /* it may not stay */
    EXPECT(policy_push_target(loads, keys, 0xf, 0x1, 0, &to) && to == 2); /* idle beats liking */
    loads[2] = keys[2] = 4096;
    EXPECT(!policy_push_target(loads, keys, 0xf, 0x1, 0, &to));
    EXPECT(policy_push_target(loads, keys, 0xf, 0x3, 0, &to) && to == 1);
    keys[3] = -MS(5);
    EXPECT(policy_push_target(loads, keys, 0xf, 0xf, 0, &to) && to == 3);
}

static void budget_pays_back_what_was_used_too_much(void)
{
    struct sched_budget b;

    policy_budget_set(&b, 50, 1000);
    EXPECT(b.left == SCHED_CAP_PERIOD / 2);
    b.left = -SCHED_CAP_PERIOD;
    policy_budget_refill(&b, 1000 + SCHED_CAP_PERIOD - 1);
    EXPECT(b.left == -SCHED_CAP_PERIOD);
    policy_budget_refill(&b, policy_budget_next(&b));
    EXPECT(b.left == -SCHED_CAP_PERIOD / 2);
    policy_budget_refill(&b, b.start + 10 * SCHED_CAP_PERIOD); /* nothing is saved up */
    EXPECT(b.left == SCHED_CAP_PERIOD / 2);
}

int main(void)
{
    RUN(shares_follow_weights);
    RUN(extreme_weights);
    RUN(caps_hold);
    RUN(sleeper_is_quick_beside_a_busy_one);
    RUN(sleeping_gains_no_more_than_the_credit);
    RUN(clock_never_goes_back);
    RUN(preemption_is_limited);
    RUN(load_is_parted_among_vcpus);
    RUN(moves_towards_balance);
    RUN(lags_are_made_good);
    RUN(waking_goes_where_there_is_room);
    RUN(pushing_respects_affinity);
    RUN(budget_pays_back_what_was_used_too_much);
    return UNIT_RESULT;
}
