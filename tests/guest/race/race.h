/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two vCPUs on two CPUs against each other for `seconds=N` of the command line (3 without it), with
 * the random numbers of `seed=N`.
 * Each side is a function that does one round; a race ends with the audit, which must find nothing.
 */
#ifndef TEST_RACE_H
#define TEST_RACE_H

#include "harness.h"

typedef void (*race_side_t)(void);

/* Runs `ours` here and `theirs` on vCPU 1, round after round; both have ended when it returns. */
void race(race_side_t ours, race_side_t theirs);
/* The same with both sides alike. */
static inline void race_both(race_side_t side)
{
    race(side, side);
}

/* What is to be called when the time is over, again and again until the other side is back, to end
 * its wait; for one race. */
void race_at_end(void (*call)(void));

/* What must have come about when one race ends: until then it goes on beyond its time, for seconds,
 * where the machine has little time for us. */
void race_until(bool (*condition)(void));

/* The rounds that vCPU `id` has done in the race under way. */
unsigned long race_rounds(unsigned int id);
/* Whether the time is over; for sides with loops of their own. */
bool race_over(void);

/* Random numbers, a sequence for each vCPU; `below` must not be 0. */
uint64_t race_random(void);
static inline unsigned int race_pick(unsigned int below)
{
    return (unsigned int)(race_random() % below);
}

/* Waits for about `steps` turns of an empty loop (no pause: it costs an emulator thousands). */
static inline void race_pause(unsigned int steps)
{
    for (; steps != 0; steps--) {
        __asm__ volatile("" : : : "memory");
    }
}

/* The audit (hypercall 55): nothing on a hypervisor that has none; else 0 differences. */
void race_audit(void);

/* An entry of the running tables without any flush: what a hostile kernel asks for. */
static inline long va_set_no_flush(const void *va, uint64_t value)
{
    return hcall(__HYPERVISOR_update_va_mapping, va, value, UVMF_NONE);
}

/* Nobody uses the page as anything any more: it becomes a table and memory again. */
void race_expect_free(void *page);

#endif
