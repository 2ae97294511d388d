/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What two domains share by consent: grants mapped and copied in both directions, event channels
 * between them, and what becomes of both when one end dies.
 */
#include "domain.h"

#define REF 9

/* The child's grant table, mapped where it sees it, and here at a slot. */
static grant_entry_v1_t *grants_of(struct child *c, unsigned int slot)
{
    struct gnttab_setup_table setup = {.dom = c->id, .nr_frames = 1};
    static xen_pfn_t frame;

    set_xen_guest_handle(setup.frame_list, &frame);
    REQUIRE(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, 1) == 0);
    REQUIRE(setup.status == GNTST_okay);
    REQUIRE(slot_map(slot, c->id, frame, PTE_RW) == 0);
    return slot_address(slot);
}

static void grant(grant_entry_v1_t *table, unsigned int ref, domid_t to, unsigned long frame,
                  uint16_t flags)
{
    table[ref].frame = (uint32_t)frame;
    table[ref].domid = to;
    __atomic_store_n(&table[ref].flags, GTF_permit_access | flags, __ATOMIC_SEQ_CST);
}

static struct gnttab_map_grant_ref map(domid_t dom, uint32_t ref, void *at, uint32_t flags)
{
    struct gnttab_map_grant_ref op = {
        .host_addr = (uint64_t)at, .flags = GNTMAP_host_map | flags, .ref = ref, .dom = dom};

    EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &op, 1), 0);
    return op;
}

static int unmap(uint64_t at, grant_handle_t handle)
{
    struct gnttab_unmap_grant_ref op = {.host_addr = at, .handle = handle};

    EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, &op, 1), 0);
    return op.status;
}

TEST(grant_between)
{
    volatile uint64_t *word = slot_address(SLOT_TEST + 1);
    struct gnttab_map_grant_ref m;
    grant_entry_v1_t *table;
    struct child c;

    child_make(&c);
    table = grants_of(&c, SLOT_TEST);
    m = map(c.id, REF, slot_address(SLOT_TEST + 1), 0);
    EXPECT_EQ(m.status, GNTST_general_error); /* nothing is granted yet */
    grant(table, REF, 0, c.mfns[CHILD_FREE], 0);
    m = map(c.id, REF, slot_address(SLOT_TEST + 1), 0);
    EXPECT_EQ(m.status, GNTST_okay);
    EXPECT_EQ(m.dev_bus_addr >> PAGE_SHIFT, c.mfns[CHILD_FREE]);
    EXPECT_EQ(table[REF].flags & (GTF_reading | GTF_writing), GTF_reading | GTF_writing);
    word[2] = 0x600d;
    EXPECT_EQ(child_job(&c, JOB_READ, child_va(CHILD_FREE) + 16, 0), 0x600d);
    EXPECT_EQ(unmap(m.host_addr, m.handle), GNTST_okay);
    EXPECT_EQ(table[REF].flags & (GTF_reading | GTF_writing), 0);
    EXPECT_EQ(unmap(m.host_addr, m.handle), GNTST_bad_handle);
    /* read-only, and as Linux's gntdev asks for it: the entry by its machine address */
    grant(table, REF, 0, c.mfns[CHILD_FREE], GTF_readonly);
    m = map(c.id, REF, slot_address(SLOT_TEST + 1), 0);
    EXPECT_EQ(m.status, GNTST_general_error);
    m = map(c.id, REF, (void *)machine_of(pte_find((unsigned long)slot_address(SLOT_TEST + 1), 1)),
            GNTMAP_readonly | GNTMAP_application_map | GNTMAP_contains_pte |
                1u << _GNTMAP_guest_avail0);
    EXPECT_EQ(m.status, GNTST_okay);
    EXPECT_EQ(word[2], 0x600d);
    EXPECT_EQ(unmap(m.host_addr, m.handle), GNTST_okay);
    grant(table, REF, 77, c.mfns[CHILD_FREE], 0); /* for somebody else */
    m = map(c.id, REF, slot_address(SLOT_TEST + 1), 0);
    EXPECT_EQ(m.status, GNTST_general_error);
    grant(table, REF, 0, mfn_of(boot_l4), 0); /* not the granter's frame */
    m = map(c.id, REF, slot_address(SLOT_TEST + 1), 0);
    EXPECT(m.status != GNTST_okay);
    m = map(4321, REF, slot_address(SLOT_TEST + 1), 0);
    EXPECT_EQ(m.status, GNTST_bad_domain);
    slot_unmap(SLOT_TEST);
    child_end(&c);
}

static int copy(const struct gnttab_copy *op)
{
    struct gnttab_copy one = *op;

    EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_copy, &one, 1), 0);
    return one.status;
}

TEST(grant_copy_between)
{
    uint64_t *page = page_alloc();
    struct gnttab_copy op = {.len = 64, .flags = GNTCOPY_source_gref};
    grant_entry_v1_t *table;
    struct child c;

    child_make(&c);
    table = grants_of(&c, SLOT_TEST);
    grant(table, REF, 0, c.mfns[CHILD_FREE], GTF_readonly);
    child_job(&c, JOB_WRITE, child_va(CHILD_FREE) + 24, 0xfeed);
    op.source.domid = c.id;
    op.source.u.ref = REF;
    op.source.offset = 16;
    op.dest.domid = DOMID_SELF;
    op.dest.u.gmfn = mfn_of(page);
    op.dest.offset = 128;
    EXPECT_EQ(copy(&op), GNTST_okay);
    EXPECT_EQ(page[17], 0xfeed);
    op = (struct gnttab_copy){.len = 8, .flags = GNTCOPY_dest_gref};
    op.source.domid = DOMID_SELF;
    op.source.u.gmfn = mfn_of(page);
    op.source.offset = 136;
    op.dest.domid = c.id;
    op.dest.u.ref = REF;
    EXPECT_EQ(copy(&op), GNTST_general_error); /* it may be read only */
    grant(table, REF, 0, c.mfns[CHILD_FREE], 0);
    EXPECT_EQ(copy(&op), GNTST_okay);
    EXPECT_EQ(child_job(&c, JOB_READ, child_va(CHILD_FREE), 0), 0xfeed);
    op.flags = 0; /* a foreign frame by its number */
    op.dest.u.gmfn = c.mfns[CHILD_FREE];
    EXPECT(copy(&op) != GNTST_okay);
    slot_unmap(SLOT_TEST);
    child_end(&c);
}

/* A mapped grant keeps its granter in the list, dying, until it is unmapped. */
TEST(grant_outlives)
{
    struct xen_domctl_getdomaininfo info;
    struct gnttab_map_grant_ref m;
    struct child c;

    child_make(&c);
    grant(grants_of(&c, SLOT_TEST), REF, 0, c.mfns[CHILD_FREE], 0);
    slot_unmap(SLOT_TEST);
    m = map(c.id, REF, slot_address(SLOT_TEST + 1), 0);
    EXPECT_EQ(m.status, GNTST_okay);
    slot_unmap(SLOT_MAILBOX);
    EXPECT_EQ(child_destroy(c.id), 0);
    EXPECT(child_info(c.id, &info) && info.flags & XEN_DOMINF_dying);
    ((volatile uint64_t *)slot_address(SLOT_TEST + 1))[3] = 1;
    EXPECT_EQ(unmap(m.host_addr, m.handle), GNTST_okay);
    EXPECT(child_gone(c.id));
}

/* The other way: the child maps what the control kernel grants, and dies with it. */
TEST(grant_to_child)
{
    struct gnttab_map_grant_ref m;
    volatile uint64_t *page = page_alloc();
    grant_entry_v1_t *table = grants_get();
    struct child c;

    child_make(&c);
    grant(table, REF, c.id, mfn_of((void *)page), 0);
    m = (struct gnttab_map_grant_ref){
        .host_addr = child_va(CHILD_GRANTS), .flags = GNTMAP_host_map, .ref = REF, .dom = 0};
    memcpy(c.mailbox->data, &m, sizeof(m));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, child_data(), 1),
              0);
    memcpy(&m, c.mailbox->data, sizeof(m));
    EXPECT_EQ(m.status, GNTST_okay);
    child_job(&c, JOB_WRITE, child_va(CHILD_GRANTS) + 8, 0xbeef);
    EXPECT_EQ(page[1], 0xbeef);
    EXPECT_EQ(table[REF].flags & (GTF_reading | GTF_writing), GTF_reading | GTF_writing);
    child_end(&c);
    EXPECT_EQ(table[REF].flags & (GTF_reading | GTF_writing), 0);
    table[REF].flags = 0;
}

TEST(events_between)
{
    struct evtchn_alloc_unbound unbound = {.remote_dom = DOMID_SELF};
    struct evtchn_bind_interdomain bind;
    struct evtchn_status status;
    struct evtchn_send send;
    struct child c;

    child_make(&c);
    unbound.dom = c.id;
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &unbound), 0);
    bind = (struct evtchn_bind_interdomain){.remote_dom = c.id, .remote_port = unbound.port};
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &bind), 0);
    status = (struct evtchn_status){.dom = c.id, .port = unbound.port};
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_status, &status), 0);
    EXPECT_EQ(status.status, EVTCHNSTAT_interdomain);
    EXPECT_EQ(status.u.interdomain.dom, 0);
    EXPECT_EQ(status.u.interdomain.port, bind.local_port);
    /* the child to us */
    port_mask(bind.local_port, false);
    port_clear(bind.local_port);
    memcpy(c.mailbox->data, &(struct evtchn_send){unbound.port}, sizeof(send));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_event_channel_op, EVTCHNOP_send, child_data()), 0);
    EXPECT(port_pending(bind.local_port) || port_hits[bind.local_port]);
    port_clear(bind.local_port);
    /* and back: the bit is in its shared_info */
    REQUIRE(slot_map(SLOT_TEST, c.id, c.shared_mfn, PTE_RW) == 0);
    send.port = bind.local_port;
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send), 0);
    EXPECT(((shared_info_t *)slot_address(SLOT_TEST))->evtchn_pending[0] >> unbound.port & 1);
    slot_unmap(SLOT_TEST);
    child_end(&c);
    /* its end is closed: ours waits for anybody of that number, and sending is lost */
    status = (struct evtchn_status){.dom = DOMID_SELF, .port = bind.local_port};
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_status, &status), 0);
    EXPECT_EQ(status.status, EVTCHNSTAT_unbound);
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &send), 0);
    unbound.dom = 4321;
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &unbound), E(SRCH));
}

/* The toolstack's way to the entries that it seeds. */
TEST(grant_seeding)
{
    struct xen_mem_acquire_resource a = {.type = XENMEM_resource_grant_table,
                                         .id = XENMEM_resource_grant_table_id_shared};
    static xen_pfn_t frames[16];
    grant_entry_v1_t *table;
    struct child c;

    child_make(&c);
    a.domid = c.id;
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &a), 0);
    EXPECT(a.nr_frames >= 8);
    set_xen_guest_handle(a.frame_list, frames);
    a.nr_frames = 1;
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &a), 0);
    EXPECT_EQ(slot_map(SLOT_TEST, c.id, frames[0], PTE_RW), 0);
    table = slot_address(SLOT_TEST);
    grant(table, 0, 0, c.mfns[CHILD_FREE], 0);
    EXPECT_EQ(grants_of(&c, SLOT_TEST + 1)[0].frame, c.mfns[CHILD_FREE]);
    slot_unmap(SLOT_TEST + 1);
    slot_unmap(SLOT_TEST);
    a.nr_frames = 9;
    EXPECT(hcall(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &a) != 0);
    a.nr_frames = 1;
    a.domid = 4321;
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &a), E(SRCH));
    child_end(&c);
}
