/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * domctl, errno by errno: every operation that is not for one's own domain, vCPUs that there are
 * not yet, lists that can't be read or written, settings at their ends.
 */
#include "domain.h"

#define NOWHERE ((void *)0x1000)

static void clear(void)
{
    memset(&domctl_op, 0, sizeof(domctl_op));
}

TEST(domctl_own_domain)
{
    static const unsigned int commands[] = {XEN_DOMCTL_destroydomain,  XEN_DOMCTL_pausedomain,
                                            XEN_DOMCTL_unpausedomain,  XEN_DOMCTL_setvcpucontext,
                                            XEN_DOMCTL_getvcpucontext, XEN_DOMCTL_setdebugging,
                                            XEN_DOMCTL_settscinfo,     XEN_DOMCTL_set_cpu_policy};
    static const unsigned int ours[] = {XEN_DOMCTL_irq_permission, XEN_DOMCTL_iomem_permission,
                                        XEN_DOMCTL_ioport_permission};

    for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
        clear();
        EXPECT_EQ(domctl(commands[i], 0), E(INVAL));
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(ours) && subject_is_mortise(); i++) {
        clear(); /* Xen has the control domain give itself what it has */
        EXPECT_EQ(domctl(ours[i], 0), E(INVAL));
    }
}

/* Room for three vCPUs, none made: not there yet is another answer than never. */
TEST(domctl_vcpus_not_made)
{
    static const unsigned int commands[] = {XEN_DOMCTL_getvcpucontext, XEN_DOMCTL_getvcpuinfo,
                                            XEN_DOMCTL_setvcpuaffinity, XEN_DOMCTL_getvcpuaffinity};
    struct child c;

    memset(&c, 0, sizeof(c));
    c.id = child_new(3);
    for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
        clear();
        domctl_op.u.getvcpuinfo.vcpu = 1; /* the first word of each */
        EXPECT_EQ(domctl(commands[i], c.id), i == 0 ? E(INVAL) : E(SRCH));
        domctl_op.u.getvcpuinfo.vcpu = 3;
        EXPECT_EQ(domctl(commands[i], c.id), E(INVAL));
        domctl_op.u.getvcpuinfo.vcpu = 0xffffffff;
        EXPECT_EQ(domctl(commands[i], c.id), E(INVAL));
    }
    clear();
    domctl_op.u.vcpucontext.vcpu = 1;
    EXPECT_EQ(domctl(XEN_DOMCTL_setvcpucontext, c.id), E(INVAL));
    clear();
    domctl_op.u.sendtrigger = (struct xen_domctl_sendtrigger){.trigger = 0, .vcpu = 1};
    EXPECT_EQ(domctl(XEN_DOMCTL_sendtrigger, c.id), E(SRCH));
    domctl_op.u.sendtrigger.vcpu = 3;
    EXPECT_EQ(domctl(XEN_DOMCTL_sendtrigger, c.id), E(SRCH));
    child_end(&c);
}

TEST(domctl_faults)
{
    struct child c;

    child_make(&c);
    clear();
    domctl_op.u.vcpuaffinity.flags = XEN_VCPUAFFINITY_HARD;
    set_xen_guest_handle(domctl_op.u.vcpuaffinity.cpumap_hard.bitmap, (uint8_t *)NOWHERE);
    domctl_op.u.vcpuaffinity.cpumap_hard.nr_bits = 64;
    EXPECT_EQ(domctl(XEN_DOMCTL_setvcpuaffinity, c.id), E(FAULT));
    EXPECT_EQ(domctl(XEN_DOMCTL_getvcpuaffinity, c.id), E(FAULT));
    domctl_op.u.vcpuaffinity.flags = 0;
    EXPECT_EQ(domctl(XEN_DOMCTL_getvcpuaffinity, c.id), E(INVAL));
    clear();
    set_xen_guest_handle(domctl_op.u.nodeaffinity.nodemap.bitmap, (uint8_t *)NOWHERE);
    domctl_op.u.nodeaffinity.nodemap.nr_bits = 64;
    EXPECT_EQ(domctl(XEN_DOMCTL_setnodeaffinity, c.id), E(FAULT));
    EXPECT_EQ(domctl(XEN_DOMCTL_getnodeaffinity, c.id), E(FAULT));
    clear();
    domctl_op.u.getpageframeinfo3.num = 2;
    set_xen_guest_handle(domctl_op.u.getpageframeinfo3.array, NOWHERE);
    EXPECT_EQ(domctl(XEN_DOMCTL_getpageframeinfo3, c.id), E(FAULT));
    clear();
    domctl_op.u.cpu_policy.nr_leaves = 300;
    domctl_op.u.cpu_policy.nr_msrs = 16;
    set_xen_guest_handle(domctl_op.u.cpu_policy.leaves, NOWHERE);
    set_xen_guest_handle(domctl_op.u.cpu_policy.msrs, NOWHERE);
    EXPECT_EQ(domctl(XEN_DOMCTL_get_cpu_policy, c.id), E(FAULT));
    child_end(&c);
    c.id = child_new(1);
    clear();
    domctl_op.u.cpu_policy.nr_leaves = 1;
    set_xen_guest_handle(domctl_op.u.cpu_policy.leaves, NOWHERE);
    EXPECT_EQ(domctl(XEN_DOMCTL_set_cpu_policy, c.id), E(FAULT));
    child_end(&c);
}

/* Counted pauses: as many as fit, and one unpause each. */
TEST(domctl_pauses)
{
    unsigned int count = 0;
    struct child c;
    long ret;

    child_make(&c);
    while ((ret = domctl(XEN_DOMCTL_pausedomain, c.id)) == 0 && count < 1000) {
        count++;
    }
    EXPECT_EQ(ret, E(OVERFLOW));
    EXPECT_EQ(count, 255);
    for (; count > 0; count--) {
        REQUIRE(domctl(XEN_DOMCTL_unpausedomain, c.id) == 0);
    }
    EXPECT_EQ(domctl(XEN_DOMCTL_unpausedomain, c.id), E(INVAL));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_xen_version, XENVER_pagesize), PAGE_SIZE);
    child_end(&c);
}

TEST(domctl_settings)
{
    struct xen_domctl_getdomaininfo info;
    struct child c;

    memset(&c, 0, sizeof(c));
    c.id = child_new(1);
    child_populate(&c, CHILD_PAGES);
    clear();
    memset(domctl_op.u.setdomainhandle.handle, 0x5a, 16);
    EXPECT_EQ(domctl(XEN_DOMCTL_setdomainhandle, c.id), 0);
    EXPECT(child_info(c.id, &info) && info.handle[15] == 0x5a);
    clear();
    domctl_op.u.setdebugging.enable = 1;
    EXPECT_EQ(domctl(XEN_DOMCTL_setdebugging, c.id), 0);
    EXPECT(child_info(c.id, &info) && info.flags & XEN_DOMINF_debugged);
    clear();
    domctl_op.u.irq_permission.pirq = 9;
    EXPECT_ON(domctl(XEN_DOMCTL_irq_permission, c.id), 0, E(PERM)); /* not even the caller's */
    domctl_op.u.irq_permission.allow_access = 1;
    domctl_op.u.irq_permission.pirq = 255;
    EXPECT(domctl(XEN_DOMCTL_irq_permission, c.id) < 0);
    clear();
    domctl_op.u.settimeoffset.time_offset_seconds = 3600;
    EXPECT_EQ(domctl(XEN_DOMCTL_settimeoffset, c.id), 0);
    domctl_op.u.settimeoffset.time_offset_seconds = 1l << 62;
    if (subject_is_mortise()) { /* Xen computes with it */
        EXPECT_EQ(domctl(XEN_DOMCTL_settimeoffset, c.id), E(INVAL));
    }
    clear();
    domctl_op.u.hypercall_init.gmfn = c.mfns[CHILD_FREE];
    EXPECT_EQ(domctl(XEN_DOMCTL_hypercall_init, c.id), 0);
    domctl_op.u.hypercall_init.gmfn = mfn_of(boot_l4);
    EXPECT_ON(domctl(XEN_DOMCTL_hypercall_init, c.id), E(ACCES), E(INVAL));
    clear();
    domctl_op.u.sendtrigger = (struct xen_domctl_sendtrigger){.trigger = 77, .vcpu = 0};
    EXPECT_EQ(domctl(XEN_DOMCTL_sendtrigger, c.id), E(NOSYS));
    if (subject_is_mortise()) {
        clear();
        domctl_op.u.tsc_info =
            (struct xen_domctl_tsc_info){.tsc_mode = 1, .gtsc_khz = 12345, .incarnation = 3};
        EXPECT_EQ(domctl(XEN_DOMCTL_settscinfo, c.id), E(OPNOTSUPP));
    }
    child_end(&c);
}

/* Permissions: given and taken, and more ranges than are kept. */
TEST(domctl_permissions)
{
    struct child c;
    long ret = 0;

    memset(&c, 0, sizeof(c));
    c.id = child_new(1);
    clear();
    domctl_op.u.ioport_permission = (struct xen_domctl_ioport_permission){
        .first_port = 0x300, .nr_ports = 8, .allow_access = 1};
    EXPECT_EQ(domctl(XEN_DOMCTL_ioport_permission, c.id), 0);
    domctl_op.u.ioport_permission.allow_access = 0;
    EXPECT_EQ(domctl(XEN_DOMCTL_ioport_permission, c.id), 0);
    clear();
    domctl_op.u.iomem_permission =
        (struct xen_domctl_iomem_permission){.first_mfn = 0xfd000, .nr_mfns = 2, .allow_access = 1};
    EXPECT_EQ(domctl(XEN_DOMCTL_iomem_permission, c.id), 0);
    domctl_op.u.iomem_permission.allow_access = 0;
    EXPECT_EQ(domctl(XEN_DOMCTL_iomem_permission, c.id), 0);
    for (unsigned int i = 0; i < 64 && ret == 0 && subject_is_mortise(); i++) {
        clear();
        domctl_op.u.ioport_permission = (struct xen_domctl_ioport_permission){
            .first_port = 0x300 + i * 2, .nr_ports = 1, .allow_access = 1};
        ret = domctl(XEN_DOMCTL_ioport_permission, c.id);
    }
    if (subject_is_mortise()) { /* Xen's ranges are in memory of its own, without a bound */
        EXPECT_EQ(ret, E(NOMEM));
        ret = 0;
    }
    for (unsigned int i = 0; i < 64 && ret == 0 && subject_is_mortise(); i++) {
        clear();
        domctl_op.u.iomem_permission = (struct xen_domctl_iomem_permission){
            .first_mfn = 0xfd000 + i * 2, .nr_mfns = 1, .allow_access = 1};
        ret = domctl(XEN_DOMCTL_iomem_permission, c.id);
    }
    if (subject_is_mortise()) {
        EXPECT_EQ(ret, E(NOMEM));
    }
    child_end(&c);
}
