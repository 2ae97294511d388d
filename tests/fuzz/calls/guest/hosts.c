/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments of the calls that are about the host: sysctl, platform_op, machine checks, Mortise's
 * own.
 */
#include "../../../guest/domains/domain.h"
#include "control.h"

#include <xen/arch-x86/xen-mca.h>

static void *list(void)
{
    return one_in(8) ? NULL : pointer(some_buffer());
}

static void sysctl_fill(struct xen_sysctl *op)
{
    char *keys = some_buffer();

    switch (op->cmd) {
    case XEN_SYSCTL_readconsole:
        op->u.readconsole.clear = 0;
        op->u.readconsole.incremental = (uint8_t)pick(2);
        op->u.readconsole.index = (uint32_t)some(256);
        op->u.readconsole.count = (uint32_t)some(256);
        set_xen_guest_handle(op->u.readconsole.buffer, list());
        break;
    case XEN_SYSCTL_debug_keys:
        /* Keys that do nothing: what the others print hides the judges' words. */
        keys[0] = keys[1] = 'z';
        op->u.debug_keys.nr_keys = lie() ? (uint32_t)nasty() : one_in(4) ? 30 + pick(8) : pick(3);
        set_xen_guest_handle(op->u.debug_keys.keys,
                             pointer(memset(keys, 'z', op->u.debug_keys.nr_keys % 64)));
        break;
    case XEN_SYSCTL_getdomaininfolist:
        op->u.getdomaininfolist.first_domain = (domid_t)some(4);
        op->u.getdomaininfolist.max_domains = (uint32_t)some(8);
        set_xen_guest_handle(op->u.getdomaininfolist.buffer, list());
        break;
    case XEN_SYSCTL_getcpuinfo:
        op->u.getcpuinfo.max_cpus = (uint32_t)some(8);
        set_xen_guest_handle(op->u.getcpuinfo.info, list());
        break;
    case XEN_SYSCTL_cputopoinfo:
        op->u.cputopoinfo.num_cpus = (uint32_t)some(8);
        set_xen_guest_handle(op->u.cputopoinfo.cputopo, list());
        break;
    case XEN_SYSCTL_numainfo:
        op->u.numainfo.num_nodes = (uint32_t)some(4);
        set_xen_guest_handle(op->u.numainfo.meminfo, list());
        set_xen_guest_handle(op->u.numainfo.distance, list());
        break;
    case XEN_SYSCTL_cpupool_op:
        op->u.cpupool_op.op = one_in(4) ? pick(10) : one_in(2) ? 3 : 7;
        op->u.cpupool_op.cpupool_id = one_in(4) ? (uint32_t)some(3) : 0;
        op->u.cpupool_op.cpumap.nr_bits = (uint32_t)some(64);
        set_xen_guest_handle(op->u.cpupool_op.cpumap.bitmap, list());
        break;
    case XEN_SYSCTL_scheduler_op:
        op->u.scheduler_op.cpupool_id = lie() ? (uint32_t)nasty() : 0;
        op->u.scheduler_op.sched_id = one_in(8) ? pick(10) : XEN_SCHEDULER_CREDIT2;
        op->u.scheduler_op.cmd = one_in(4) ? pick(4) : XEN_SYSCTL_SCHEDOP_getinfo;
        break;
    case XEN_SYSCTL_get_cpu_featureset:
        op->u.cpu_featureset.index = (uint32_t)some(one_in(4) ? 12 : 6);
        op->u.cpu_featureset.nr_features = (uint32_t)some(64);
        set_xen_guest_handle(op->u.cpu_featureset.features, list());
        break;
    case XEN_SYSCTL_get_cpu_policy:
        op->u.cpu_policy.index = (uint32_t)some(one_in(4) ? 12 : 6);
        op->u.cpu_policy.nr_leaves = (uint32_t)some(256);
        op->u.cpu_policy.nr_msrs = (uint32_t)some(16);
        set_xen_guest_handle(op->u.cpu_policy.leaves, list());
        set_xen_guest_handle(op->u.cpu_policy.msrs, list());
        break;
    default:
        break;
    }
}

void sysctl_make(void)
{
    static const uint16_t commands[] = {
        XEN_SYSCTL_readconsole,
        XEN_SYSCTL_physinfo,
        XEN_SYSCTL_sched_id,
        XEN_SYSCTL_getdomaininfolist,
        XEN_SYSCTL_debug_keys,
        XEN_SYSCTL_getcpuinfo,
        XEN_SYSCTL_availheap,
        XEN_SYSCTL_cputopoinfo,
        XEN_SYSCTL_numainfo,
        XEN_SYSCTL_cpupool_op,
        XEN_SYSCTL_scheduler_op,
        XEN_SYSCTL_pcitopoinfo,
        XEN_SYSCTL_get_cpu_levelling_caps,
        XEN_SYSCTL_get_cpu_featureset,
        XEN_SYSCTL_get_cpu_policy,
    };
    struct xen_sysctl *op = room(sizeof(*op));

    op->cmd =
        lie() ? 30 + pick(60) : command_of(__HYPERVISOR_sysctl, commands, ARRAY_SIZE(commands));
    op->interface_version = lie() ? (uint32_t)nasty() : XEN_SYSCTL_INTERFACE_VERSION;
    if (wanted(__HYPERVISOR_sysctl, op->cmd)) {
        sysctl_fill(op);
    }
    issue(__HYPERVISOR_sysctl, op->cmd, (uint64_t)pointer_or_none(op), 0, 0, 0);
}

static void platform_fill(struct xen_platform_op *op)
{
    uint64_t *cpus = some_buffer();

    switch (op->cmd) {
    case XENPF_settime32:
    case XENPF_settime64:
        op->u.settime64.secs = 1700000000 + pick(256);
        op->u.settime64.nsecs = lie() ? (uint32_t)nasty() : pick(256);
        op->u.settime64.mbz = op->cmd == XENPF_settime64 && lie() ? 1 : 0;
        op->u.settime64.system_time = lie() ? nasty() : 0;
        if (op->cmd == XENPF_settime32) {
            op->u.settime32.secs = 1700000000 + pick(256);
            op->u.settime32.nsecs = lie() ? (uint32_t)nasty() : pick(256);
            op->u.settime32.system_time = lie() ? nasty() : 0;
        }
        break;
    case XENPF_firmware_info:
        op->u.firmware_info.type = one_in(2) ? 5 : (uint32_t)some(8);
        op->u.firmware_info.index = one_in(2) ? 0 : (uint32_t)some(4);
        break;
    case XENPF_getidletime:
        *cpus = 3;
        op->u.getidletime.cpumap_nr_cpus = (uint32_t)some(16);
        set_xen_guest_handle(op->u.getidletime.cpumap_bitmap, pointer((uint8_t *)cpus));
        set_xen_guest_handle(op->u.getidletime.idletime, pointer(cpus + 8));
        break;
    case XENPF_enter_acpi_sleep:
        op->u.enter_acpi_sleep.sleep_state = pick(5); /* 5 is the machine's end */
        break;
    default:
        *(uint64_t *)&op->u = one_in(2) ? 0 : some(4);
        break;
    }
}

void platform_make(void)
{
    static const uint16_t commands[] = {
        XENPF_settime32,   XENPF_read_memtype, XENPF_get_cpu_version, XENPF_firmware_info,
        XENPF_getidletime, XENPF_get_cpuinfo,  XENPF_settime64,       XENPF_enter_acpi_sleep,
        XENPF_cpu_online,  XENPF_cpu_offline,  XENPF_resource_op,     XENPF_core_parking,
    };
    struct xen_platform_op *op = room(sizeof(*op));

    op->cmd = lie() ? 64 + pick(26)
                    : command_of(__HYPERVISOR_platform_op, commands, ARRAY_SIZE(commands));
    op->interface_version = lie() ? (uint32_t)nasty() : XENPF_INTERFACE_VERSION;
    if (wanted(__HYPERVISOR_platform_op, op->cmd)) {
        platform_fill(op);
    }
    /* Not in a multicall: another member may write over a state that is not the machine's end. */
    file(__HYPERVISOR_platform_op, op->cmd,
         issue_quietly(__HYPERVISOR_platform_op, op->cmd, (uint64_t)pointer_or_none(op), 0, 0, 0));
}

void machine_check_make(void)
{
    struct xen_mc *mc = room(sizeof(*mc));

    mc->cmd = one_in(4) ? pick(8) : one_in(2) ? XEN_MC_fetch : XEN_MC_physcpuinfo;
    mc->interface_version = lie() ? (uint32_t)nasty() : XEN_MCA_INTERFACE_VERSION;
    if (mc->cmd == XEN_MC_fetch) {
        mc->u.mc_fetch.flags = one_in(4) ? pick(8) : XEN_MC_URGENT;
        mc->u.mc_fetch.fetch_id = pick(4);
        set_xen_guest_handle(mc->u.mc_fetch.data, list());
    } else if (mc->cmd == XEN_MC_physcpuinfo) {
        mc->u.mc_physcpuinfo.ncpus = (uint32_t)some(4);
        set_xen_guest_handle(mc->u.mc_physcpuinfo.info, list());
    }
    issue(__HYPERVISOR_arch_0, mc->cmd, (uint64_t)pointer(mc), 0, 0, 0);
}

void mortise_make(void)
{
    uint64_t *words = room(256);
    unsigned int sub = wanted_sub(__HYPERVISOR_mortise_op, lie() ? pick(64) : pick(6));

    if (sub == MORTISE_audit && !one_in(16)) {
        /* An audit is long: the judge makes them, and here it is refused. */
        words[0] = one_in(2) ? MORTISE_INTERFACE_VERSION | 1ul << 32 : nasty() | 1ul << 40;
        issue(__HYPERVISOR_mortise_op, sub, sub, one_in(4) ? 1ul << 47 : (uint64_t)words, 0, 0);
        return;
    }
    if (sub == MORTISE_fault) {
        sub = MORTISE_version;
    }
    *(uint32_t *)words = lie() ? (uint32_t)nasty() : MORTISE_INTERFACE_VERSION;
    ((uint16_t *)words)[2] = whom();
    if (sub == MORTISE_audit) {
        ((uint32_t *)words)[1] = lie();
    } else if (sub == MORTISE_rules) {
        ((uint32_t *)words)[1] = (uint32_t)some(128);
        words[1] = (uint64_t)list();
    } else {
        words[1] = lie() ? nasty() : 0;
        words[2] = lie() ? nasty() : 8;
        words[3] = (uint64_t)list();
    }
    issue(__HYPERVISOR_mortise_op, sub, sub, (uint64_t)pointer(words), 0, 0);
}
