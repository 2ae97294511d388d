/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * platform_op, sysctl and domctl as far as a control domain alone needs them: version checks,
 * what Linux asks at boot, and sane answers about the host.
 */
#define __XEN_TOOLS__ 1 /* the control calls are for tools only, say the headers */
#include "harness.h"

#include <xen/domctl.h>
#include <xen/sysctl.h>

static long platform(struct xen_platform_op *op)
{
    op->interface_version = XENPF_INTERFACE_VERSION;
    return hcall(__HYPERVISOR_platform_op, op);
}

static long sysctl(struct xen_sysctl *op)
{
    op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return hcall(__HYPERVISOR_sysctl, op);
}

static long domctl(struct xen_domctl *op)
{
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    return hcall(__HYPERVISOR_domctl, op);
}

TEST(platform_versions)
{
    static struct xen_platform_op op = {.cmd = XENPF_get_cpuinfo, .interface_version = 1};
    static struct xen_sysctl control = {.cmd = XEN_SYSCTL_physinfo, .interface_version = 1};
    static struct xen_domctl domain = {.cmd = XEN_DOMCTL_getdomaininfo, .interface_version = 1};

    EXPECT_EQ(hcall(__HYPERVISOR_platform_op, &op), E(ACCES));
    EXPECT_EQ(hcall(__HYPERVISOR_sysctl, &control), E(ACCES));
    EXPECT_EQ(hcall(__HYPERVISOR_domctl, &domain), E(ACCES));
    EXPECT_EQ(hcall(__HYPERVISOR_platform_op, 0x1000), E(FAULT));
    EXPECT_EQ(hcall(__HYPERVISOR_sysctl, 0x1000), E(FAULT));
    EXPECT_EQ(hcall(__HYPERVISOR_domctl, 0x1000), E(FAULT));
}

TEST(platform_unknown)
{
    static struct xen_platform_op op = {.cmd = 1000};
    static struct xen_sysctl control = {.cmd = 1000};
    static struct xen_domctl domain = {.cmd = 1000};

    EXPECT_EQ(platform(&op), E(NOSYS));
    EXPECT_EQ(sysctl(&control), E(NOSYS));
    EXPECT_EITHER(domctl(&domain), E(NOSYS), E(SRCH));
}

TEST(platform_cpuinfo)
{
    static struct xen_platform_op op = {.cmd = XENPF_get_cpuinfo};

    EXPECT_EQ(platform(&op), 0);
    EXPECT_EQ(op.u.pcpu_info.max_present, 0);
    EXPECT_EQ(op.u.pcpu_info.flags & XEN_PCPU_FLAGS_ONLINE, XEN_PCPU_FLAGS_ONLINE);
    op.u.pcpu_info.xen_cpuid = 100000;
    /* A CPU that is not there is marked so, not refused. */
    EXPECT_EQ(platform(&op), 0);
    EXPECT_EQ(op.u.pcpu_info.flags & XEN_PCPU_FLAGS_INVALID, XEN_PCPU_FLAGS_INVALID);
}

TEST(platform_time)
{
    static struct xen_platform_op op = {.cmd = XENPF_settime64};
    uint32_t version = shared_info->wc_version;

    op.u.settime64.secs = 1700000000;
    op.u.settime64.nsecs = 5;
    op.u.settime64.system_time = time_now();
    EXPECT_EQ(platform(&op), 0);
    EXPECT(shared_info->wc_version != version);
    EXPECT_EQ(shared_info->wc_version & 1, 0);
    op.u.settime64.mbz = 1;
    EXPECT_EQ(platform(&op), E(INVAL));
}

TEST(platform_firmware_types)
{
    static struct xen_platform_op op = {.cmd = XENPF_firmware_info};
    static const unsigned int absent[] = {XEN_FW_DISK_INFO, XEN_FW_DISK_MBR_SIGNATURE};

    for (unsigned int i = 0; i < ARRAY_SIZE(absent); i++) {
        op.u.firmware_info.type = absent[i];
        op.u.firmware_info.index = 200;
        EXPECT_EQ(platform(&op), E(SRCH));
    }
    op.u.firmware_info.type = 1000;
    EXPECT(platform(&op) != 0);
}

TEST(sysctl_physinfo_record)
{
    static struct xen_sysctl op = {.cmd = XEN_SYSCTL_physinfo};

    EXPECT_EQ(sysctl(&op), 0);
    EXPECT(op.u.physinfo.nr_cpus >= 1);
    EXPECT(op.u.physinfo.cpu_khz > 100000);
    EXPECT(op.u.physinfo.total_pages > op.u.physinfo.free_pages);
    EXPECT(op.u.physinfo.total_pages <= 0x10000);
    EXPECT_EQ(op.u.physinfo.capabilities & XEN_SYSCTL_PHYSCAP_pv, XEN_SYSCTL_PHYSCAP_pv);
}

TEST(domctl_getdomaininfo)
{
    static struct xen_domctl op = {.cmd = XEN_DOMCTL_getdomaininfo, .domain = 0};

    EXPECT_EQ(domctl(&op), 0);
    EXPECT_EQ(op.u.getdomaininfo.domain, 0);
    EXPECT_EQ(op.u.getdomaininfo.flags & XEN_DOMINF_running, XEN_DOMINF_running);
    EXPECT_EQ(op.u.getdomaininfo.tot_pages,
              hcall(__HYPERVISOR_memory_op, XENMEM_current_reservation, &(domid_t){DOMID_SELF}));
    op.domain = 4321;
    EXPECT_EQ(domctl(&op), E(SRCH));
}
