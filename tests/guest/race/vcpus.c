/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vCPU 1 goes off and on line while it is busy with calls, user mode, faults, events and timers:
 * it goes on where it was, and stands still in between. Also by its own call, and by both at once.
 */
#include "race.h"

#define ROUNDS   100
#define TOO_LONG 20000000000ul /* ns: no machine is so busy */

static volatile unsigned long work;
static volatile bool down_itself;
static unsigned int port, timer_port;
static unsigned long cycles;

static long vcpu_op(unsigned int command, unsigned int id, void *argument)
{
    return hcall(__HYPERVISOR_vcpu_op, command, id, argument);
}

static uint64_t square(uint64_t value)
{
    return value * value;
}

/* The load of vCPU 1: one piece of everything. */
static void busy(void)
{
    struct vcpu_set_singleshot_timer soon = {.timeout_abs_ns = time_now() + race_pick(300000)};
    struct evtchn_send send = {.port = port};
    uint64_t result = 0;

    work++;
    switch (race_pick(6)) {
    case 0:
        EXPECT_EQ(user_run(square, work, &result), USER_RETURNED);
        EXPECT_EQ(result, work * work);
        break;
    case 1:
        vcpu_op(VCPUOP_set_singleshot_timer, 1, &soon);
        break;
    case 2:
        hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send);
        break;
    case 3:
        probe_read((void *)8);
        EXPECT_FAULT(VEC_PF, 0);
        break;
    case 4:
        upcalls_unmask();
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
        upcalls_mask();
        break;
    default:
        if (down_itself && race_pick(4) == 0) {
            EXPECT_EQ(vcpu_op(VCPUOP_down, 1, NULL), 0);
        }
        break;
    }
}

static bool wait_for_work(void)
{
    unsigned long before = work;
    uint64_t begin = time_now();

    while (work == before) {
        if (time_now() - begin > TOO_LONG) {
            return false;
        }
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
    }
    return true;
}

/* Down, and it stands; up, and it goes. */
static void down_and_up(void)
{
    struct evtchn_send send = {.port = port};
    struct vcpu_runstate_info state;
    unsigned long before;

    race_pause(race_pick(20000));
    EXPECT_EQ(vcpu_op(VCPUOP_down, 1, NULL), 0);
    EXPECT_EQ(vcpu_op(VCPUOP_is_up, 1, NULL), 0);
    /* It leaves its CPU at the next interrupt: its run state tells when it has. */
    do {
        EXPECT_EQ(vcpu_op(VCPUOP_get_runstate_info, 1, &state), 0);
    } while (state.state != RUNSTATE_offline && !race_over());
    before = work;
    hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send);
    race_pause(race_pick(20000));
    EXPECT(work == before || state.state != RUNSTATE_offline);
    EXPECT_EQ(vcpu_op(VCPUOP_up, 1, NULL), 0);
    EXPECT(wait_for_work());
    cycles++;
}

static void up_again(void)
{
    vcpu_op(VCPUOP_up, 1, NULL);
}

static void user_tables(void)
{
    EXPECT_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(user_l4), 0), 0);
}

static void setup(void)
{
    struct evtchn_bind_ipi ipi = {.vcpu = 1};
    struct evtchn_bind_virq virq = {.virq = VIRQ_TIMER, .vcpu = 1};

    REQUIRE(cpu_start(1) == 0);
    cpu_run(1, user_tables);
    REQUIRE(cpu_wait(1));
    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &ipi) == 0);
    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &virq) == 0);
    port = ipi.port;
    timer_port = virq.port;
    port_mask(port, false);
    port_mask(timer_port, false);
    cycles = work = 0;
    race_at_end(up_again);
}

static void cleanup(void)
{
    struct evtchn_close close = {.port = port};

    port_mask(port, true);
    port_mask(timer_port, true);
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), 0);
    close.port = timer_port;
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), 0);
    race_audit();
}

/* A hundred times at least, however long it takes. */
TEST(race_down_and_up)
{
    setup();
    down_itself = false;
    race(down_and_up, busy);
    while (cycles < ROUNDS) {
        race_at_end(up_again);
        race(down_and_up, busy);
    }
    print("  %lu times off and on line\n", cycles);
    cleanup();
}

/* It goes on, though it may go down again itself in between. */
static void up_until_it_works(void)
{
    unsigned long before = work;
    uint64_t begin = time_now();

    while (work == before) {
        EXPECT_EQ(vcpu_op(VCPUOP_up, 1, NULL), 0);
        if (time_now() - begin > TOO_LONG) {
            FAIL("vCPU 1 does not go on");
            return;
        }
        race_pause(1000);
    }
}

static void up_and_down(void)
{
    race_pause(race_pick(2000));
    if (race_pick(16) == 0) {
        up_until_it_works();
    }
    if (race_pick(2)) {
        EXPECT_EQ(vcpu_op(VCPUOP_up, 1, NULL), 0);
    } else {
        EXPECT_EQ(vcpu_op(VCPUOP_down, 1, NULL), 0);
    }
}

/* Both say so at any moment. */
TEST(race_down_from_both)
{
    setup();
    down_itself = true;
    race(up_and_down, busy);
    EXPECT(work > 1);
    cleanup();
}
