/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The common part of all races (race.h).
 */
#include "race.h"

#include <xen/mortise.h>

#define BACK_WITHIN 20000000000ul /* ns */

static race_side_t other_side;
static volatile bool over;
static void (*end_call)(void);
static bool (*enough)(void);
static volatile unsigned long rounds[STACK_COUNT];
static uint64_t seeds[STACK_COUNT] = {0x9e3779b97f4a7c15ul, 0xbf58476d1ce4e5b9ul};

uint64_t race_random(void)
{
    uint64_t *seed = &seeds[this_cpu()->id];

    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

unsigned long race_rounds(unsigned int id)
{
    return rounds[id];
}

bool race_over(void)
{
    return over;
}

static void run_other(void)
{
    while (!over) {
        other_side();
        rounds[1]++;
    }
}

void race_audit(void)
{
    struct mortise_audit audit = {.interface_version = MORTISE_INTERFACE_VERSION};
    long ret = 0;

    if (!subject_is_mortise()) {
        return;
    }
    for (unsigned int tries = 0; tries < 20; tries++) { /* -EBUSY: a vCPU got no CPU for a second */
        ret = hcall(__HYPERVISOR_mortise_op, MORTISE_audit, &audit);
        if (ret != E(BUSY)) {
            break;
        }
    }
    if (!EXPECT_EQ(ret, 0) || audit.total == 0) {
        return;
    }
    for (unsigned int kind = 0; kind < MORTISE_AUDIT_NR_KINDS; kind++) {
        if (audit.differences[kind] != 0) {
            FAIL("the audit finds %lu differences of kind %u", audit.differences[kind], kind);
        }
    }
}

void race_at_end(void (*call)(void))
{
    end_call = call;
}

void race_until(bool (*condition)(void))
{
    enough = condition;
}

static bool raced(void)
{
    return rounds[0] > 1 && rounds[1] > 1 && (enough == NULL || enough());
}

void race(race_side_t ours, race_side_t theirs)
{
    uint64_t begin, end;

    REQUIRE(cpu_start(1) == 0);
    race_audit();
    over = false;
    rounds[0] = rounds[1] = 0;
    for (unsigned int id = 0; id < STACK_COUNT; id++) {
        seeds[id] = (id + 1) * 0x9e3779b97f4a7c15ul + argument("seed=", 0) * 0xbf58476d1ce4e5b9ul;
    }
    other_side = theirs;
    cpu_run(1, run_other);
    begin = time_now();
    end = begin + argument("seconds=", 3) * 1000000000ul;
    /* a machine that has little time for us gets more, until there was a race at all */
    while (time_now() < end || (!raced() && time_now() < end + BACK_WITHIN)) {
        ours();
        rounds[0]++;
    }
    over = true;
    /* Until it is back: what it does last may be to wait once more. */
    for (end = time_now() + BACK_WITHIN; !cpu_done(1) && time_now() < end;) {
        struct sched_poll nap = {.timeout = time_now() + 1000000};

        if (end_call != NULL) {
            end_call();
        }
        hcall(__HYPERVISOR_sched_op, SCHEDOP_poll, &nap);
    }
    end_call = NULL;
    enough = NULL;
    if (!cpu_wait(1)) {
        FAIL("vCPU 1 never came back");
        return;
    }
    print("  %lu and %lu rounds in %lu ms\n", rounds[0], rounds[1], (time_now() - begin) / 1000000);
    REQUIRE(rounds[0] > 1 && rounds[1] > 1);
    race_audit();
}

void race_expect_free(void *page)
{
    EXPECT_EQ(page_unprotect(page), 0);
    memset(page, 0, PAGE_SIZE);
    EXPECT_EQ(page_protect(page), 0);
    EXPECT_EQ(pin(2, page), 0);
    EXPECT_EQ(unpin(page), 0);
    EXPECT_EQ(page_unprotect(page), 0);
}
