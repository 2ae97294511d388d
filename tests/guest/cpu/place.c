/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU bound to one CPU for a while, and which one that is: asked for only where the answer
 * stays true.
 */
#include "harness.h"

static long pin_to(int cpu)
{
    struct sched_pin_override op = {.pcpu = cpu};

    return hcall(__HYPERVISOR_sched_op, SCHEDOP_pin_override, &op);
}

TEST(place_pinned)
{
    struct vcpu_get_physid id = {.phys_id = ~0ul};

    EXPECT_EQ(pin_to(77), E(INVAL));
    EXPECT_EQ(pin_to(0), 0);
    EXPECT(hcall(__HYPERVISOR_vcpu_op, VCPUOP_get_physid, 0, 0x1000) < 0);
    if (hcall(__HYPERVISOR_vcpu_op, VCPUOP_get_physid, 0, &id) == 0) {
        EXPECT_EQ(id.phys_id & 0xffffffff, 0); /* the boot CPU's APIC */
    } else {
        EXPECT(!subject_is_mortise()); /* Xen counts only what the toolstack fixed */
    }
    EXPECT_EQ(pin_to(-1), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_get_physid, 77, &id), E(NOENT));
}

/* Timers are a vCPU's own, and some are too late. */
TEST(place_of_timers)
{
    struct vcpu_set_singleshot_timer shot = {.timeout_abs_ns = 1, .flags = VCPU_SSHOTTMR_future};
    struct vcpu_set_periodic_timer period = {.period_ns = 1};

    /* too late: said so, or it fires at once */
    EXPECT_EITHER(hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, &shot), E(TIME), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 1, &shot), E(INVAL));
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_stop_singleshot_timer, 1, NULL), E(INVAL));
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_periodic_timer, 0, &period), E(INVAL));
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, NULL), 0);
    /* far beyond the end of time */
    shot.flags = 0;
    shot.timeout_abs_ns = ~0ul;
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, &shot), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_stop_singleshot_timer, 0, NULL), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_set_timer_op, ~0ul), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_set_timer_op, 0), 0);
}
