/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain that was destroyed and is held by a mapping of one of its frames: no port, grant, frame
 * or table is made of it any more. And another domain's things that may be had while it lives.
 */
#include "domain.h"

#define NOWHERE ((void *)0x1000)

static struct child c;

/* Destroyed, but not gone. */
static void make_dying(void)
{
    child_make(&c);
    REQUIRE(slot_map(SLOT_TEST, c.id, c.mfns[CHILD_FREE], PTE_RO) == 0);
    slot_unmap(SLOT_MAILBOX);
    c.mailbox = NULL;
    REQUIRE(child_destroy(c.id) == 0);
    REQUIRE(child_exists(c.id));
}

static void let_go(void)
{
    slot_unmap(SLOT_TEST);
    EXPECT(child_gone(c.id));
}

TEST(dying_events)
{
    struct evtchn_alloc_unbound unbound = {.remote_dom = DOMID_SELF};
    struct evtchn_bind_interdomain bind = {.remote_port = 1};

    make_dying();
    unbound.dom = c.id;
    bind.remote_dom = c.id;
    EXPECT(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &unbound) < 0);
    EXPECT(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &bind) < 0);
    let_go();
}

TEST(dying_grants)
{
    struct gnttab_setup_table setup = {.nr_frames = 2};
    struct gnttab_map_grant_ref map = {.flags = GNTMAP_device_map, .ref = 1};
    struct gnttab_copy copy = {.source = {.u.ref = 1},
                               .dest = {.domid = DOMID_SELF},
                               .len = 8,
                               .flags = GNTCOPY_source_gref};
    static xen_pfn_t frames[2];

    make_dying();
    setup.dom = map.dom = copy.source.domid = c.id;
    copy.dest.u.gmfn = mfn_of(page_alloc());
    set_xen_guest_handle(setup.frame_list, frames);
    EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, 1), 0);
    EXPECT_ON(setup.status, GNTST_general_error, GNTST_okay); /* Xen still lets it grow */
    EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &map, 1), 0);
    EXPECT(map.status != GNTST_okay);
    EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_copy, &copy, 1), 0);
    EXPECT(copy.status != GNTST_okay);
    let_go();
}

TEST(dying_memory)
{
    struct xen_memory_reservation r = {.nr_extents = 1};
    struct xen_mem_acquire_resource acquire = {.type = XENMEM_resource_grant_table, .nr_frames = 1};
    static xen_pfn_t frame;

    make_dying();
    r.domid = acquire.domid = c.id;
    set_xen_guest_handle(r.extent_start, &frame);
    EXPECT(hcall(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r) <= 0);
    set_xen_guest_handle(acquire.frame_list, &frame);
    EXPECT_ON(hcall(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &acquire), E(INVAL), 0);
    EXPECT(slot_map(SLOT_TEST + 1, c.id, c.mfns[CHILD_FREE + 1], PTE_RO) < 0);
    let_go();
}

TEST(resource_errors)
{
    static xen_pfn_t frames[64];
    struct xen_mem_acquire_resource a = {.type = XENMEM_resource_grant_table, .nr_frames = 1};

#define ACQUIRE(change)                                                                            \
    ({                                                                                             \
        a = (struct xen_mem_acquire_resource){                                                     \
            .domid = c.id, .type = XENMEM_resource_grant_table, .nr_frames = 1};                   \
        set_xen_guest_handle(a.frame_list, frames);                                                \
        change;                                                                                    \
        hcall(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &a);                                \
    })
    child_make(&c);
    EXPECT_EQ(ACQUIRE(a.frame = 0), 0);
    EXPECT_EQ(ACQUIRE(a.domid = 4321), E(SRCH));
    EXPECT(ACQUIRE(a.domid = DOMID_SELF) < 0);
    EXPECT(ACQUIRE(a.pad = 1) < 0);
    EXPECT_EQ(ACQUIRE(a.type = 77), E(OPNOTSUPP));
    EXPECT(ACQUIRE(a.frame = 1000) < 0);
    EXPECT(ACQUIRE((a.frame = 0, a.nr_frames = 40)) < 0);
    EXPECT(ACQUIRE((a.frame = 1ul << 63, a.nr_frames = 1)) < 0);
    EXPECT_EQ(ACQUIRE(set_xen_guest_handle(a.frame_list, NOWHERE)), E(FAULT));
    child_end(&c);
}

/* Another domain's ports: their state may be asked, and nothing be undone. */
TEST(foreign_reset)
{
    struct evtchn_reset reset;
    struct evtchn_alloc_unbound unbound = {.remote_dom = DOMID_SELF};
    struct evtchn_status status;

    if (!subject_is_mortise()) {
        SKIP("Xen lets a toolstack reset another domain's ports");
    }
    child_make(&c);
    unbound.dom = status.dom = reset.dom = c.id;
    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &unbound) == 0);
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_reset, &reset), E(OPNOTSUPP));
    status.port = unbound.port;
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_status, &status), 0);
    EXPECT_EQ(status.status, EVTCHNSTAT_unbound);
    child_end(&c);
}

/* The map that a guest is told: what the toolstack set, or nothing. */
TEST(foreign_memory_map)
{
    struct e820 {
        uint64_t start, size;
        uint32_t type;
    } __attribute__((packed)) range = {0, 0x40000, 1};
    struct xen_foreign_memory_map set = {.map = {.nr_entries = 1}};
    struct xen_memory_map get = {.nr_entries = 4};

    child_make(&c);
    set_xen_guest_handle(get.buffer, (void *)(child_data() + 256));
    memcpy(c.mailbox->data, &get, sizeof(get));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_memory_op, XENMEM_memory_map, child_data()), E(NOSYS));
    set.domid = c.id;
    set_xen_guest_handle(set.map.buffer, (void *)&range);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_set_memory_map, &set), 0);
    memcpy(c.mailbox->data, &get, sizeof(get));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_memory_op, XENMEM_memory_map, child_data()), 0);
    EXPECT_EQ(((struct xen_memory_map *)c.mailbox->data)->nr_entries, 1);
    EXPECT(memcmp(c.mailbox->data + 256, &range, sizeof(range)) == 0);
    set_xen_guest_handle(get.buffer, NOWHERE);
    memcpy(c.mailbox->data, &get, sizeof(get));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_memory_op, XENMEM_memory_map, child_data()), E(FAULT));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_memory_op, XENMEM_memory_map, 0x1000), E(FAULT));
    set.map.nr_entries = 1000000;
    EXPECT(hcall(__HYPERVISOR_memory_op, XENMEM_set_memory_map, &set) < 0);
    set.domid = 4321;
    set.map.nr_entries = 1;
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_set_memory_map, &set), E(SRCH));
    child_end(&c);
}

/* Reasons for a domain's end that there are not; it lives on. */
TEST(foreign_shutdown_reason)
{
    struct sched_remote_shutdown remote = {.reason = 77};

    if (!subject_is_mortise()) {
        SKIP("Xen takes any number as a crash");
    }
    child_make(&c);
    remote.domain_id = c.id;
    EXPECT_EQ(hcall(__HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, &remote), E(INVAL));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_xen_version, XENVER_pagesize), PAGE_SIZE);
    child_end(&c);
}

/* More than the host has is not set aside. */
TEST(foreign_claim_too_much)
{
    struct xen_memory_reservation claim = {.nr_extents = host_free() + 10000};

    memset(&c, 0, sizeof(c));
    c.id = claim.domid = child_new(1);
    domctl_op.u.max_mem.max_memkb = (claim.nr_extents + 1000) * 4;
    REQUIRE(domctl(XEN_DOMCTL_max_mem, c.id) == 0);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_claim_pages, &claim), E(NOMEM));
    child_end(&c);
}

/* An NMI for a vCPU that has not run yet. */
TEST(foreign_nmi)
{
    memset(&c, 0, sizeof(c));
    c.id = child_new(1);
    child_populate(&c, CHILD_PAGES);
    child_fill(&c);
    REQUIRE(child_context(&c, 0) == 0);
    domctl_op.u.sendtrigger = (struct xen_domctl_sendtrigger){.trigger = 0, .vcpu = 0};
    EXPECT_EQ(domctl(XEN_DOMCTL_sendtrigger, c.id), 0);
    EXPECT_EQ(domctl(XEN_DOMCTL_sendtrigger, c.id), 0);
    child_end(&c);
}

/* Registers of one domain are not the next one's to read (XSA-172, XSA-333). */
TEST(fpu_not_shared)
{
    uint64_t mine;

    child_make(&c);
    hcall(__HYPERVISOR_fpu_taskswitch, 0);
    __asm__ volatile("movq %0, %%xmm7" : : "r"(0x5ec2e75ec2e7ul));
    EXPECT_EQ(child_job(&c, JOB_FPU, 0xabcdef, 0), 0);
    __asm__ volatile("movq %%xmm7, %0" : "=r"(mine));
    EXPECT_EQ(mine, 0x5ec2e75ec2e7ul);
    __asm__ volatile("movq %0, %%xmm7" : : "r"(0x77ul));
    EXPECT_EQ(child_job(&c, JOB_FPU, 0, 0), 0xabcdef);
    child_end(&c);
}
