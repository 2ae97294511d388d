/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a tool says about where a domain's vCPUs run, and how much.
 *
 * The scheduler answers to credit2's name, since its weights and caps mean the same: shares of what
 * is busy, and percent of one CPU.
 */
#include "call/cpus.h"
#include "ctl/bitmap.h"
#include "ctl/domctl.h"
#include "dom/vcpu.h"
#include "lib/refusal.h"

#define AFFINITY_FLAGS (XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT | XEN_VCPUAFFINITY_FORCE)

static uint64_t all_cpus(void)
{
    return cpu_count == 64 ? ~0UL : (1UL << cpu_count) - 1;
}

static struct vcpu *affinity_vcpu(struct domain *d, const struct xen_domctl_vcpuaffinity *a,
                                  long *rc)
{
    struct vcpu *v = domain_vcpu(d, a->vcpu);

    *rc = 0;
    if (!v)
        *rc = refuse(RULE_NO_SUCH_VCPU, a->vcpu, a->vcpu < d->max_vcpus ? -ESRCH : -EINVAL);
    else if (!(a->flags & (XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT)) ||
             a->flags & ~(uint32_t)AFFINITY_FLAGS)
        *rc = refuse(RULE_ARGUMENT, a->flags, -EINVAL);
    return v;
}

/* The masks that are in force go back into the caller's. */
static long affinity_answer(const struct vcpu *v, const struct xen_domctl_vcpuaffinity *a,
                            bool effective)
{
    uint64_t hard = READ_ONCE(v->sched.hard.bits[0]), soft = READ_ONCE(v->sched.soft.bits[0]);
    long rc = 0;

    if (effective)
        soft &= hard;
    if (a->flags & XEN_VCPUAFFINITY_HARD)
        rc = bitmap_store(&a->cpumap_hard, hard & all_cpus());
    if (!rc && a->flags & XEN_VCPUAFFINITY_SOFT)
        rc = bitmap_store(&a->cpumap_soft, soft & all_cpus());
    return rc;
}

long domctl_set_affinity(struct domain *d, struct xen_domctl *op)
{
    const struct xen_domctl_vcpuaffinity *a = &op->u.vcpuaffinity;
    struct cpu_mask hard, soft;
    struct vcpu *v;
    long rc;

    v = affinity_vcpu(d, a, &rc);
    if (rc)
        return rc;
    hard = v->sched.hard;
    soft = v->sched.soft;
    if (a->flags & XEN_VCPUAFFINITY_HARD)
        rc = bitmap_fetch(&a->cpumap_hard, &hard.bits[0]);
    if (!rc && a->flags & XEN_VCPUAFFINITY_SOFT)
        rc = bitmap_fetch(&a->cpumap_soft, &soft.bits[0]);
    if (rc)
        return rc;
    if (a->flags & XEN_VCPUAFFINITY_FORCE)
        (void)!sched_pin_override(v, -1); /* there may be none */
    if (sched_set_affinity(v, &hard, &soft))
        return refuse(RULE_NO_SUCH_CPU, hard.bits[0], -EINVAL);
    return affinity_answer(v, a, true);
}

long domctl_get_affinity(struct domain *d, struct xen_domctl *op)
{
    struct vcpu *v;
    long rc;

    v = affinity_vcpu(d, &op->u.vcpuaffinity, &rc);
    return rc ? rc : affinity_answer(v, &op->u.vcpuaffinity, false);
}

/* The host is one node. */
long domctl_set_node_affinity(struct domain *d, struct xen_domctl *op)
{
    uint64_t nodes;
    long rc = bitmap_fetch(&op->u.nodeaffinity.nodemap, &nodes);

    (void)d;
    if (rc)
        return rc;
    return nodes & 1 ? 0 : refuse(RULE_ARGUMENT, nodes, -EINVAL);
}

long domctl_get_node_affinity(struct domain *d, struct xen_domctl *op)
{
    (void)d;
    return bitmap_store(&op->u.nodeaffinity.nodemap, 1);
}

static long params_put(struct domain *d, const struct xen_domctl_sched_credit2 *p)
{
    uint32_t weight, cap;

    sched_get_params(d, &weight, &cap);
    if (p->weight) /* 0: as it is */
        weight = p->weight;
    return sched_set_params(d, weight, p->cap) ? refuse(RULE_ARGUMENT, p->cap, -EINVAL) : 0;
}

long domctl_scheduler(struct domain *d, struct xen_domctl *op)
{
    struct xen_domctl_scheduler_op *s = &op->u.scheduler_op;
    uint32_t weight, cap;

    if (s->sched_id != XEN_SCHEDULER_CREDIT2)
        return refuse(RULE_ARGUMENT, s->sched_id, -EINVAL);
    switch (s->cmd) {
    case XEN_DOMCTL_SCHEDOP_putinfo:
        return params_put(d, &s->u.credit2);
    case XEN_DOMCTL_SCHEDOP_getinfo:
        sched_get_params(d, &weight, &cap);
        s->u.credit2 = (struct xen_domctl_sched_credit2){(uint16_t)weight, (uint16_t)cap};
        return 0;
    default: /* a vCPU has no weight of its own */
        return refuse(RULE_NOT_OFFERED, s->cmd, -EINVAL);
    }
}
