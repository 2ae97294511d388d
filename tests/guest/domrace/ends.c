/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domains that are made and destroyed on one CPU, while the other lists them, asks about them, maps
 * their frames and grants, pins their tables, and tells them to end: whoever comes too late is told
 * so, and nothing is left behind.
 */
#include "../domains/domain.h"
#include "../race/race.h"

#define REF 11

static struct child child;
static volatile domid_t target; /* 0: none */
static volatile xen_pfn_t frame, root;
static uint64_t free_before;

static long other_domctl(struct xen_domctl *op, unsigned int command)
{
    op->cmd = command;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = target;
    return hcall(__HYPERVISOR_domctl, op);
}

static void life(bool answers)
{
    child_make(&child);
    frame = child.mfns[CHILD_FREE];
    root = child.mfns[CHILD_L4];
    target = child.id;
    race_pause(race_pick(20000));
    if (answers && race_pick(2)) {
        child_call(&child, __HYPERVISOR_xen_version, XENVER_version);
    }
    slot_unmap(SLOT_MAILBOX);
    child.mailbox = NULL;
    EXPECT_EQ(child_destroy(child.id), 0);
    target = 0;
    EXPECT(child_gone(child.id));
}

static void one_life(void)
{
    life(true);
}

static void short_life(void)
{
    life(false);
}

static bool expected(long rc)
{
    return rc == 0 || rc == E(SRCH) || rc == E(INVAL) || rc == E(BUSY) || rc == E(NODATA);
}

static void ask(void)
{
    static struct xen_domctl_getdomaininfo list[8];
    static struct vcpu_guest_context context;
    static struct xen_domctl op;
    static struct xen_sysctl sys;

    memset(&op, 0, sizeof(op));
    switch (race_pick(5)) {
    case 0:
        sys = (struct xen_sysctl){.cmd = XEN_SYSCTL_getdomaininfolist,
                                  .interface_version = XEN_SYSCTL_INTERFACE_VERSION};
        set_xen_guest_handle(sys.u.getdomaininfolist.buffer, list);
        sys.u.getdomaininfolist.max_domains = 8;
        EXPECT_EQ(hcall(__HYPERVISOR_sysctl, &sys), 0);
        EXPECT(sys.u.getdomaininfolist.num_domains >= 1 &&
               sys.u.getdomaininfolist.num_domains <= 3);
        break;
    case 1:
        EXPECT(expected(other_domctl(&op, XEN_DOMCTL_getvcpuinfo)));
        break;
    case 2:
        set_xen_guest_handle(op.u.vcpucontext.ctxt, &context);
        EXPECT(expected(other_domctl(&op, XEN_DOMCTL_getvcpucontext)));
        break;
    case 3:
        if (other_domctl(&op, XEN_DOMCTL_pausedomain) == 0) {
            EXPECT(expected(other_domctl(&op, XEN_DOMCTL_unpausedomain)));
        }
        break;
    default:
        EXPECT(expected(other_domctl(&op, XEN_DOMCTL_max_vcpus)));
        break;
    }
}

/*
 * A structure that the next domain was made without, since the last one's was still being put away,
 * is kept for later: at most one a vCPU.
 */
static void books_agree(void)
{
    uint64_t after = host_free();

    if (subject_is_mortise() && (after > free_before || after + 2 < free_before)) {
        FAIL("%lu free frames before, %lu after", free_before, after);
    }
}

static void begin(void)
{
    tables_make((unsigned long)slot_address(0));
    for (unsigned int i = 0; i < 3; i++) {
        one_life();
    }
    free_before = host_free();
}

/* Each side's domains are its own: none gets a number that the other has. */
static void make_one(unsigned int side)
{
    static struct xen_domctl ops[2], answers[2];
    struct xen_domctl *op = &ops[side], *answer = &answers[side];
    uint8_t mark = (uint8_t)(0x50 + side);
    long rc;

    memset(op, 0, sizeof(*op));
    op->cmd = XEN_DOMCTL_createdomain;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->u.createdomain = (struct xen_domctl_createdomain){
        .max_vcpus = 1,
        .max_evtchn_port = 63,
        .max_grant_frames = 1,
        .max_maptrack_frames = 1,
        .grant_opts = XEN_DOMCTL_GRANT_version(1),
    };
    memset(op->u.createdomain.handle, mark, sizeof(op->u.createdomain.handle));
    EXPECT_EQ(hcall(__HYPERVISOR_domctl, op), 0);
    memset(answer, 0, sizeof(*answer));
    answer->cmd = XEN_DOMCTL_getdomaininfo;
    answer->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    answer->domain = op->domain;
    EXPECT_EQ(hcall(__HYPERVISOR_domctl, answer), 0);
    EXPECT(answer->domain == op->domain && answer->u.getdomaininfo.handle[0] == mark);
    op->cmd = XEN_DOMCTL_destroydomain;
    do {
        rc = hcall(__HYPERVISOR_domctl, op);
    } while (rc == E(AGAIN));
    EXPECT_EQ(rc, 0);
}

static void make_here(void)
{
    make_one(0);
}

static void make_there(void)
{
    make_one(1);
}

TEST(race_making)
{
    race(make_here, make_there);
}

TEST(race_asking)
{
    begin();
    race(one_life, ask);
    books_agree();
}

static void shut_down(void)
{
    struct sched_remote_shutdown end = {.domain_id = target, .reason = SHUTDOWN_poweroff};

    if (end.domain_id != 0) {
        EXPECT(expected(hcall(__HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, &end)));
    }
}

TEST(race_ending)
{
    begin();
    race(short_life, shut_down);
    books_agree();
}

/* Slots far from those of the other side's toolstack. */
#define OTHER_SLOT 40

static long other_map(unsigned int slot, domid_t id, xen_pfn_t mfn, uint64_t flags)
{
    mmu_update_t update = {.val = flags ? pte_make(mfn, flags) : 0};

    update.ptr = machine_of(pte_find((unsigned long)slot_address(slot), 1));
    return hcall(__HYPERVISOR_mmu_update, &update, 1, NULL, id);
}

static void map_frames(void)
{
    domid_t id = target;
    xen_pfn_t mfn = frame, table = root;

    if (id == 0) {
        return;
    }
    if (other_map(OTHER_SLOT, id, mfn, race_pick(2) ? PTE_RW : PTE_RO) == 0) {
        race_pause(race_pick(30000));
        EXPECT_EQ(other_map(OTHER_SLOT, DOMID_SELF, 0, 0), 0);
    }
    if (other_map(OTHER_SLOT + 1, id, table, PTE_RO) == 0) {
        race_pause(race_pick(3000));
        EXPECT_EQ(other_map(OTHER_SLOT + 1, DOMID_SELF, 0, 0), 0);
    }
}

TEST(race_mapping)
{
    begin();
    race(one_life, map_frames);
    books_agree();
}

static void pin_tables(void)
{
    struct mmuext_op op = {.cmd = race_pick(2) ? MMUEXT_PIN_L4_TABLE : MMUEXT_UNPIN_TABLE};
    domid_t id = target;

    op.arg1.mfn = root;
    if (id != 0) {
        EXPECT(expected(hcall(__HYPERVISOR_mmuext_op, &op, 1, NULL, id)));
    }
}

TEST(race_pinning)
{
    begin();
    race(one_life, pin_tables);
    books_agree();
}

/* The child grants a frame for good; the other side maps and copies it whenever it can. */
static void granted_life(void)
{
    struct gnttab_setup_table setup = {.nr_frames = 1};
    static xen_pfn_t list;
    grant_entry_v1_t *table;

    child_make(&child);
    setup.dom = child.id;
    set_xen_guest_handle(setup.frame_list, &list);
    REQUIRE(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, 1) == 0);
    REQUIRE(slot_map(SLOT_TEST, child.id, list, PTE_RW) == 0);
    table = slot_address(SLOT_TEST);
    table[REF].frame = (uint32_t)child.mfns[CHILD_FREE];
    table[REF].domid = 0;
    __atomic_store_n(&table[REF].flags, GTF_permit_access, __ATOMIC_SEQ_CST);
    slot_unmap(SLOT_TEST);
    target = child.id;
    race_pause(race_pick(100000));
    slot_unmap(SLOT_MAILBOX);
    EXPECT_EQ(child_destroy(child.id), 0);
    target = 0;
    EXPECT(child_gone(child.id));
}

static void use_grants(void)
{
    static char page[PAGE_SIZE] __attribute__((aligned(4096)));
    struct gnttab_map_grant_ref map = {.host_addr = (uint64_t)slot_address(OTHER_SLOT),
                                       .flags = GNTMAP_host_map | race_pick(2) * GNTMAP_readonly,
                                       .ref = REF,
                                       .dom = target};
    struct gnttab_unmap_grant_ref unmap = {.host_addr = map.host_addr};
    struct gnttab_copy copy = {.flags = GNTCOPY_source_gref, .len = 512};

    if (target == 0) {
        return;
    }
    EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &map, 1), 0);
    if (map.status == GNTST_okay) {
        race_pause(race_pick(30000));
        unmap.handle = map.handle;
        EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
        EXPECT_EQ(unmap.status, GNTST_okay);
    }
    copy.source.domid = target;
    copy.source.u.ref = REF;
    copy.dest.domid = DOMID_SELF;
    copy.dest.u.gmfn = mfn_of(page);
    EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_copy, &copy, 1), 0);
}

TEST(race_granting)
{
    /* the mapper's records are made with its first mapping, even one that fails, and kept */
    struct gnttab_map_grant_ref map = {.flags = GNTMAP_host_map, .ref = 500, .dom = DOMID_SELF};

    hcall(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &map, 1);
    begin();
    race(granted_life, use_grants);
    books_agree();
}

/* Ports between both, bound and closed on both sides while one of them ends. */
static void bind_ports(void)
{
    domid_t id = target; /* one look: the other side changes it */
    struct evtchn_alloc_unbound unbound = {.dom = id, .remote_dom = DOMID_SELF};
    struct evtchn_bind_interdomain bind = {.remote_dom = id};
    struct evtchn_close close;

    if (id == 0 || hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &unbound) != 0) {
        return;
    }
    bind.remote_port = unbound.port;
    if (hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &bind) == 0) {
        close.port = bind.local_port;
        hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &close);
        EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), 0);
    }
}

TEST(race_binding)
{
    begin();
    race(one_life, bind_ports);
    books_agree();
}
