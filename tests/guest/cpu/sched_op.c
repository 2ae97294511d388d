/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sched_op, errno by errno: bad arguments, reasons that there are not, watchdogs, the pin of the
 * control domain.
 */
#include "harness.h"

#define NOWHERE ((void *)0x1000)

static long sched_op(unsigned int command, void *argument)
{
    return hcall(__HYPERVISOR_sched_op, command, argument);
}

TEST(sched_op_faults)
{
    for (unsigned int op = SCHEDOP_shutdown; op <= SCHEDOP_pin_override; op++) {
        EXPECT_EQ(sched_op(op, NOWHERE), E(FAULT));
        EXPECT_EQ(sched_op(op, (void *)0xffff830000000000ul), E(FAULT));
    }
}

TEST(sched_op_remote_shutdown)
{
    struct sched_remote_shutdown remote = {.domain_id = 4321, .reason = SHUTDOWN_crash};

    EXPECT_EQ(sched_op(SCHEDOP_remote_shutdown, &remote), E(SRCH));
    remote.domain_id = 0;
    if (subject_is_mortise()) { /* on Xen a control domain ends itself so */
        EXPECT_EQ(sched_op(SCHEDOP_remote_shutdown, &remote), E(PERM));
    }
}

/* Beyond the last reason: refused here, and the domain goes on. */
TEST_ALONE(sched_op_reason)
{
    struct sched_shutdown end = {.reason = SHUTDOWN_MAX + 1};
    struct sched_remote_shutdown remote = {.domain_id = DOMID_FIRST_RESERVED, .reason = 77};

    if (!subject_is_mortise()) {
        SKIP("Xen takes any number as a crash");
    }
    EXPECT_EQ(sched_op(SCHEDOP_shutdown, &end), E(INVAL));
    EXPECT_EQ(sched_op(SCHEDOP_shutdown_code, &end), E(INVAL));
    end.reason = 0xffffffff;
    EXPECT_EQ(sched_op(SCHEDOP_shutdown, &end), E(INVAL));
    EXPECT(sched_op(SCHEDOP_remote_shutdown, &remote) < 0);
}

TEST_ALONE(sched_op_shutdown_code)
{
    struct sched_shutdown end = {.reason = SHUTDOWN_poweroff};

    EXPECT_EQ(sched_op(SCHEDOP_shutdown_code, &end), 0);
    EXPECT_EQ(sched_op(SCHEDOP_shutdown_code, &end), 0);
}

TEST(sched_op_watchdog)
{
    struct sched_watchdog dog = {.id = 0, .timeout = 0}, first, second;

    if (subject_is_mortise()) { /* a new one that is over at once: Xen ends the domain */
        EXPECT_EQ(sched_op(SCHEDOP_watchdog, &dog), E(INVAL));
    }
    dog = (struct sched_watchdog){.id = 3, .timeout = 100};
    EXPECT_EQ(sched_op(SCHEDOP_watchdog, &dog), E(INVAL));
    dog.id = 0xffffffff;
    EXPECT_EQ(sched_op(SCHEDOP_watchdog, &dog), E(INVAL));
    dog.id = 1; /* not in use */
    EXPECT_EQ(sched_op(SCHEDOP_watchdog, &dog), E(INVAL));
    dog.id = 0;
    dog.timeout = 3000;
    first.id = (uint32_t)sched_op(SCHEDOP_watchdog, &dog);
    second.id = (uint32_t)sched_op(SCHEDOP_watchdog, &dog);
    EXPECT(first.id != second.id && first.id >= 1 && first.id <= 2);
    EXPECT_EQ((int)sched_op(SCHEDOP_watchdog, &dog), E(NOSPC)); /* Xen clears the upper half */
    dog.id = first.id;
    EXPECT_EQ(sched_op(SCHEDOP_watchdog, &dog), 0); /* anew */
    first.timeout = second.timeout = 0;
    EXPECT_EQ(sched_op(SCHEDOP_watchdog, &first), 0);
    EXPECT_EQ(sched_op(SCHEDOP_watchdog, &second), 0);
    EXPECT_EQ(sched_op(SCHEDOP_watchdog, &first), E(INVAL));
}

TEST(sched_op_pin)
{
    struct sched_pin_override pin = {.pcpu = -1};

    EXPECT_EQ(sched_op(SCHEDOP_pin_override, &pin), E(INVAL)); /* none is in force */
    pin.pcpu = 5000;
    EXPECT_EQ(sched_op(SCHEDOP_pin_override, &pin), E(INVAL));
    pin.pcpu = 0;
    EXPECT_EQ(sched_op(SCHEDOP_pin_override, &pin), 0);
    pin.pcpu = -1;
    EXPECT_EQ(sched_op(SCHEDOP_pin_override, &pin), 0);
}
