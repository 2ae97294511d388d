/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control domain's calls about the machine itself: clock, firmware, CPUs, machine checks,
 * counters.
 */
#include "harness.h"

#include <xen/arch-x86/xen-mca.h>
#include <xen/pmu.h>

static xen_platform_op_t op;

static long platform(unsigned int command)
{
    op.cmd = command;
    op.interface_version = XENPF_INTERFACE_VERSION;
    return hcall(__HYPERVISOR_platform_op, &op);
}

TEST(platform_version)
{
    memset(&op, 0, sizeof(op));
    op.cmd = XENPF_get_cpuinfo;
    op.interface_version = XENPF_INTERFACE_VERSION + 1;
    EXPECT_EQ(hcall(__HYPERVISOR_platform_op, &op), E(ACCES));
    EXPECT_EQ(hcall(__HYPERVISOR_platform_op, NULL), E(FAULT));
    EXPECT_EQ(platform(999), E(NOSYS));
}

/* The wall clock of shared_info follows what is set. */
TEST(platform_clock)
{
    uint64_t secs;

    memset(&op, 0, sizeof(op));
    op.u.settime64.secs = 2000000000;
    op.u.settime64.nsecs = 5;
    EXPECT_EQ(platform(XENPF_settime64), 0);
    secs = shared_info->wc_sec | (uint64_t)shared_info->wc_sec_hi << 32;
    EXPECT_EQ(secs, 2000000000);
    EXPECT_EQ(shared_info->wc_nsec, 5);
    op.u.settime64.mbz = 1;
    EXPECT_EQ(platform(XENPF_settime64), E(INVAL));
    memset(&op, 0, sizeof(op));
    op.u.settime32.secs = 1900000000;
    EXPECT_EQ(platform(XENPF_settime32), 0);
    EXPECT_EQ(shared_info->wc_sec, 1900000000);
}

TEST(platform_firmware)
{
    memset(&op, 0, sizeof(op));
    op.u.firmware_info.type = XEN_FW_KBD_SHIFT_FLAGS;
    EXPECT_EQ(platform(XENPF_firmware_info), 0);
    memset(&op, 0, sizeof(op));
    op.u.firmware_info.type = XEN_FW_DISK_INFO;
    op.u.firmware_info.index = 999;
    EXPECT_EQ(platform(XENPF_firmware_info), E(SRCH));
    memset(&op, 0, sizeof(op));
    op.u.firmware_info.type = XEN_FW_EFI_INFO;
    EXPECT_EQ(platform(XENPF_firmware_info), E(NOSYS));
}

TEST(platform_cpus)
{
    memset(&op, 0, sizeof(op));
    EXPECT_EQ(platform(XENPF_get_cpuinfo), 0);
    EXPECT_EQ(op.u.pcpu_info.flags, XEN_PCPU_FLAGS_ONLINE);
    op.u.pcpu_info.xen_cpuid = 4000;
    EXPECT_EQ(platform(XENPF_get_cpuinfo), 0);
    EXPECT(op.u.pcpu_info.flags & XEN_PCPU_FLAGS_INVALID);
    memset(&op, 0, sizeof(op));
    op.u.cpu_ol.cpuid = 4000;
    EXPECT_EQ(platform(XENPF_cpu_online), E(INVAL));
    op.u.cpu_ol.cpuid = 0; /* the boot CPU stays */
    EXPECT_EQ(platform(XENPF_cpu_offline), E(OPNOTSUPP));
    memset(&op, 0, sizeof(op));
    EXPECT_EQ(platform(XENPF_get_cpu_version), 0);
    EXPECT(op.u.pcpu_version.vendor_id[0] != 0 && op.u.pcpu_version.family >= 5);
}

TEST(platform_idle)
{
    static uint64_t idle[8];
    static uint8_t bitmap[1];

    memset(&op, 0, sizeof(op));
    bitmap[0] = 1;
    set_xen_guest_handle(op.u.getidletime.cpumap_bitmap, bitmap);
    op.u.getidletime.cpumap_nr_cpus = 8;
    set_xen_guest_handle(op.u.getidletime.idletime, idle);
    if (platform(XENPF_getidletime) == E(NOSYS)) {
        SKIP("the subject keeps no idle times without frequency scaling");
    }
    EXPECT_EQ(platform(XENPF_getidletime), 0);
    EXPECT_EQ(bitmap[0], 1);
    EXPECT(op.u.getidletime.now > 0 && idle[0] < op.u.getidletime.now);
}

TEST(platform_machine_checks)
{
    static xen_mc_logical_cpu_t cpus[4];
    struct xen_mc mc = {.cmd = XEN_MC_physcpuinfo, .interface_version = 1};

    EXPECT_EQ(hcall(__HYPERVISOR_mca, &mc), E(ACCES));
    mc.interface_version = XEN_MCA_INTERFACE_VERSION;
    EXPECT_EQ(hcall(__HYPERVISOR_mca, &mc), 0);
    EXPECT(mc.u.mc_physcpuinfo.ncpus >= 1);
    set_xen_guest_handle(mc.u.mc_physcpuinfo.info, cpus);
    mc.u.mc_physcpuinfo.ncpus = 4;
    EXPECT_EQ(hcall(__HYPERVISOR_mca, &mc), 0);
    EXPECT_EQ(cpus[0].mc_cpunr, 0);
    EXPECT(cpus[0].mc_vendorid[0] != 0);
    mc.cmd = 99;
    EXPECT_EITHER(hcall(__HYPERVISOR_mca, &mc), E(NOSYS), E(INVAL));
}

TEST(platform_counters)
{
    static struct xen_pmu_params params;

    EXPECT_EQ(hcall(__HYPERVISOR_xenpmu_op, XENPMU_init, &params), E(OPNOTSUPP));
}

/* Sub-operations of memory_op that only domains with translated numbers have. */
TEST(platform_translated_only)
{
    struct xen_add_to_physmap add = {.domid = DOMID_SELF};
    struct xen_remove_from_physmap out = {.domid = DOMID_SELF};

    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &add), E(ACCES));
    EXPECT(hcall(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &out) < 0);
}
