/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a control domain alone asks by sysctl and domctl: the host's shape, the log, the list of
 * domains. The version in the record comes first; what is unknown is refused, never guessed.
 */
#define __XEN_TOOLS__ 1
#include "harness.h"

#include <xen/domctl.h>
#include <xen/sysctl.h>

static xen_sysctl_t op;

static long sysctl(unsigned int command)
{
    op.cmd = command;
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return hcall(__HYPERVISOR_sysctl, &op);
}

TEST(sysctl_version)
{
    memset(&op, 0, sizeof(op));
    op.cmd = XEN_SYSCTL_physinfo;
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION - 1;
    EXPECT_EQ(hcall(__HYPERVISOR_sysctl, &op), E(ACCES));
    EXPECT_EQ(hcall(__HYPERVISOR_sysctl, NULL), E(FAULT));
    EXPECT_EQ(sysctl(999), E(NOSYS));
}

TEST(sysctl_physinfo)
{
    memset(&op, 0xff, sizeof(op));
    EXPECT_EQ(sysctl(XEN_SYSCTL_physinfo), 0);
    EXPECT(op.u.physinfo.nr_cpus >= 1 && op.u.physinfo.max_cpu_id >= op.u.physinfo.nr_cpus - 1);
    EXPECT_EQ(op.u.physinfo.nr_nodes, 1);
    EXPECT(op.u.physinfo.threads_per_core >= 1 && op.u.physinfo.cores_per_socket >= 1);
    EXPECT(op.u.physinfo.cpu_khz > 100000);
    EXPECT(op.u.physinfo.total_pages > start_info->nr_pages);
    EXPECT(op.u.physinfo.free_pages < op.u.physinfo.total_pages);
    EXPECT_EQ(op.u.physinfo.outstanding_pages, 0);
    EXPECT(op.u.physinfo.max_mfn >= mfn_of(page_alloc()));
    EXPECT(op.u.physinfo.capabilities & XEN_SYSCTL_PHYSCAP_pv);
    EXPECT(op.u.physinfo.hw_cap[0] & 1u << 4); /* there is a TSC */
}

TEST(sysctl_console)
{
    static char text[512];

    print("  a line that the log keeps\n");
    memset(&op, 0, sizeof(op));
    set_xen_guest_handle(op.u.readconsole.buffer, text);
    op.u.readconsole.count = sizeof(text) - 1;
    EXPECT_EQ(sysctl(XEN_SYSCTL_readconsole), 0);
    EXPECT(op.u.readconsole.count > 0 && op.u.readconsole.count < sizeof(text));
    op.u.readconsole.count = 16;
    set_xen_guest_handle(op.u.readconsole.buffer, (char *)0x10);
    EXPECT_EQ(sysctl(XEN_SYSCTL_readconsole), E(FAULT));
}

TEST(sysctl_cpus)
{
    static xen_sysctl_cpuinfo_t info[8];
    static xen_sysctl_cputopo_t topology[8];
    unsigned int cpus;

    memset(&op, 0, sizeof(op));
    EXPECT_EQ(sysctl(XEN_SYSCTL_cputopoinfo), 0);
    cpus = op.u.cputopoinfo.num_cpus;
    EXPECT(cpus >= 1);
    set_xen_guest_handle(op.u.cputopoinfo.cputopo, topology);
    op.u.cputopoinfo.num_cpus = 8;
    EXPECT_EQ(sysctl(XEN_SYSCTL_cputopoinfo), 0);
    EXPECT_EQ(op.u.cputopoinfo.num_cpus, cpus < 8 ? cpus : 8);
    EXPECT_EQ(topology[0].node, 0);

    memset(&op, 0, sizeof(op));
    set_xen_guest_handle(op.u.getcpuinfo.info, info);
    op.u.getcpuinfo.max_cpus = 8;
    EXPECT_EQ(sysctl(XEN_SYSCTL_getcpuinfo), 0);
    EXPECT(op.u.getcpuinfo.nr_cpus >= 1 && op.u.getcpuinfo.nr_cpus <= 8);
}

TEST(sysctl_numa)
{
    static xen_sysctl_meminfo_t memory[2];
    static uint32_t distance[4];

    memset(&op, 0, sizeof(op));
    set_xen_guest_handle(op.u.numainfo.meminfo, memory);
    set_xen_guest_handle(op.u.numainfo.distance, distance);
    op.u.numainfo.num_nodes = 2;
    EXPECT_EQ(sysctl(XEN_SYSCTL_numainfo), 0);
    EXPECT_EQ(op.u.numainfo.num_nodes, 1);
    EXPECT_EQ(distance[0], 10);
    EXPECT(memory[0].memsize > memory[0].memfree && memory[0].memfree > 0);
}

TEST(sysctl_domains)
{
    static xen_domctl_getdomaininfo_t info[4];

    memset(&op, 0, sizeof(op));
    set_xen_guest_handle(op.u.getdomaininfolist.buffer, info);
    op.u.getdomaininfolist.max_domains = 4;
    EXPECT_EQ(sysctl(XEN_SYSCTL_getdomaininfolist), 0);
    EXPECT_EQ(op.u.getdomaininfolist.num_domains, 1);
    EXPECT_EQ(info[0].domain, 0);
    EXPECT(info[0].flags & XEN_DOMINF_running);
    EXPECT(!(info[0].flags & (XEN_DOMINF_dying | XEN_DOMINF_shutdown | XEN_DOMINF_hvm_guest)));
    EXPECT(info[0].tot_pages >= start_info->nr_pages);
    EXPECT(info[0].cpu_time > 0 && info[0].nr_online_vcpus >= 1);
    EXPECT_EQ(info[0].shared_info_frame, start_info->shared_info >> PAGE_SHIFT);

    op.u.getdomaininfolist.first_domain = 1;
    EXPECT_EQ(sysctl(XEN_SYSCTL_getdomaininfolist), 0);
    EXPECT_EQ(op.u.getdomaininfolist.num_domains, 0);
    op.u.getdomaininfolist.first_domain = 0;
    op.u.getdomaininfolist.max_domains = 0;
    EXPECT_EQ(sysctl(XEN_SYSCTL_getdomaininfolist), 0);
    EXPECT_EQ(op.u.getdomaininfolist.num_domains, 0);
    op.u.getdomaininfolist.max_domains = 4;
    set_xen_guest_handle(op.u.getdomaininfolist.buffer, (void *)0x10);
    EXPECT_EQ(sysctl(XEN_SYSCTL_getdomaininfolist), E(FAULT));
}

TEST(sysctl_keys)
{
    static const char key[] = "h";

    memset(&op, 0, sizeof(op));
    set_xen_guest_handle(op.u.debug_keys.keys, key);
    op.u.debug_keys.nr_keys = 1;
    EXPECT_EQ(sysctl(XEN_SYSCTL_debug_keys), 0);
}

/* Whoever follows the log is told that it has grown. */
TEST(sysctl_log_event)
{
    static const char key[] = "h";
    struct evtchn_bind_virq bind = {.virq = VIRQ_CON_RING};
    uint64_t end;

    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &bind) == 0);
    port_mask(bind.port, false);
    port_clear(bind.port);
    memset(&op, 0, sizeof(op));
    set_xen_guest_handle(op.u.debug_keys.keys, key);
    op.u.debug_keys.nr_keys = 1;
    EXPECT_EQ(sysctl(XEN_SYSCTL_debug_keys), 0);
    for (end = time_now() + 1000000000; !port_pending(bind.port) && time_now() < end;) {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield);
    }
    EXPECT(port_pending(bind.port));
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &bind.port), 0);
}

TEST(domctl_info)
{
    static xen_domctl_t domctl;

    domctl = (xen_domctl_t){.cmd = XEN_DOMCTL_getdomaininfo, .interface_version = 1};
    EXPECT_EQ(hcall(__HYPERVISOR_domctl, &domctl), E(ACCES));
    EXPECT_EQ(hcall(__HYPERVISOR_domctl, NULL), E(FAULT));
    domctl.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    EXPECT_EQ(hcall(__HYPERVISOR_domctl, &domctl), 0);
    EXPECT_EQ(domctl.domain, 0);
    EXPECT_EQ(domctl.u.getdomaininfo.domain, 0);
    domctl.domain = 1; /* nobody is there, nor above */
    EXPECT_EQ(hcall(__HYPERVISOR_domctl, &domctl), E(SRCH));
    domctl.domain = 0;
    domctl.cmd = 7777;
    EXPECT_EQ(hcall(__HYPERVISOR_domctl, &domctl), E(NOSYS));
}
