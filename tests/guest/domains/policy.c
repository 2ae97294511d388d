/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The policies that decide what a guest reads from CPUID, as lists of leaves, and what a toolstack
 * asks of the scheduler and the CPU pool.
 */
#include "domain.h"

#define LEAVES 256

static xen_cpuid_leaf_t leaves[LEAVES];
static xen_msr_entry_t msrs[16];

static xen_domctl_cpu_policy_t *prepare(unsigned int nr_leaves, unsigned int nr_msrs)
{
    xen_domctl_cpu_policy_t *p = &domctl_op.u.cpu_policy;

    memset(&domctl_op, 0, sizeof(domctl_op));
    p->nr_leaves = nr_leaves;
    p->nr_msrs = nr_msrs;
    set_xen_guest_handle(p->leaves, leaves);
    set_xen_guest_handle(p->msrs, msrs);
    return p;
}

static xen_cpuid_leaf_t *find(uint32_t leaf, unsigned int n)
{
    for (unsigned int i = 0; i < n; i++) {
        if (leaves[i].leaf == leaf) {
            return &leaves[i];
        }
    }
    return NULL;
}

TEST(policy_of_domain)
{
    xen_domctl_cpu_policy_t *p;
    xen_cpuid_leaf_t *one;
    struct child c;
    unsigned int n;

    memset(&c, 0, sizeof(c));
    c.id = child_new(1);
    p = prepare(LEAVES, ARRAY_SIZE(msrs));
    EXPECT_EQ(domctl(XEN_DOMCTL_get_cpu_policy, c.id), 0);
    n = p->nr_leaves;
    EXPECT(n > 10 && n < LEAVES);
    one = find(1, n);
    EXPECT(one != NULL && (one->d & 1) != 0); /* there is an FPU */
    prepare(2, ARRAY_SIZE(msrs));
    EXPECT_EQ(domctl(XEN_DOMCTL_get_cpu_policy, c.id), E(NOBUFS));
    set_xen_guest_handle(prepare(LEAVES, ARRAY_SIZE(msrs))->leaves, (void *)0x10);
    EXPECT_EQ(domctl(XEN_DOMCTL_get_cpu_policy, c.id), E(FAULT));
    /* less than there is, and more */
    REQUIRE(one != NULL);
    leaves[0] = *one;
    leaves[0].c &= ~(1u << 13); /* CMPXCHG16B */
    leaves[0].c |= 1u << 5;     /* VMX */
    prepare(1, 0);
    EXPECT_EQ(domctl(XEN_DOMCTL_set_cpu_policy, c.id), 0);
    prepare(LEAVES, ARRAY_SIZE(msrs));
    EXPECT_EQ(domctl(XEN_DOMCTL_get_cpu_policy, c.id), 0);
    one = find(1, n);
    EXPECT(one != NULL && (one->c & (1u << 13 | 1u << 5)) == 0);
    leaves[0] = (xen_cpuid_leaf_t){.leaf = 0x1000, .subleaf = XEN_CPUID_NO_SUBLEAF};
    p = prepare(1, 0);
    EXPECT(domctl(XEN_DOMCTL_set_cpu_policy, c.id) < 0);
    EXPECT_EQ(p->err_leaf, 0x1000);
    prepare(100000, 0);
    EXPECT(domctl(XEN_DOMCTL_set_cpu_policy, c.id) < 0);
    child_end(&c);
}

TEST(policy_once_running)
{
    struct child c;

    child_make(&c);
    prepare(0, 0);
    EXPECT_EQ(domctl(XEN_DOMCTL_set_cpu_policy, c.id), E(EXIST));
    child_end(&c);
}

TEST(policy_of_host)
{
    static uint32_t features[32];
    struct xen_sysctl_cpu_policy *p = &sysctl_op.u.cpu_policy;
    struct xen_sysctl_cpu_featureset *f = &sysctl_op.u.cpu_featureset;
    uint32_t room;

    memset(&sysctl_op, 0, sizeof(sysctl_op));
    EXPECT_EQ(sysctl(XEN_SYSCTL_get_cpu_policy), 0);
    room = p->nr_leaves;
    EXPECT(room > 10 && room < LEAVES);
    for (uint32_t index = XEN_SYSCTL_cpu_policy_raw; index <= XEN_SYSCTL_cpu_policy_pv_default;
         index++) {
        if (index == XEN_SYSCTL_cpu_policy_hvm_max) {
            continue;
        }
        p->index = index;
        p->nr_leaves = room;
        p->nr_msrs = ARRAY_SIZE(msrs);
        set_xen_guest_handle(p->leaves, leaves);
        set_xen_guest_handle(p->msrs, msrs);
        EXPECT_EQ(sysctl(XEN_SYSCTL_get_cpu_policy), 0);
        EXPECT(p->nr_leaves > 10 && p->nr_leaves <= room);
    }
    p->index = 99;
    EXPECT_EQ(sysctl(XEN_SYSCTL_get_cpu_policy), E(INVAL));

    memset(&sysctl_op, 0, sizeof(sysctl_op));
    EXPECT_EQ(sysctl(XEN_SYSCTL_get_cpu_featureset), 0);
    room = f->nr_features;
    EXPECT(room >= 10 && room <= ARRAY_SIZE(features));
    f->index = XEN_SYSCTL_cpu_featureset_pv;
    set_xen_guest_handle(f->features, features);
    EXPECT_EQ(sysctl(XEN_SYSCTL_get_cpu_featureset), 0);
    EXPECT(features[0] & 1);
    EXPECT(!(features[1] & 1u << 5));
    f->nr_features = 2;
    EXPECT_EQ(sysctl(XEN_SYSCTL_get_cpu_featureset), E(NOBUFS));
    f->index = 99;
    EXPECT_EQ(sysctl(XEN_SYSCTL_get_cpu_featureset), E(INVAL));
    memset(&sysctl_op, 0, sizeof(sysctl_op));
    EXPECT_EQ(sysctl(XEN_SYSCTL_get_cpu_levelling_caps), 0);
}

TEST(pool_of_host)
{
    struct xen_sysctl_cpupool_op *p = &sysctl_op.u.cpupool_op;
    struct xen_sysctl_scheduler_op *s = &sysctl_op.u.scheduler_op;
    static uint64_t cpus[2];

    memset(&sysctl_op, 0, sizeof(sysctl_op));
    p->op = XEN_SYSCTL_CPUPOOL_OP_INFO;
    set_xen_guest_handle(p->cpumap.bitmap, (uint8_t *)cpus);
    p->cpumap.nr_bits = 128;
    EXPECT_EQ(sysctl(XEN_SYSCTL_cpupool_op), 0);
    EXPECT_EQ(p->cpupool_id, 0);
    EXPECT_EQ(p->sched_id, XEN_SCHEDULER_CREDIT2);
    EXPECT(p->n_dom >= 1);
    EXPECT((cpus[0] & 1) && !cpus[1]);
    p->cpupool_id = 1;
    EXPECT_EQ(sysctl(XEN_SYSCTL_cpupool_op), E(NOENT));
    cpus[0] = 1;
    p->op = XEN_SYSCTL_CPUPOOL_OP_FREEINFO;
    EXPECT_EQ(sysctl(XEN_SYSCTL_cpupool_op), 0);
    EXPECT_EQ(cpus[0], 0);

    memset(&sysctl_op, 0, sizeof(sysctl_op));
    s->sched_id = XEN_SCHEDULER_CREDIT2;
    s->cmd = XEN_SYSCTL_SCHEDOP_getinfo;
    EXPECT_EQ(sysctl(XEN_SYSCTL_scheduler_op), 0);
    EXPECT(s->u.sched_credit2.ratelimit_us > 0);
    s->sched_id = XEN_SCHEDULER_RTDS;
    EXPECT_EQ(sysctl(XEN_SYSCTL_scheduler_op), E(INVAL));
    s->sched_id = XEN_SCHEDULER_CREDIT2;
    s->cpupool_id = 7;
    EXPECT_EQ(sysctl(XEN_SYSCTL_scheduler_op), E(SRCH));
}
