/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a toolstack can get wrong: each field of each call, and what it is told.
 */
#include "domain.h"

static struct xen_domctl_createdomain usual(void)
{
    return (struct xen_domctl_createdomain){.max_vcpus = 1,
                                            .max_evtchn_port = 1023,
                                            .max_grant_frames = 4,
                                            .max_maptrack_frames = 4,
                                            .grant_opts = XEN_DOMCTL_GRANT_version(1)};
}

static long create(const struct xen_domctl_createdomain *config, domid_t id)
{
    memset(&domctl_op, 0, sizeof(domctl_op));
    domctl_op.u.createdomain = *config;
    return domctl(XEN_DOMCTL_createdomain, id);
}

#define EXPECT_CREATE(field, value, error)                                                         \
    do {                                                                                           \
        struct xen_domctl_createdomain config_ = usual();                                          \
        config_.field = value;                                                                     \
        EXPECT_EQ(create(&config_, 0), error);                                                     \
    } while (0)

TEST(create_errors)
{
    struct xen_domctl_createdomain config = usual();
    uint64_t before;

    for (unsigned int i = 0; i < 3; i++) { /* what is kept for the next one is there then */
        REQUIRE(create(&config, 0) == 0 && child_destroy(domctl_op.domain) == 0);
    }
    before = host_free();

    EXPECT_CREATE(flags, 1U << 31, E(INVAL));
    EXPECT_CREATE(iommu_opts, 2, E(INVAL));
    EXPECT_CREATE(max_vcpus, 0, E(INVAL));
    EXPECT_CREATE(max_vcpus, 9000, E(INVAL));
    EXPECT_CREATE(max_grant_frames, 0, E(INVAL));
    EXPECT_CREATE(max_grant_frames, 2000000, E(INVAL));
    EXPECT_CREATE(max_maptrack_frames, 2000000, E(INVAL));
    EXPECT_CREATE(grant_opts, 0x100 | XEN_DOMCTL_GRANT_version(1), E(INVAL));
    EXPECT_CREATE(grant_opts, XEN_DOMCTL_GRANT_version(7), E(INVAL));
    EXPECT_CREATE(arch.emulation_flags, 1U << 31, E(INVAL));
    EXPECT_CREATE(arch.emulation_flags, XEN_X86_EMU_LAPIC, E(OPNOTSUPP));
    EXPECT_CREATE(cpupool_id, 4000, E(SRCH));
    EXPECT_EQ(create(&config, 0), 0);
    EXPECT(domctl_op.domain > 0);
    EXPECT_EQ(create(&config, domctl_op.domain), E(EXIST));
    EXPECT_EQ(child_destroy(domctl_op.domain), 0);
    EXPECT_EQ(create(&config, 333), 0);
    EXPECT_EQ(domctl_op.domain, 333);
    EXPECT_EQ(child_destroy(333), 0);
    if (subject_is_mortise()) { /* Xen gives structures back later */
        EXPECT_EQ(host_free(), before);
    }
}

TEST(target_errors)
{
    static const unsigned int commands[] = {
        XEN_DOMCTL_destroydomain,    XEN_DOMCTL_pausedomain,       XEN_DOMCTL_unpausedomain,
        XEN_DOMCTL_max_mem,          XEN_DOMCTL_setvcpucontext,    XEN_DOMCTL_getvcpucontext,
        XEN_DOMCTL_getvcpuinfo,      XEN_DOMCTL_max_vcpus,         XEN_DOMCTL_scheduler_op,
        XEN_DOMCTL_setdomainhandle,  XEN_DOMCTL_setdebugging,      XEN_DOMCTL_irq_permission,
        XEN_DOMCTL_iomem_permission, XEN_DOMCTL_ioport_permission, XEN_DOMCTL_hypercall_init,
        XEN_DOMCTL_settimeoffset,    XEN_DOMCTL_getvcpuaffinity,   XEN_DOMCTL_setvcpuaffinity,
        XEN_DOMCTL_sendtrigger,      XEN_DOMCTL_set_address_size,  XEN_DOMCTL_get_address_size,
        XEN_DOMCTL_gettscinfo,       XEN_DOMCTL_settscinfo,        XEN_DOMCTL_getpageframeinfo3,
        XEN_DOMCTL_setnodeaffinity,  XEN_DOMCTL_getnodeaffinity,   XEN_DOMCTL_get_cpu_policy,
        XEN_DOMCTL_set_cpu_policy};

    memset(&domctl_op, 0, sizeof(domctl_op));
    for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
        EXPECT_EQ(domctl(commands[i], 4321), E(SRCH));
    }
    EXPECT_EQ(domctl(XEN_DOMCTL_destroydomain, 0), E(INVAL));
    EXPECT_EQ(domctl(XEN_DOMCTL_pausedomain, 0), E(INVAL));
    EXPECT_EQ(domctl(XEN_DOMCTL_setvcpucontext, 0), E(INVAL));
    EXPECT_EQ(domctl(7777, 0), E(NOSYS));
}

/* A context that no vCPU may start with is refused as a whole. */
TEST(context_errors)
{
    static struct vcpu_guest_context x, back;
    struct child c;

    memset(&c, 0, sizeof(c));
    c.id = child_new(1);
    child_populate(&c, CHILD_PAGES);
    child_fill(&c);
#define CONTEXT(change, error)                                                                     \
    do {                                                                                           \
        child_context_make(&c, &x);                                                                \
        change;                                                                                    \
        domctl_op.u.vcpucontext.vcpu = 0;                                                          \
        set_xen_guest_handle(domctl_op.u.vcpucontext.ctxt, &x);                                    \
        EXPECT_EQ(domctl(XEN_DOMCTL_setvcpucontext, c.id), error);                                 \
    } while (0)
    set_xen_guest_handle(domctl_op.u.vcpucontext.ctxt, &back);
    domctl_op.u.vcpucontext.vcpu = 0;
    EXPECT_EQ(domctl(XEN_DOMCTL_getvcpucontext, c.id), E(NODATA));
    CONTEXT(x.ctrlreg[3] = xen_pfn_to_cr3(mfn_of(boot_l4)), E(INVAL));
    CONTEXT(x.ctrlreg[3] = xen_pfn_to_cr3(0xfffffffful), E(INVAL));
    CONTEXT((x.gdt_ents = 512, x.gdt_frames[0] = mfn_of(boot_l4)), E(INVAL));
    CONTEXT(x.gdt_ents = 9000, E(INVAL));
    CONTEXT((x.ldt_ents = 8193, x.ldt_base = child_va(CHILD_FREE)), E(INVAL));
    CONTEXT((x.ldt_ents = 1, x.ldt_base = child_va(CHILD_FREE) + 8), E(INVAL));
    CONTEXT(x.user_regs.rip = 1ul << 47, E(INVAL));
    CONTEXT(x.event_callback_eip = 1ul << 47, E(INVAL));
    CONTEXT(x.syscall_callback_eip = 1ul << 60, E(INVAL));
    CONTEXT(x.fs_base = 1ul << 47, E(INVAL));
    CONTEXT(x.gs_base_kernel = 1ul << 47, E(INVAL));
    CONTEXT(domctl_op.u.vcpucontext.vcpu = 0, 0);
    /* it has a state now: registers may change, its tables not */
    CONTEXT(x.user_regs.rip = VIRT_BASE, 0);
    CONTEXT(x.ctrlreg[3] = xen_pfn_to_cr3(c.mfns[CHILD_L3]), E(OPNOTSUPP));
    set_xen_guest_handle(domctl_op.u.vcpucontext.ctxt, &back);
    domctl_op.u.vcpucontext.vcpu = 0;
    EXPECT_EQ(domctl(XEN_DOMCTL_getvcpucontext, c.id), 0);
    EXPECT_EQ(back.user_regs.rip, VIRT_BASE);
    EXPECT_EQ(back.user_regs.cs & 0xffff, FLAT_KERNEL_CS);
    EXPECT_EQ(back.ctrlreg[3], xen_pfn_to_cr3(c.mfns[CHILD_L4]));
    EXPECT(back.flags & VGCF_in_kernel && back.flags & VGCF_online);
    domctl_op.u.vcpucontext.vcpu = 1;
    EXPECT_EQ(domctl(XEN_DOMCTL_getvcpucontext, c.id), E(INVAL));
    EXPECT_EQ(domctl(XEN_DOMCTL_setvcpucontext, c.id), E(INVAL));
    domctl_op.u.vcpucontext.vcpu = 0;
    set_xen_guest_handle(domctl_op.u.vcpucontext.ctxt, (void *)0x10);
    EXPECT_EQ(domctl(XEN_DOMCTL_setvcpucontext, c.id), E(FAULT));
    EXPECT_EQ(domctl(XEN_DOMCTL_getvcpucontext, c.id), E(FAULT));
    child_end(&c);
}

static uint64_t cpumap;

static long affinity(unsigned int command, domid_t id, unsigned int vcpu, uint32_t flags,
                     uint64_t map)
{
    cpumap = map;
    memset(&domctl_op, 0, sizeof(domctl_op));
    domctl_op.u.vcpuaffinity.vcpu = vcpu;
    domctl_op.u.vcpuaffinity.flags = flags;
    set_xen_guest_handle(domctl_op.u.vcpuaffinity.cpumap_hard.bitmap, (uint8_t *)&cpumap);
    domctl_op.u.vcpuaffinity.cpumap_hard.nr_bits = 64;
    set_xen_guest_handle(domctl_op.u.vcpuaffinity.cpumap_soft.bitmap, (uint8_t *)&cpumap);
    domctl_op.u.vcpuaffinity.cpumap_soft.nr_bits = 64;
    return domctl(command, id);
}

TEST(scheduling_settings)
{
    struct xen_domctl_scheduler_op *s = &domctl_op.u.scheduler_op;
    static uint64_t nodes;
    struct child c;

    child_make(&c);
    EXPECT_EQ(affinity(XEN_DOMCTL_getvcpuaffinity, c.id, 0, XEN_VCPUAFFINITY_HARD, 0), 0);
    EXPECT(cpumap & 1);
    EXPECT_EQ(affinity(XEN_DOMCTL_setvcpuaffinity, c.id, 0, XEN_VCPUAFFINITY_HARD, 1), 0);
    EXPECT_EQ(cpumap, 1);
    EXPECT_EQ(affinity(XEN_DOMCTL_getvcpuaffinity, c.id, 0, XEN_VCPUAFFINITY_HARD, 0), 0);
    EXPECT_EQ(cpumap, 1);
    EXPECT_EQ(affinity(XEN_DOMCTL_setvcpuaffinity, c.id, 0, XEN_VCPUAFFINITY_HARD, 1ul << 63),
              E(INVAL));
    EXPECT_EQ(affinity(XEN_DOMCTL_setvcpuaffinity, c.id, 0, 0, 1), E(INVAL));
    EXPECT_EQ(affinity(XEN_DOMCTL_setvcpuaffinity, c.id, 7, XEN_VCPUAFFINITY_HARD, 1), E(INVAL));
    EXPECT_EQ(affinity(XEN_DOMCTL_setvcpuaffinity, c.id, 0, XEN_VCPUAFFINITY_SOFT, 1), 0);

    memset(&domctl_op, 0, sizeof(domctl_op));
    s->sched_id = XEN_SCHEDULER_CREDIT2;
    s->cmd = XEN_DOMCTL_SCHEDOP_getinfo;
    EXPECT_EQ(domctl(XEN_DOMCTL_scheduler_op, c.id), 0);
    EXPECT_EQ(s->u.credit2.weight, 256);
    EXPECT_EQ(s->u.credit2.cap, 0);
    s->cmd = XEN_DOMCTL_SCHEDOP_putinfo;
    s->u.credit2.weight = 512;
    s->u.credit2.cap = 50;
    EXPECT_EQ(domctl(XEN_DOMCTL_scheduler_op, c.id), 0);
    s->u.credit2.weight = 0; /* as it is */
    s->u.credit2.cap = 0;
    EXPECT_EQ(domctl(XEN_DOMCTL_scheduler_op, c.id), 0);
    s->cmd = XEN_DOMCTL_SCHEDOP_getinfo;
    EXPECT_EQ(domctl(XEN_DOMCTL_scheduler_op, c.id), 0);
    EXPECT_EQ(s->u.credit2.weight, 512);
    EXPECT_EQ(s->u.credit2.cap, 0);
    s->sched_id = XEN_SCHEDULER_RTDS;
    EXPECT_EQ(domctl(XEN_DOMCTL_scheduler_op, c.id), E(INVAL));
    s->sched_id = XEN_SCHEDULER_CREDIT2;
    s->cmd = XEN_DOMCTL_SCHEDOP_putvcpuinfo;
    EXPECT_EQ(domctl(XEN_DOMCTL_scheduler_op, c.id), E(INVAL));

    memset(&domctl_op, 0, sizeof(domctl_op));
    nodes = 1;
    set_xen_guest_handle(domctl_op.u.nodeaffinity.nodemap.bitmap, (uint8_t *)&nodes);
    domctl_op.u.nodeaffinity.nodemap.nr_bits = 64;
    EXPECT_EQ(domctl(XEN_DOMCTL_setnodeaffinity, c.id), 0);
    nodes = 0;
    EXPECT_EQ(domctl(XEN_DOMCTL_getnodeaffinity, c.id), 0);
    EXPECT(nodes & 1);
    nodes = 0;
    EXPECT_EQ(domctl(XEN_DOMCTL_setnodeaffinity, c.id), E(INVAL));
    child_end(&c);
}

TEST(other_settings)
{
    struct xen_memory_reservation claim = {.nr_extents = CHILD_PAGES + 8};
    static uint64_t frames[4];
    struct child c;

    memset(&c, 0, sizeof(c));
    c.id = claim.domid = child_new(1);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_claim_pages, &claim), E(INVAL));
    child_populate(&c, CHILD_PAGES);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_claim_pages, &claim), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_claim_pages, &claim), E(INVAL));
    claim.extent_order = 1;
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_claim_pages, &claim), E(INVAL));
    claim.extent_order = 0;
    EXPECT(domctl(XEN_DOMCTL_getdomaininfo, c.id) == 0 &&
           domctl_op.u.getdomaininfo.outstanding_pages == 8);
    claim.nr_extents = 0;
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_claim_pages, &claim), 0);

    domctl_op.u.max_vcpus.max = 2;
    EXPECT_EQ(domctl(XEN_DOMCTL_max_vcpus, c.id), E(INVAL));
    domctl_op.u.max_vcpus.max = 0;
    EXPECT_EQ(domctl(XEN_DOMCTL_max_vcpus, c.id), E(INVAL));
    EXPECT_EQ(domctl(XEN_DOMCTL_get_address_size, c.id), 0);
    EXPECT_EQ(domctl_op.u.address_size.size, 64);
    domctl_op.u.address_size.size = 64;
    EXPECT_EQ(domctl(XEN_DOMCTL_set_address_size, c.id), 0);
    domctl_op.u.address_size.size = 16;
    EXPECT_EQ(domctl(XEN_DOMCTL_set_address_size, c.id), E(INVAL));
    domctl_op.u.getvcpuinfo.vcpu = 0;
    EXPECT_EQ(domctl(XEN_DOMCTL_getvcpuinfo, c.id), 0);
    EXPECT(!domctl_op.u.getvcpuinfo.online && !domctl_op.u.getvcpuinfo.running);
    domctl_op.u.getvcpuinfo.vcpu = 1;
    EXPECT_EQ(domctl(XEN_DOMCTL_getvcpuinfo, c.id), E(INVAL));
    domctl_op.u.ioport_permission =
        (struct xen_domctl_ioport_permission){.first_port = 0xffff, .nr_ports = 2};
    EXPECT_EQ(domctl(XEN_DOMCTL_ioport_permission, c.id), E(INVAL));
    domctl_op.u.iomem_permission =
        (struct xen_domctl_iomem_permission){.first_mfn = 1ul << 52, .nr_mfns = 2};
    EXPECT_EITHER(domctl(XEN_DOMCTL_iomem_permission, c.id), E(INVAL), E(PERM));
    domctl_op.u.tsc_info = (struct xen_domctl_tsc_info){.tsc_mode = 9};
    EXPECT_EQ(domctl(XEN_DOMCTL_settscinfo, c.id), E(INVAL));
    domctl_op.u.tsc_info = (struct xen_domctl_tsc_info){.tsc_mode = 2};
    EXPECT_EQ(domctl(XEN_DOMCTL_settscinfo, c.id), 0);
    EXPECT_EQ(domctl(XEN_DOMCTL_gettscinfo, c.id), 0);
    EXPECT_EQ(domctl_op.u.tsc_info.tsc_mode, 2);
    frames[0] = c.mfns[0];
    frames[1] = mfn_of(frames);
    domctl_op.u.getpageframeinfo3.num = 2;
    set_xen_guest_handle(domctl_op.u.getpageframeinfo3.array, frames);
    EXPECT_EQ(domctl(XEN_DOMCTL_getpageframeinfo3, c.id), 0);
    EXPECT_EQ(frames[0], XEN_DOMCTL_PFINFO_NOTAB);
    EXPECT_EQ(frames[1], XEN_DOMCTL_PFINFO_XTAB);
    domctl_op.u.getpageframeinfo3.num = 1025;
    EXPECT_EQ(domctl(XEN_DOMCTL_getpageframeinfo3, c.id), E(2BIG));
    child_end(&c);
}
