/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the check of each CPU's TSC against the boot CPU's, while it comes up: both read theirs in
 * turn under one lock; a value below the other's last one is a warp. Without warps the TSCs count
 * as one clock. With one, the difference is measured by the quickest of many question-and-answer
 * rounds, and time is no longer called stable.
 */
#include "kern/time_sync.h"
#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "kern/time.h"
#include "lib/printk.h"

#define WARP_ROUNDS   500
#define OFFSET_ROUNDS 64
#define GIVE_UP_SPINS 100000000U /* the other side died */

enum { STEP_NONE, STEP_ASKED, STEP_WARP, STEP_WARP_DONE };

static uint32_t step; /* written by the new CPU, but STEP_WARP by the boot CPU */
static uint32_t boot_done;
static uint32_t turn_lock;
static uint64_t last_tsc, worst_warp;
static uint32_t question, answer;
static uint64_t answer_tsc;
static uint64_t offsets[MAX_CPUS];
static bool unstable;
static int64_t last_time;

uint64_t time_sync_offset(unsigned int cpu)
{
    return unlikely(unstable) ? offsets[cpu] : 0;
}

bool time_is_stable(void)
{
    return !unstable;
}

int64_t time_sync_monotonic(int64_t t)
{
    int64_t last;

    if (likely(!unstable))
        return t;
    last = __atomic_load_n(&last_time, __ATOMIC_RELAXED);
    do {
        if (t <= last)
            return last;
    } while (!__atomic_compare_exchange_n(&last_time, &last, t, true, __ATOMIC_SEQ_CST,
                                          __ATOMIC_RELAXED));
    return t;
}

static bool wait_for(const uint32_t *what, uint32_t value)
{
    unsigned int spins = 0;

    while (__atomic_load_n(what, __ATOMIC_ACQUIRE) != value) {
        cpu_relax();
        if (++spins > GIVE_UP_SPINS)
            return false;
    }
    return true;
}

static uint64_t tsc_ordered(void)
{
    __asm__ volatile("lfence" ::: "memory");
    return rdtsc();
}

static void look_for_warps(void)
{
    unsigned int i;

    for (i = 0; i < WARP_ROUNDS; i++) {
        uint64_t t;

        while (__atomic_exchange_n(&turn_lock, 1, __ATOMIC_ACQUIRE))
            cpu_relax();
        t = tsc_ordered();
        if (t < last_tsc)
            worst_warp = MAX(worst_warp, last_tsc - t);
        last_tsc = t;
        __atomic_store_n(&turn_lock, 0, __ATOMIC_RELEASE);
    }
}

/* The boot CPU's side; the new CPU's is below, step by step opposite. */
void time_sync_serve(void)
{
    unsigned int i;

    if (__atomic_load_n(&step, __ATOMIC_ACQUIRE) != STEP_ASKED)
        return;
    last_tsc = worst_warp = 0;
    boot_done = question = answer = 0;
    __atomic_store_n(&step, STEP_WARP, __ATOMIC_RELEASE);
    look_for_warps();
    if (!wait_for(&step, STEP_WARP_DONE))
        return;
    __atomic_store_n(&boot_done, 1, __ATOMIC_RELEASE);
    for (i = 1; worst_warp && i <= OFFSET_ROUNDS; i++) {
        if (!wait_for(&question, i))
            return;
        answer_tsc = tsc_ordered();
        __atomic_store_n(&answer, i, __ATOMIC_RELEASE);
    }
    (void)wait_for(&step, STEP_NONE);
}

static uint64_t measure_offset(void)
{
    uint64_t best = ~0UL, offset = 0;
    uint32_t i;

    for (i = 1; i <= OFFSET_ROUNDS; i++) {
        uint64_t before = tsc_ordered(), after;

        __atomic_store_n(&question, i, __ATOMIC_RELEASE);
        (void)wait_for(&answer, i);
        after = tsc_ordered();
        if (after - before < best) {
            best = after - before;
            offset = answer_tsc - (before + best / 2);
        }
    }
    return offset;
}

void time_init_cpu(void)
{
    __atomic_store_n(&step, STEP_ASKED, __ATOMIC_RELEASE);
    (void)wait_for(&step, STEP_WARP);
    look_for_warps();
    __atomic_store_n(&step, STEP_WARP_DONE, __ATOMIC_RELEASE);
    (void)wait_for(&boot_done, 1);
    if (worst_warp) {
        offsets[cpu_id()] = measure_offset();
        WRITE_ONCE(unstable, true);
        pr_warn(
            "clock: the TSC of CPU %u went back by %lu ticks against CPU 0's; corrected by %ld\n",
            cpu_id(), worst_warp, (int64_t)offsets[cpu_id()]);
    }
    __atomic_store_n(&step, STEP_NONE, __ATOMIC_RELEASE);
}
