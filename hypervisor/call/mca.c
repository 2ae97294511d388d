/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_mca: machine checks, for the control domain. What the hardware reports ends the
 * machine with a message, so there is never a record to fetch; the CPUs are described as the ABI
 * says. Nothing can be injected.
 */
#include <xen/arch-x86/xen-mca.h>

#include "call/cpus.h"
#include "call/handlers.h"
#include "cpu/asm.h"
#include "cpu/features.h"
#include "cpu/percpu.h"
#include "dom/vcpu.h"
#include "lib/refusal.h"
#include "lib/string.h"
#include "mm/guest_copy.h"
#include "mm/heap.h"

static void brand(char *out)
{
    unsigned int i;

    if (cpu_features.max_ext_leaf < 0x80000004)
        return;
    for (i = 0; i < 3; i++) {
        struct cpuid_leaf l = cpuid(0x80000002 + i, 0);

        memcpy(out + 16 * i, &l, sizeof(l));
    }
}

/* What is the same for all CPUs: they were compared when they came up. */
static void describe_model(xen_mc_logical_cpu_t *c)
{
    struct cpuid_leaf l = cpuid(1, 0);

    c->mc_cpuid_level = (int32_t)cpu_features.max_leaf;
    c->mc_family = cpu_features.family;
    c->mc_vendor = cpu_features.intel ? 0 : cpu_features.amd ? 2 : 0xff; /* Linux's X86_VENDOR_* */
    c->mc_model = cpu_features.model;
    c->mc_step = cpu_features.stepping;
    strlcpy(c->mc_vendorid, cpu_features.vendor, sizeof(c->mc_vendorid));
    brand(c->mc_brandid);
    c->mc_cpu_caps[0] = l.d;
    c->mc_cpu_caps[4] = l.c;
    c->mc_cache_alignment = (l.b >> 8 & 0xff) * 8;
    if (cpu_features.mce && l.d & 1U << 14) { /* MCA: how many banks, as each CPU's MSR says */
        c->mc_msrvalues[0].reg = 0x179;
        c->mc_msrvalues[0].value = rdmsr(0x179);
        c->mc_nmsrvals = 1;
    }
}

static void describe(xen_mc_logical_cpu_t *c, unsigned int cpu, const struct cpu_shape *s)
{
    uint32_t apic = cpu_block(cpu)->apic_id;

    c->mc_cpunr = cpu;
    c->mc_chipid = apic >> s->package_shift;
    c->mc_coreid = (uint16_t)((apic & ((1U << s->package_shift) - 1)) >> s->core_shift);
    c->mc_threadid = (uint16_t)(apic & ((1U << s->core_shift) - 1));
    c->mc_apicid = apic;
    c->mc_clusterid = 0;
    c->mc_ncores = c->mc_ncores_active = s->cores;
    c->mc_nthreads = s->threads;
}

/* Bound: MAX_CPUS records of some 500 bytes. */
static long cpu_info(struct xen_mc *op, gva_t arg)
{
    struct xen_mc_physcpuinfo *p = &op->u.mc_physcpuinfo;
    uint32_t n = MIN(p->ncpus, cpu_count), i;
    xen_mc_logical_cpu_t *c;
    struct cpu_shape shape;
    long rc = 0;

    if (p->info.p) {
        c = heap_new(xen_mc_logical_cpu_t);
        if (!c)
            return refuse(RULE_NO_MEMORY, 1, -ENOMEM);
        describe_model(c);
        cpu_shape_get(&shape);
        for (i = 0; i < n && !rc; i++) {
            describe(c, i, &shape);
            if (copy_to_guest(guest_element((uintptr_t)p->info.p, *c, i), c, sizeof(*c)))
                rc = refuse_memory(arg);
        }
        heap_free(c);
        if (rc)
            return rc;
        p->ncpus = n;
    } else {
        p->ncpus = cpu_count;
    }
    return copy_to_guest(gva(arg.a + offsetof(struct xen_mc, u)), p, sizeof(*p))
               ? refuse_memory(arg)
               : 0;
}

static long fetch(struct xen_mc *op, gva_t arg)
{
    struct xen_mc_fetch *f = &op->u.mc_fetch;

    f->flags = XEN_MC_OK | XEN_MC_NODATA;
    f->fetch_id = 0;
    return copy_to_guest(gva(arg.a + offsetof(struct xen_mc, u)), f, sizeof(*f))
               ? refuse_memory(arg)
               : 0;
}

long do_mca(uint64_t arg)
{
    struct xen_mc *op;
    long rc;

    if (!domain_may(current()->domain, MAY_MANAGE_HOST, NULL))
        return refuse(RULE_NOT_PERMITTED, 0, -EPERM);
    op = heap_new(struct xen_mc);
    if (!op)
        return refuse(RULE_NO_MEMORY, 1, -ENOMEM);
    if (copy_from_guest(op, gva(arg), sizeof(*op)))
        rc = refuse_memory(gva(arg));
    else if (op->interface_version != XEN_MCA_INTERFACE_VERSION)
        rc = refuse(RULE_INTERFACE_VERSION, op->interface_version, -EACCES);
    else if (op->cmd == XEN_MC_physcpuinfo)
        rc = cpu_info(op, gva(arg));
    else if (op->cmd == XEN_MC_fetch)
        rc = fetch(op, gva(arg));
    else
        rc = refuse(RULE_UNKNOWN_OPERATION, op->cmd, -ENOSYS);
    heap_free(op);
    return rc;
}
