/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The domain's watchdogs: each has a number and a time, is rearmed and disarmed by its number, and
 * ends the domain when nobody does (domains/ends.c).
 */
#include "harness.h"

/* An error comes in 32 bits on Xen. */
static long watchdog(unsigned int id, unsigned int seconds)
{
    struct sched_watchdog op = {.id = id, .timeout = seconds};

    return (int)hcall(__HYPERVISOR_sched_op, SCHEDOP_watchdog, &op);
}

/* Two at a time, which every hypervisor has; then as many as there are. */
TEST(watchdog_numbers)
{
    long ids[9], n, rc = 0;

    for (n = 0; n < 9; n++) {
        rc = watchdog(0, 3600);
        if (rc < 0) {
            break;
        }
        ids[n] = rc;
        EXPECT(rc > 0);
        for (long i = 0; i < n; i++) {
            EXPECT(ids[i] != rc);
        }
    }
    EXPECT(n >= 2);
    EXPECT_EITHER(rc, E(NOSPC), E(EXIST));
    for (long i = 0; i < n; i++) {
        EXPECT_EQ(watchdog((unsigned int)ids[i], 1800), 0);
        EXPECT_EQ(watchdog((unsigned int)ids[i], 0), 0);
    }
    /* a number that was given back is given out again */
    rc = watchdog(0, 3600);
    EXPECT(rc > 0);
    EXPECT_EQ(watchdog((unsigned int)rc, 0), 0);
}

TEST(watchdog_errors)
{
    EXPECT_EQ(watchdog(99, 10), E(INVAL));
    EXPECT_EQ(watchdog(99, 0), E(INVAL));
    EXPECT_EQ(watchdog(0xffffffff, 10), E(INVAL));
    /* nobody has this one */
    EXPECT_EQ(watchdog(2, 10), E(INVAL));
    EXPECT_EQ(hcall(__HYPERVISOR_sched_op, SCHEDOP_watchdog, 0x1000), E(FAULT));
}

/* A new one that is over at once is a mistake, not a wish to be ended. */
TEST(watchdog_of_no_time)
{
    EXPECT_EQ(watchdog(0, 0), E(INVAL));
}

TEST(shutdown_arguments)
{
    EXPECT_EQ(hcall(__HYPERVISOR_sched_op, SCHEDOP_shutdown_code, 0x1000), E(FAULT));
    EXPECT_EQ(hcall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, 0x1000), E(FAULT));
}
