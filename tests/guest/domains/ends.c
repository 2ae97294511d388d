/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a domain ends that nobody ended from outside: by its watchdog, by its last vCPU going down,
 * for the reason that it gave beforehand; and reasons that nobody knows.
 */
#include "domain.h"

static unsigned int reason_of(const struct child *c)
{
    struct xen_domctl_getdomaininfo info = {0};

    EXPECT(child_wait_flag(c->id, XEN_DOMINF_shutdown, &info));
    return info.flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask;
}

static long call_data(struct child *c, unsigned int number, unsigned int command, const void *data,
                      size_t bytes)
{
    memcpy(c->mailbox->data, data, bytes);
    return child_call(c, number, command, child_data());
}

/* Rearmed it stays; then its second passes. */
TEST(domain_ended_by_watchdog)
{
    struct sched_watchdog op = {.timeout = 3600};
    struct xen_domctl_getdomaininfo info;
    struct child c;

    child_make(&c);
    EXPECT_EQ(call_data(&c, __HYPERVISOR_sched_op, SCHEDOP_watchdog, &op, sizeof(op)), 1);
    EXPECT_EQ(call_data(&c, __HYPERVISOR_sched_op, SCHEDOP_watchdog, &op, sizeof(op)), 2);
    op.id = 1;
    EXPECT_EQ(call_data(&c, __HYPERVISOR_sched_op, SCHEDOP_watchdog, &op, sizeof(op)), 0);
    EXPECT(child_info(c.id, &info));
    EXPECT(!(info.flags & XEN_DOMINF_shutdown));
    op.id = 2;
    op.timeout = 1;
    EXPECT_EQ(call_data(&c, __HYPERVISOR_sched_op, SCHEDOP_watchdog, &op, sizeof(op)), 0);
    EXPECT_EQ(reason_of(&c), SHUTDOWN_watchdog);
    child_end(&c);
}

/* A domain that ends before its watchdogs do takes them along. */
TEST(domain_ends_before_watchdog)
{
    struct sched_watchdog op = {.timeout = 1};
    struct child c;
    uint64_t end;

    child_make(&c);
    EXPECT_EQ(call_data(&c, __HYPERVISOR_sched_op, SCHEDOP_watchdog, &op, sizeof(op)), 1);
    EXPECT_EQ(call_data(&c, __HYPERVISOR_sched_op, SCHEDOP_watchdog, &op, sizeof(op)), 2);
    child_end(&c);
    for (end = time_now() + 1200000000; time_now() < end;) {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield);
    }
    books_clean("after the time of a dead domain's watchdog");
}

/* The reason that was given first stands, whatever the end is. */
TEST(domain_shutdown_code)
{
    struct sched_shutdown op = {.reason = SHUTDOWN_crash};
    struct child c;

    child_make(&c);
    EXPECT_EQ(call_data(&c, __HYPERVISOR_sched_op, SCHEDOP_shutdown_code, &op, sizeof(op)), 0);
    op.reason = SHUTDOWN_reboot;
    EXPECT_EQ(call_data(&c, __HYPERVISOR_sched_op, SCHEDOP_shutdown_code, &op, sizeof(op)), 0);
    memcpy(c.mailbox->data, &op, sizeof(op));
    child_start(&c, JOB_CALL, __HYPERVISOR_sched_op, (uint64_t[5]){SCHEDOP_shutdown, child_data()});
    EXPECT_EQ(reason_of(&c), SHUTDOWN_crash);
    child_end(&c);
}

TEST(domain_last_vcpu_down)
{
    struct child c;

    child_make(&c);
    child_start(&c, JOB_CALL, __HYPERVISOR_vcpu_op, (uint64_t[5]){VCPUOP_down, 0});
    EXPECT_EQ(reason_of(&c), SHUTDOWN_poweroff);
    child_end(&c);
}

/* Reasons that the ABI does not name are nobody's. */
TEST(domain_unknown_reasons)
{
    struct sched_shutdown op = {.reason = SHUTDOWN_MAX + 1};
    struct sched_remote_shutdown remote = {.reason = SHUTDOWN_MAX + 1};
    struct xen_domctl_getdomaininfo info;
    struct child c;

    child_make(&c);
    EXPECT_EQ(call_data(&c, __HYPERVISOR_sched_op, SCHEDOP_shutdown_code, &op, sizeof(op)),
              E(INVAL));
    EXPECT_EQ(call_data(&c, __HYPERVISOR_sched_op, SCHEDOP_shutdown, &op, sizeof(op)), E(INVAL));
    remote.domain_id = c.id;
    EXPECT_EQ(hcall(__HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, &remote), E(INVAL));
    EXPECT(child_info(c.id, &info));
    EXPECT(!(info.flags & XEN_DOMINF_shutdown));
    child_end(&c);
}
