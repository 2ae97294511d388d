/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_sysctl: what the toolstack asks of the host. The whole record goes back when an
 * operation succeeded.
 */
#include <xen/sysctl.h>

#include "call/cpus.h"
#include "call/handlers.h"
#include "cpu/asm.h"
#include "cpu/features.h"
#include "cpu/percpu.h"
#include "ctl/bitmap.h"
#include "ctl/domain_info.h"
#include "ctl/policy.h"
#include "dom/vcpu.h"
#include "kern/console.h"
#include "kern/time.h"
#include "lib/refusal.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "mm/boot_memory.h"
#include "mm/guest_copy.h"

#define KEYS_MAX 32

/* Bound: what the log's ring holds. */
static long read_console(struct xen_sysctl_readconsole *op)
{
    uint64_t pos = op->incremental ? op->index : 0;
    uint32_t done = 0;
    char text[128];
    size_t n;

    while (done < op->count) {
        n = console_log_read(&pos, text, MIN(sizeof(text), op->count - done));
        if (!n)
            break;
        if (copy_to_guest(gva((uintptr_t)op->buffer.p + done), text, n))
            return refuse_memory(gva((uintptr_t)op->buffer.p));
        done += (uint32_t)n;
    }
    op->count = done;
    op->index = (uint32_t)pos;
    if (op->clear)
        console_log_clear();
    return 0;
}

static long phys_info(struct xen_sysctl_physinfo *p)
{
    struct cpuid_leaf l1 = cpuid(1, 0), e1 = cpuid(0x80000001, 0);
    struct cpu_shape shape;

    cpu_shape_get(&shape);
    memset(p, 0, sizeof(*p));
    p->threads_per_core = shape.threads;
    p->cores_per_socket = shape.cores;
    p->nr_cpus = cpu_count;
    p->max_cpu_id = cpu_count - 1;
    p->nr_nodes = 1;
    p->cpu_khz = (uint32_t)tsc_khz();
    p->capabilities = XEN_SYSCTL_PHYSCAP_pv | XEN_SYSCTL_PHYSCAP_gnttab_v1;
    p->total_pages = ram_frames;
    p->free_pages = frames_free_count();
    p->outstanding_pages = frames_claimed_count();
    p->max_mfn = frame_limit - 1;
    p->hw_cap[0] = l1.d;
    p->hw_cap[1] = l1.c;
    p->hw_cap[2] = e1.d;
    p->hw_cap[3] = e1.c;
    if (cpu_features.max_leaf >= 7) {
        struct cpuid_leaf l7 = cpuid(7, 0);

        p->hw_cap[5] = l7.b;
        p->hw_cap[6] = l7.c;
    }
    return 0;
}

/* Bound: the domains of the host. */
static long list_domains(struct xen_sysctl_getdomaininfolist *op)
{
    struct xen_domctl_getdomaininfo info;
    struct domain *d, *next;
    uint32_t n = 0;
    long rc = 0;

    for (d = domain_next(op->first_domain, true); d; d = next) {
        if (n == op->max_domains || rc) {
            domain_put(d);
            break;
        }
        domain_info_fill(d, &info);
        if (copy_to_guest(guest_element((uintptr_t)op->buffer.p, info, n), &info, sizeof(info)))
            rc = refuse_memory(gva((uintptr_t)op->buffer.p));
        n++;
        next = domain_next(d->id, false);
        domain_put(d);
    }
    op->num_domains = n;
    return rc;
}

/* Bound: the domains of the host. */
static uint32_t domains_count(void)
{
    struct domain *d, *next;
    uint32_t n = 0;

    for (d = domain_next(0, true); d; d = next) {
        n++;
        next = domain_next(d->id, false);
        domain_put(d);
    }
    return n;
}

static long press_keys(const struct xen_sysctl_debug_keys *op)
{
    char keys[KEYS_MAX];
    uint32_t i;

    if (op->nr_keys > KEYS_MAX)
        return refuse(RULE_ARGUMENT, op->nr_keys, -E2BIG);
    if (copy_from_guest(keys, gva((uintptr_t)op->keys.p), op->nr_keys))
        return refuse_memory(gva((uintptr_t)op->keys.p));
    for (i = 0; i < op->nr_keys; i++)
        console_key_press(keys[i]);
    return 0;
}

/* Bound: MAX_CPUS, here and below. */
static long cpu_info(struct xen_sysctl_getcpuinfo *op)
{
    uint32_t i, n = MIN(op->max_cpus, cpu_count);

    for (i = 0; i < n; i++) {
        if (put_guest_u64(gva((uintptr_t)op->info.p + i * sizeof(xen_sysctl_cpuinfo_t)),
                          cpu_idle_time(i)))
            return refuse_memory(gva((uintptr_t)op->info.p));
    }
    op->nr_cpus = n;
    return 0;
}

static long cpu_topology(struct xen_sysctl_cputopoinfo *op)
{
    uint32_t i, n = MIN(op->num_cpus, cpu_count);
    struct cpu_shape shape;

    cpu_shape_get(&shape);
    for (i = 0; op->cputopo.p && i < n; i++) {
        uint32_t apic = cpu_block(i)->apic_id;
        xen_sysctl_cputopo_t t = {
            .core = (apic & ((1U << shape.package_shift) - 1)) >> shape.core_shift,
            .socket = apic >> shape.package_shift,
        };

        if (copy_to_guest(guest_element((uintptr_t)op->cputopo.p, t, i), &t, sizeof(t)))
            return refuse_memory(gva((uintptr_t)op->cputopo.p));
    }
    op->num_cpus = op->cputopo.p ? n : cpu_count;
    return 0;
}

/* One node: the host. */
static long numa_info(struct xen_sysctl_numainfo *op)
{
    xen_sysctl_meminfo_t m = {ram_frames << PAGE_SHIFT, frames_free_count() << PAGE_SHIFT};
    uint32_t distance = 10; /* ACPI's for a node to itself */

    if (op->num_nodes && op->meminfo.p &&
        copy_to_guest(gva((uintptr_t)op->meminfo.p), &m, sizeof(m)))
        return refuse_memory(gva((uintptr_t)op->meminfo.p));
    if (op->num_nodes && op->distance.p &&
        copy_to_guest(gva((uintptr_t)op->distance.p), &distance, sizeof(distance)))
        return refuse_memory(gva((uintptr_t)op->distance.p));
    op->num_nodes = 1;
    return 0;
}

/* One pool with all CPUs and domains. */
static long cpu_pool(struct xen_sysctl_cpupool_op *op)
{
    uint64_t cpus = cpu_count == 64 ? ~0UL : (1UL << cpu_count) - 1;

    switch (op->op) {
    case XEN_SYSCTL_CPUPOOL_OP_INFO:
        if (op->cpupool_id)
            return refuse(RULE_ARGUMENT, op->cpupool_id, -ENOENT);
        op->sched_id = XEN_SCHEDULER_CREDIT2;
        op->n_dom = domains_count();
        return bitmap_store(&op->cpumap, cpus);
    case XEN_SYSCTL_CPUPOOL_OP_FREEINFO:
        return bitmap_store(&op->cpumap, 0);
    default:
        return refuse(RULE_NOT_OFFERED, op->op, -EOPNOTSUPP);
    }
}

/* The time that nobody preempts is a constant. */
static long scheduler(struct xen_sysctl_scheduler_op *op)
{
    if (op->cpupool_id)
        return refuse(RULE_ARGUMENT, op->cpupool_id, -ESRCH);
    if (op->sched_id != XEN_SCHEDULER_CREDIT2)
        return refuse(RULE_ARGUMENT, op->sched_id, -EINVAL);
    if (op->cmd != XEN_SYSCTL_SCHEDOP_getinfo)
        return refuse(RULE_NOT_OFFERED, op->cmd, -EOPNOTSUPP);
    op->u.sched_credit2.ratelimit_us = SCHED_MIN_RUN / 1000;
    return 0;
}

static long dispatch(struct xen_sysctl *op)
{
    switch (op->cmd) {
    case XEN_SYSCTL_readconsole:
        return read_console(&op->u.readconsole);
    case XEN_SYSCTL_physinfo:
        return phys_info(&op->u.physinfo);
    case XEN_SYSCTL_sched_id:
        op->u.sched_id.sched_id = XEN_SCHEDULER_CREDIT2; /* weights and caps as that one has them */
        return 0;
    case XEN_SYSCTL_getdomaininfolist:
        return list_domains(&op->u.getdomaininfolist);
    case XEN_SYSCTL_debug_keys:
        return press_keys(&op->u.debug_keys);
    case XEN_SYSCTL_getcpuinfo:
        return cpu_info(&op->u.getcpuinfo);
    case XEN_SYSCTL_cputopoinfo:
        return cpu_topology(&op->u.cputopoinfo);
    case XEN_SYSCTL_numainfo:
        return numa_info(&op->u.numainfo);
    case XEN_SYSCTL_cpupool_op:
        return cpu_pool(&op->u.cpupool_op);
    case XEN_SYSCTL_scheduler_op:
        return scheduler(&op->u.scheduler_op);
    case XEN_SYSCTL_get_cpu_levelling_caps:
        op->u.cpu_levelling_caps.caps =
            0; /* what a guest sees of CPUID never comes from the CPU's masks */
        return 0;
    case XEN_SYSCTL_get_cpu_featureset:
        return sysctl_features(&op->u.cpu_featureset);
    case XEN_SYSCTL_get_cpu_policy:
        return sysctl_policy(&op->u.cpu_policy);
    default:
        return refuse(RULE_UNKNOWN_OPERATION, op->cmd, -ENOSYS);
    }
}

long do_sysctl(uint64_t arg)
{
    struct xen_sysctl op;
    long rc;

    if (!domain_may(current()->domain, MAY_MANAGE_HOST, NULL))
        return refuse(RULE_NOT_PERMITTED, 0, -EPERM);
    if (copy_from_guest(&op, gva(arg), sizeof(op)))
        return refuse_memory(gva(arg));
    if (op.interface_version != XEN_SYSCTL_INTERFACE_VERSION)
        return refuse(RULE_INTERFACE_VERSION, op.interface_version, -EACCES);
    rc = dispatch(&op);
    if (!rc && copy_to_guest(gva(arg), &op, sizeof(op)))
        rc = refuse_memory(gva(arg));
    return rc;
}
