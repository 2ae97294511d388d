/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysctl, platform_op and mca, errno by errno: buffers that can't be written, pools and policies
 * that there are not, changes that are not offered.
 */
#define __XEN_TOOLS__ 1
#include "harness.h"

#include <xen/arch-x86/xen-mca.h>
#include <xen/domctl.h>
#include <xen/sysctl.h>

#define NOWHERE ((void *)0x1000)

static xen_sysctl_t op;
static xen_platform_op_t platform_op;

static long sysctl(unsigned int command)
{
    op.cmd = command;
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return hcall(__HYPERVISOR_sysctl, &op);
}

static long platform(unsigned int command)
{
    platform_op.cmd = command;
    platform_op.interface_version = XENPF_INTERFACE_VERSION;
    return hcall(__HYPERVISOR_platform_op, &platform_op);
}

#define CLEAR() memset(&op, 0, sizeof(op))

TEST(sysctl_faults)
{
    CLEAR();
    set_xen_guest_handle(op.u.debug_keys.keys, (char *)NOWHERE);
    op.u.debug_keys.nr_keys = 1;
    EXPECT_EQ(sysctl(XEN_SYSCTL_debug_keys), E(FAULT));
    CLEAR();
    set_xen_guest_handle(op.u.getcpuinfo.info, NOWHERE);
    op.u.getcpuinfo.max_cpus = 4;
    EXPECT_EQ(sysctl(XEN_SYSCTL_getcpuinfo), E(FAULT));
    CLEAR();
    set_xen_guest_handle(op.u.cputopoinfo.cputopo, NOWHERE);
    op.u.cputopoinfo.num_cpus = 4;
    EXPECT_EQ(sysctl(XEN_SYSCTL_cputopoinfo), E(FAULT));
    CLEAR();
    set_xen_guest_handle(op.u.numainfo.meminfo, NOWHERE);
    set_xen_guest_handle(op.u.numainfo.distance, NOWHERE);
    op.u.numainfo.num_nodes = 4;
    EXPECT_EQ(sysctl(XEN_SYSCTL_numainfo), E(FAULT));
    CLEAR();
    op.u.cpupool_op.op = XEN_SYSCTL_CPUPOOL_OP_INFO;
    set_xen_guest_handle(op.u.cpupool_op.cpumap.bitmap, NOWHERE);
    op.u.cpupool_op.cpumap.nr_bits = 64;
    EXPECT_EQ(sysctl(XEN_SYSCTL_cpupool_op), E(FAULT));
    CLEAR();
    set_xen_guest_handle(op.u.cpu_featureset.features, NOWHERE);
    op.u.cpu_featureset.nr_features = 64;
    EXPECT_EQ(sysctl(XEN_SYSCTL_get_cpu_featureset), E(FAULT));
    CLEAR();
    op.u.cpu_policy.index = XEN_SYSCTL_cpu_policy_pv_default;
    op.u.cpu_policy.nr_leaves = 200;
    op.u.cpu_policy.nr_msrs = 200;
    set_xen_guest_handle(op.u.cpu_policy.leaves, NOWHERE);
    set_xen_guest_handle(op.u.cpu_policy.msrs, NOWHERE);
    EXPECT_EQ(sysctl(XEN_SYSCTL_get_cpu_policy), E(FAULT));
}

TEST(sysctl_refused)
{
    static xen_cpuid_leaf_t leaves[4];
    static char keys[64];

    CLEAR();
    set_xen_guest_handle(op.u.debug_keys.keys, keys);
    op.u.debug_keys.nr_keys = 33;
    if (subject_is_mortise()) { /* Xen would take them, one after the other */
        EXPECT_EQ(sysctl(XEN_SYSCTL_debug_keys), E(2BIG));
    }
    CLEAR();
    EXPECT_EQ(sysctl(XEN_SYSCTL_sched_id), 0);
    EXPECT_EQ(op.u.sched_id.sched_id, XEN_SCHEDULER_CREDIT2);
    CLEAR();
    op.u.cpupool_op.op = XEN_SYSCTL_CPUPOOL_OP_CREATE;
    op.u.cpupool_op.sched_id = 77;
    EXPECT(sysctl(XEN_SYSCTL_cpupool_op) < 0);
    CLEAR();
    op.u.scheduler_op.sched_id = XEN_SCHEDULER_CREDIT2;
    op.u.scheduler_op.cmd = XEN_SYSCTL_SCHEDOP_putinfo;
    op.u.scheduler_op.u.sched_credit2.ratelimit_us = 1;
    EXPECT(sysctl(XEN_SYSCTL_scheduler_op) < 0);
    CLEAR();
    op.u.cpu_policy.index = XEN_SYSCTL_cpu_policy_pv_default;
    op.u.cpu_policy.nr_leaves = 1;
    op.u.cpu_policy.nr_msrs = 0;
    set_xen_guest_handle(op.u.cpu_policy.leaves, leaves);
    EXPECT_EQ(sysctl(XEN_SYSCTL_get_cpu_policy), E(NOBUFS));
    CLEAR();
    op.u.cpu_policy.index = XEN_SYSCTL_cpu_policy_hvm_default;
    set_xen_guest_handle(op.u.cpu_policy.leaves, leaves);
    EXPECT(sysctl(XEN_SYSCTL_get_cpu_policy) < 0);
}

TEST(platform_errors)
{
    memset(&platform_op, 0, sizeof(platform_op));
    platform_op.u.settime32.nsecs = 1000000000;
    EXPECT_ON(platform(XENPF_settime32), E(INVAL), 0); /* Xen carries the seconds over */
    memset(&platform_op, 0, sizeof(platform_op));
    platform_op.u.settime64.nsecs = 0xffffffff;
    EXPECT_ON(platform(XENPF_settime64), E(INVAL), 0);
    memset(&platform_op, 0, sizeof(platform_op));
    platform_op.u.cpu_ol.cpuid = 4000;
    EXPECT_EQ(platform(XENPF_cpu_offline), E(INVAL));
    memset(&platform_op, 0, sizeof(platform_op));
    EXPECT_EQ(platform(XENPF_cpu_online), 0);
    memset(&platform_op, 0, sizeof(platform_op));
    set_xen_guest_handle(platform_op.u.getidletime.cpumap_bitmap, (uint8_t *)NOWHERE);
    platform_op.u.getidletime.cpumap_nr_cpus = 8;
    EXPECT_EITHER(platform(XENPF_getidletime), E(FAULT), E(NOSYS));
    memset(&platform_op, 0, sizeof(platform_op));
    platform_op.u.firmware_info.type = 77;
    EXPECT_EQ(platform(XENPF_firmware_info), E(INVAL));
}

/* Other sleeps than the one that switches off, and strange flags. */
TEST(platform_sleep)
{
    if (!subject_is_mortise()) {
        SKIP("Xen goes to sleep");
    }
    memset(&platform_op, 0, sizeof(platform_op));
    platform_op.u.enter_acpi_sleep.sleep_state = 3;
    EXPECT_EQ(platform(XENPF_enter_acpi_sleep), E(OPNOTSUPP));
    platform_op.u.enter_acpi_sleep.sleep_state = 5;
    platform_op.u.enter_acpi_sleep.flags = 8;
    EXPECT_EQ(platform(XENPF_enter_acpi_sleep), E(OPNOTSUPP));
}

TEST(mca_errors)
{
    struct xen_mc mc = {.cmd = XEN_MC_physcpuinfo, .interface_version = XEN_MCA_INTERFACE_VERSION};

    EXPECT_EQ(hcall(__HYPERVISOR_mca, NOWHERE), E(FAULT));
    set_xen_guest_handle(mc.u.mc_physcpuinfo.info, NOWHERE);
    mc.u.mc_physcpuinfo.ncpus = 4;
    EXPECT_EQ(hcall(__HYPERVISOR_mca, &mc), E(FAULT));
    mc = (struct xen_mc){.cmd = XEN_MC_fetch, .interface_version = XEN_MCA_INTERFACE_VERSION};
    mc.u.mc_fetch.flags = XEN_MC_NONURGENT;
    EXPECT_EQ(hcall(__HYPERVISOR_mca, &mc), subject_is_mortise() ? 0 : E(INVAL));
}

/* The CPU of a vCPU that is bound to one, and nothing of one that is not. */
TEST(vcpu_physid)
{
    struct vcpu_get_physid physid = {.phys_id = ~0ul};
    static uint8_t all[8] = {0xff}, one[8];
    static xen_domctl_t domctl;

    domctl = (xen_domctl_t){.cmd = XEN_DOMCTL_setvcpuaffinity,
                            .interface_version = XEN_DOMCTL_INTERFACE_VERSION};
    domctl.u.vcpuaffinity.flags = XEN_VCPUAFFINITY_HARD;
    domctl.u.vcpuaffinity.cpumap_hard.nr_bits = 64;
    set_xen_guest_handle(domctl.u.vcpuaffinity.cpumap_hard.bitmap, one);
    one[0] = 1;
    EXPECT_EQ(hcall(__HYPERVISOR_domctl, &domctl), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_get_physid, 0, &physid), 0);
    EXPECT_EQ(physid.phys_id & 0xffffffff, 0);
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, VCPUOP_get_physid, 0, NOWHERE), E(FAULT));
    set_xen_guest_handle(domctl.u.vcpuaffinity.cpumap_hard.bitmap, all);
    EXPECT_EQ(hcall(__HYPERVISOR_domctl, &domctl), 0);
}

TEST(mortise_faults)
{
    struct mortise_refusals refusals = {
        .interface_version = MORTISE_INTERFACE_VERSION, .domid = DOMID_SELF, .count = 4};

    if (!subject_is_mortise()) {
        SKIP("the subject has no calls of Mortise's own");
    }
    for (unsigned int command = MORTISE_audit; command <= MORTISE_frames; command++) {
        EXPECT_EQ(hcall(__HYPERVISOR_mortise_op, command, NOWHERE), E(FAULT));
    }
    set_xen_guest_handle(refusals.buffer, NOWHERE);
    EXPECT_EQ(hcall(__HYPERVISOR_mortise_op, MORTISE_refusals, &refusals), E(FAULT));
}
