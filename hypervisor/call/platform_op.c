/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_platform_op: the hardware that only the hypervisor touches, on the control domain's
 * behalf.
 *
 * Only the member that an operation fills is copied back. What has no meaning here (MTRRs, EFI,
 * frequencies, microcode) is -ENOSYS.
 */
#include <xen/platform.h>

#include "call/cpus.h"
#include "call/handlers.h"
#include "cpu/features.h"
#include "cpu/percpu.h"
#include "dom/time_info.h"
#include "dom/vcpu.h"
#include "kern/reset.h"
#include "kern/time.h"
#include "lib/refusal.h"
#include "lib/upcall.h"
#include "lib/string.h"
#include "mm/guest_copy.h"

#define PUT(at, op, member)                                                                        \
    (copy_to_guest(gva((at).a + offsetof(struct xen_platform_op, u)), &(op)->u.member,             \
                   sizeof((op)->u.member))                                                         \
         ? refuse_memory(at)                                                                       \
         : 0)

/* Every domain's wall clock follows. Bound: the domains of the host. */
static long set_time(uint64_t secs, uint32_t nsecs, uint64_t system_time)
{
    struct domain *d, *next;

    if (secs > (uint64_t)INT64_MAX / NSEC_PER_SEC - 1 || nsecs >= NSEC_PER_SEC ||
        system_time > INT64_MAX)
        return refuse(RULE_ARGUMENT, secs, -EINVAL);
    wallclock_set((int64_t)secs * NSEC_PER_SEC + nsecs, (int64_t)system_time);
    for (d = domain_next(0, true); d; d = next) {
        wallclock_fill(d);
        next = domain_next(d->id, false);
        domain_put(d);
    }
    return 0;
}

/* The BIOS is not asked anything after boot, so of what it knew only the keyboard's shift state
 * has an answer: none held. */
static long firmware_info(struct xen_platform_op *op, gva_t arg)
{
    uint32_t type = op->u.firmware_info.type;

    switch (type) {
    case XEN_FW_DISK_INFO:
    case XEN_FW_DISK_MBR_SIGNATURE:
    case XEN_FW_VBEDDC_INFO:
        return refuse(RULE_FIRMWARE, type, -ESRCH);
    case XEN_FW_EFI_INFO:
        return refuse(RULE_FIRMWARE, type, -ENOSYS);
    case XEN_FW_KBD_SHIFT_FLAGS:
        if (op->u.firmware_info.index)
            return refuse(RULE_FIRMWARE, op->u.firmware_info.index, -ESRCH);
        op->u.firmware_info.u.kbd_shift_flags = 0;
        return PUT(arg, op, firmware_info);
    default:
        return refuse(RULE_FIRMWARE, type, -EINVAL);
    }
}

/* Only off: sleep would need the devices' state to be kept. */
static long acpi_sleep(const struct xenpf_enter_acpi_sleep *s)
{
    long rc;

    if (s->flags || s->sleep_state != 5)
        return refuse(RULE_NOT_OFFERED, s->sleep_state, -EOPNOTSUPP);
    audit_at_end();
    rc = machine_acpi_sleep(s->val_a, s->val_b);
    return rc ? refuse(RULE_NOT_OFFERED, s->sleep_state, (int)rc) : 0;
}

static long cpu_info(struct xen_platform_op *op, gva_t arg)
{
    struct xenpf_pcpuinfo *i = &op->u.pcpu_info;
    unsigned int cpu = i->xen_cpuid;

    i->max_present = cpu_count - 1;
    if (cpu < cpu_count) {
        i->flags = XEN_PCPU_FLAGS_ONLINE;
        i->apic_id = cpu_block(cpu)->apic_id;
        i->acpi_id = cpu_acpi_id(i->apic_id);
    } else {
        i->flags = XEN_PCPU_FLAGS_INVALID;
    }
    return PUT(arg, op, pcpu_info);
}

static long cpu_version(struct xen_platform_op *op, gva_t arg)
{
    struct xenpf_pcpu_version *v = &op->u.pcpu_version;

    v->max_present = cpu_count - 1;
    memset(v->vendor_id, 0, sizeof(v->vendor_id));
    v->family = v->model = v->stepping = 0;
    if (v->xen_cpuid < cpu_count) {
        memcpy(v->vendor_id, cpu_features.vendor, sizeof(v->vendor_id));
        v->family = cpu_features.family;
        v->model = cpu_features.model;
        v->stepping = cpu_features.stepping;
    }
    return PUT(arg, op, pcpu_version);
}

/* Bound: MAX_CPUS. Bits of CPUs that are not there are cleared. */
static long idle_time(struct xen_platform_op *op, gva_t arg)
{
    struct xenpf_getidletime *g = &op->u.getidletime;
    gva_t bitmap = gva((uintptr_t)g->cpumap_bitmap.p), times = gva((uintptr_t)g->idletime.p);
    unsigned int cpu, bytes = DIV_ROUND_UP(MIN(g->cpumap_nr_cpus, MAX_CPUS), 8);
    uint64_t cpus = 0;

    if (copy_from_guest(&cpus, bitmap, bytes))
        return refuse_memory(bitmap);
    cpus &= cpu_count == 64 ? ~0UL : BIT(cpu_count) - 1;
    for (cpu = 0; cpu < MIN(cpu_count, g->cpumap_nr_cpus); cpu++) {
        if (cpus & BIT(cpu) && put_guest_u64(gva(times.a + cpu * 8), cpu_idle_time(cpu)))
            return refuse_memory(times);
    }
    if (copy_to_guest(bitmap, &cpus, bytes))
        return refuse_memory(bitmap);
    g->now = (uint64_t)now();
    return PUT(arg, op, getidletime);
}

/* All CPUs that there are, are on line for good. */
static long cpu_hotplug(uint32_t cpu, bool online)
{
    if (cpu >= cpu_count)
        return refuse(RULE_NO_SUCH_CPU, cpu, -EINVAL);
    return online ? 0 : refuse(RULE_NOT_OFFERED, cpu, -EOPNOTSUPP);
}

static long dispatch(struct xen_platform_op *op, gva_t at)
{
    switch (op->cmd) {
    case XENPF_settime32:
        return set_time(op->u.settime32.secs, op->u.settime32.nsecs, op->u.settime32.system_time);
    case XENPF_settime64:
        if (op->u.settime64.mbz)
            return refuse(RULE_ARGUMENT, op->u.settime64.mbz, -EINVAL);
        return set_time(op->u.settime64.secs, op->u.settime64.nsecs, op->u.settime64.system_time);
    case XENPF_firmware_info:
        return firmware_info(op, at);
    case XENPF_enter_acpi_sleep:
        return acpi_sleep(&op->u.enter_acpi_sleep);
    case XENPF_getidletime:
        return idle_time(op, at);
    case XENPF_get_cpuinfo:
        return cpu_info(op, at);
    case XENPF_get_cpu_version:
        return cpu_version(op, at);
    case XENPF_cpu_online:
        return cpu_hotplug(op->u.cpu_ol.cpuid, true);
    case XENPF_cpu_offline:
        return cpu_hotplug(op->u.cpu_ol.cpuid, false);
    default:
        return refuse(RULE_UNKNOWN_OPERATION, op->cmd, -ENOSYS);
    }
}

long do_platform_op(uint64_t arg)
{
    struct xen_platform_op op;

    if (!domain_may(current()->domain, MAY_MANAGE_HOST, NULL))
        return refuse(RULE_NOT_PERMITTED, 0, -EPERM);
    if (copy_from_guest(&op, gva(arg), sizeof(op)))
        return refuse_memory(gva(arg));
    if (op.interface_version != XENPF_INTERFACE_VERSION)
        return refuse(RULE_INTERFACE_VERSION, op.interface_version, -EACCES);
    return dispatch(&op, gva(arg));
}
