/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocking, yielding, polling and timers: what wakes a vCPU and when, also when the event was
 * there first (a lost wake-up would be a hang here, and the runner says so).
 */
#include "harness.h"

static long sched_op(unsigned int command, void *argument)
{
    return hcall(__HYPERVISOR_sched_op, command, argument);
}

static unsigned int timer_port(void)
{
    struct evtchn_bind_virq bind = {.virq = VIRQ_TIMER, .vcpu = 0};

    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &bind) == 0);
    hcall(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, NULL);
    port_clear(bind.port);
    port_mask(bind.port, false);
    port_hits[bind.port] = 0;
    return bind.port;
}

static void port_end(unsigned int port)
{
    struct evtchn_close close = {.port = port};

    upcalls_mask();
    hcall(__HYPERVISOR_set_timer_op, 0);
    hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close);
}

TEST(sched_yield)
{
    EXPECT_EQ(sched_op(SCHEDOP_yield, NULL), 0);
    EXPECT_EQ(sched_op(1000, NULL), E(NOSYS));
}

/* Block unmasks upcalls by itself, and the timer ends it, not earlier than asked. */
TEST(sched_block_and_timer)
{
    unsigned int port = timer_port();
    uint64_t wanted = time_now() + 5000000;

    EXPECT_EQ(hcall(__HYPERVISOR_set_timer_op, wanted), 0);
    EXPECT_EQ(sched_op(SCHEDOP_block, NULL), 0);
    EXPECT(time_now() >= wanted);
    EXPECT(time_now() < wanted + 1000000000);
    EXPECT_EQ(port_hits[port], 1);
    EXPECT_EQ(vcpu_info_self()->evtchn_upcall_mask, 0);
    port_end(port);
}

/* An event that is pending already: block returns at once. */
TEST(sched_block_pending)
{
    struct evtchn_bind_ipi bind = {.vcpu = 0};

    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &bind) == 0);
    port_clear(bind.port);
    port_mask(bind.port, false);
    for (unsigned int round = 0; round < 20; round++) {
        upcalls_mask();
        hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &(struct evtchn_send){bind.port});
        EXPECT_EQ(sched_op(SCHEDOP_block, NULL), 0);
        EXPECT_EQ(port_hits[bind.port], round + 1);
    }
    port_end(bind.port);
}

TEST(sched_timer_past)
{
    unsigned int port = timer_port();

    EXPECT_EQ(hcall(__HYPERVISOR_set_timer_op, 1), 0);
    EXPECT_EQ(sched_op(SCHEDOP_block, NULL), 0);
    EXPECT_EQ(port_hits[port], 1);
    port_end(port);
}

/* Setting to zero takes a timer away. */
TEST(sched_timer_cancelled)
{
    unsigned int port = timer_port();
    uint64_t end = time_now() + 80000000;

    EXPECT_EQ(hcall(__HYPERVISOR_set_timer_op, time_now() + 50000000), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_set_timer_op, 0), 0);
    upcalls_unmask();
    while (time_now() < end) {
        sched_op(SCHEDOP_yield, NULL);
    }
    EXPECT_EQ(port_hits[port], 0);
    port_end(port);
}

TEST(sched_singleshot)
{
    unsigned int port = timer_port();
    struct vcpu_set_singleshot_timer timer = {.timeout_abs_ns = time_now() + 3000000};

    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, &timer), 0);
    EXPECT_EQ(sched_op(SCHEDOP_block, NULL), 0);
    EXPECT_EQ(port_hits[port], 1);
    /* In the past, and only wanted in the future. */
    timer.timeout_abs_ns = 1;
    timer.flags = VCPU_SSHOTTMR_future;
    EXPECT_EITHER(hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, &timer), 0, E(TIME));
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_stop_singleshot_timer, 0, NULL), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 1, &timer), E(INVAL));
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, 0x1000), E(FAULT));
    port_end(port);
}

TEST(sched_periodic)
{
    unsigned int port = timer_port();
    struct vcpu_set_periodic_timer timer = {.period_ns = 2000000};
    uint64_t end = time_now() + 1000000000;

    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_periodic_timer, 0, &timer), 0);
    /* The ticks come while the vCPU runs; they need not wake it. */
    upcalls_unmask();
    while (port_hits[port] < 3 && time_now() < end) {
        sched_op(SCHEDOP_yield, NULL);
    }
    EXPECT(port_hits[port] >= 3);
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, NULL), 0);
    timer.period_ns = 1;
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_periodic_timer, 0, &timer), E(INVAL));
    port_end(port);
}

TEST(sched_poll)
{
    struct evtchn_bind_ipi bind = {.vcpu = 0};
    evtchn_port_t ports[2];
    struct sched_poll poll = {.nr_ports = 1};
    uint64_t start;

    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &bind) == 0);
    ports[0] = ports[1] = bind.port;
    set_xen_guest_handle(poll.ports, ports);
    port_mask(bind.port, true);
    /* Pending, though masked: at once.  Not pending: till the time is up. */
    hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &(struct evtchn_send){bind.port});
    EXPECT_EQ(sched_op(SCHEDOP_poll, &poll), 0);
    port_clear(bind.port);
    start = time_now();
    poll.timeout = start + 4000000;
    EXPECT_EQ(sched_op(SCHEDOP_poll, &poll), 0);
    EXPECT(time_now() >= start + 4000000);
    poll.nr_ports = 129;
    EXPECT_EQ(sched_op(SCHEDOP_poll, &poll), E(INVAL));
    poll.nr_ports = 1;
    ports[0] = 100000;
    EXPECT_EQ(sched_op(SCHEDOP_poll, &poll), E(INVAL));
    set_xen_guest_handle(poll.ports, (void *)0x1000);
    EXPECT_EQ(sched_op(SCHEDOP_poll, &poll), E(FAULT));
    EXPECT_EQ(sched_op(SCHEDOP_poll, (void *)0x1000), E(FAULT));
    port_end(bind.port);
}

static unsigned int kick_port;
static volatile bool kick_stop;

static void kicker(void)
{
    struct evtchn_send send = {.port = kick_port};

    while (!kick_stop) {
        hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send);
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
    }
}

/* Poll and block against a sender on another vCPU: each wake-up must come through. */
TEST(sched_kicked)
{
    struct evtchn_bind_ipi bind = {.vcpu = 0};
    evtchn_port_t port;
    struct sched_poll poll = {.nr_ports = 1};

    REQUIRE(cpu_start(1) == 0);
    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &bind) == 0);
    port = kick_port = bind.port;
    set_xen_guest_handle(poll.ports, &port);
    kick_stop = false;
    port_mask(port, true);
    cpu_run(1, kicker);
    for (unsigned int i = 0; i < 300; i++) {
        EXPECT_EQ(sched_op(SCHEDOP_poll, &poll), 0);
        port_clear(port);
    }
    port_mask(port, false);
    for (unsigned int i = 0; i < 300; i++) {
        EXPECT_EQ(sched_op(SCHEDOP_block, NULL), 0);
        upcalls_mask();
    }
    kick_stop = true;
    EXPECT(cpu_wait(1));
    EXPECT(port_hits[port] > 0);
    port_end(port);
}

TEST(sched_errors)
{
    EXPECT_EQ(sched_op(SCHEDOP_shutdown, (void *)0x1000), E(FAULT));
    EXPECT_EQ(sched_op(SCHEDOP_remote_shutdown, (void *)0x1000), E(FAULT));
}
