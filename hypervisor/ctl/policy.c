/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a domain's vCPUs read from CPUID, out and in as a list of leaves. No MSR is part of a policy
 * of ours: the list of those is empty.
 *
 * What a tool asks for beyond what a PV guest can be shown is left out, not refused: tools start
 * from what the hardware has.
 */
#include "ctl/policy.h"

#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "lib/refusal.h"
#include "mm/guest_copy.h"
#include "mm/heap.h"
#include "pv/cpuid.h"
#include "pv/policy_list.h"
#include "pv/pv.h"

#define LEAVES_MAX 256 /* a tool gives at once */
#define MSRS_MAX   16

/*
 * The list into the caller's array; *room becomes its length. Without an array it becomes the
 * length that no policy is beyond: tools ask for it of one policy, and then fetch another. Bound:
 * the policy's leaves.
 */
static long list_out(const struct cpuid_policy *p, uint64_t array, uint32_t *room)
{
    xen_cpuid_leaf_t leaf;
    uint32_t n;

    if (!array) {
        *room = POLICY_LEAVES;
        return 0;
    }
    for (n = 0; policy_list_get(p, n, &leaf); n++) {
        if (n == *room)
            return refuse(RULE_ARGUMENT, *room, -ENOBUFS);
        if (copy_to_guest(guest_element(array, leaf, n), &leaf, sizeof(leaf)))
            return refuse_memory(gva(array));
    }
    *room = n;
    return 0;
}

long domctl_get_policy(struct domain *d, struct xen_domctl *op)
{
    xen_domctl_cpu_policy_t *q = &op->u.cpu_policy;

    q->nr_msrs = 0;
    return list_out(pv_policy(d), (uintptr_t)q->leaves.p, &q->nr_leaves);
}

static long leaves_in(struct cpuid_policy *p, xen_domctl_cpu_policy_t *q)
{
    xen_cpuid_leaf_t leaf;
    uint32_t i;

    for (i = 0; i < q->nr_leaves; i++) {
        if (copy_from_guest(&leaf, guest_element((uintptr_t)q->leaves.p, leaf, i), sizeof(leaf)))
            return refuse_memory(gva((uintptr_t)q->leaves.p));
        if (leaf.leaf >> 28 == 4) /* the hypervisor's own */
            continue;
        if (!policy_list_put(p, &leaf)) {
            q->err_leaf = leaf.leaf;
            q->err_subleaf = leaf.subleaf;
            return refuse(RULE_ARGUMENT, leaf.leaf, -EINVAL);
        }
    }
    return 0;
}

/* An MSR that says of itself that it has nothing to say is no contradiction. */
static long msrs_in(xen_domctl_cpu_policy_t *q)
{
    xen_msr_entry_t m;
    uint32_t i;

    for (i = 0; i < q->nr_msrs; i++) {
        if (copy_from_guest(&m, guest_element((uintptr_t)q->msrs.p, m, i), sizeof(m)))
            return refuse_memory(gva((uintptr_t)q->msrs.p));
        if (m.flags || m.val) {
            q->err_msr = m.idx;
            return refuse(RULE_ARGUMENT, m.idx, -EINVAL);
        }
    }
    return 0;
}

/*
 * Before the domain runs. Its record goes back even when it was refused: it says which entry was
 * wrong.
 */
long domctl_set_policy(struct domain *d, struct xen_domctl *op)
{
    xen_domctl_cpu_policy_t *q = &op->u.cpu_policy;
    struct cpuid_policy *p;
    long rc;

    q->err_leaf = q->err_subleaf = XEN_CPUID_INPUT_UNUSED;
    q->err_msr = XEN_CPUID_INPUT_UNUSED;
    if (d->state != DOMAIN_CREATED)
        return refuse(RULE_VCPU_STATE, d->id, -EEXIST);
    if (q->nr_leaves > LEAVES_MAX || q->nr_msrs > MSRS_MAX)
        return refuse(RULE_ARGUMENT, q->nr_leaves, -E2BIG);
    p = heap_new(struct cpuid_policy);
    if (!p)
        return refuse(RULE_NO_MEMORY, d->id, -ENOMEM);
    *p = *pv_policy(d);
    rc = leaves_in(p, q);
    if (!rc)
        rc = msrs_in(q);
    if (rc) {
        heap_free(p);
        return rc;
    }
    policy_clamp(p, pv_policy_default(d));
    heap_free(d->pv->policy);
    d->pv->policy = p;
    return 0;
}

/*
 * The policy with an index of XEN_SYSCTL_cpu_policy_*; `raw` is room for the CPU's own. NULL: of
 * guests that there can't be.
 */
static const struct cpuid_policy *indexed(uint32_t index, struct cpuid_policy *raw)
{
    switch (index) {
    case XEN_SYSCTL_cpu_policy_raw:
    case XEN_SYSCTL_cpu_policy_host:
        policy_raw(raw, cpuid);
        return raw;
    case XEN_SYSCTL_cpu_policy_pv_max:
    case XEN_SYSCTL_cpu_policy_pv_default:
        return pv_policy_of_guests();
    default:
        return NULL;
    }
}

long sysctl_policy(struct xen_sysctl_cpu_policy *op)
{
    struct cpuid_policy raw;
    const struct cpuid_policy *p = indexed(op->index, &raw);

    if (op->index > XEN_SYSCTL_cpu_policy_hvm_default || op->_rsvd)
        return refuse(RULE_ARGUMENT, op->index, -EINVAL);
    if (!p)
        return refuse(RULE_NOT_OFFERED, op->index, -EOPNOTSUPP);
    op->nr_msrs = 0;
    return list_out(p, (uintptr_t)op->leaves.p, &op->nr_leaves);
}

static uint32_t policy_index(uint32_t features)
{
    static const uint8_t index[] = {XEN_SYSCTL_cpu_policy_raw,    XEN_SYSCTL_cpu_policy_host,
                                    XEN_SYSCTL_cpu_policy_pv_max, XEN_SYSCTL_cpu_policy_hvm_max,
                                    XEN_SYSCTL_cpu_policy_pv_max, XEN_SYSCTL_cpu_policy_hvm_max};

    return index[features];
}

long sysctl_features(struct xen_sysctl_cpu_featureset *op)
{
    struct cpuid_policy raw;
    const struct cpuid_policy *p;
    uint32_t i;

    if (op->index > XEN_SYSCTL_cpu_featureset_hvm_max)
        return refuse(RULE_ARGUMENT, op->index, -EINVAL);
    p = indexed(policy_index(op->index), &raw);
    for (i = 0; op->features.p && i < MIN(op->nr_features, (uint32_t)POLICY_WORDS); i++) {
        uint32_t word = p ? policy_word(p, i) : 0;

        if (copy_to_guest(guest_element((uintptr_t)op->features.p, word, i), &word, sizeof(word)))
            return refuse_memory(gva((uintptr_t)op->features.p));
    }
    if (op->features.p && op->nr_features < POLICY_WORDS)
        return refuse(RULE_ARGUMENT, op->nr_features, -ENOBUFS);
    op->nr_features = POLICY_WORDS;
    return 0;
}
