/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps (life.h), in their order. The domain has a number of its own, beyond those that are in
 * use, two vCPUs, and the kernel of the group `domains`.
 */
#include "life.h"
#include "faults.h"

/* In a page of the table of owners that nobody else is in; each has another, as its refusals do. */
#define NUMBER_FIRST 600
#define NUMBER_LAST  1000
#define REF          20u

static evtchn_port_t remote_port, local_port;

static long create(struct child *c)
{
    static domid_t number = NUMBER_FIRST;
    long rc;

    number = number == NUMBER_LAST ? NUMBER_FIRST : number + 1;

    memset(&domctl_op, 0, sizeof(domctl_op));
    domctl_op.u.createdomain = (struct xen_domctl_createdomain){
        .handle = {0x11, 0xfe},
        .max_vcpus = 2,
        .max_evtchn_port = 1023,
        .max_grant_frames = 8,
        .max_maptrack_frames = 16,
        .grant_opts = XEN_DOMCTL_GRANT_version(1),
    };
    rc = domctl(XEN_DOMCTL_createdomain, number);
    if (rc == 0) {
        c->id = number;
    }
    return rc;
}

static long policy(struct child *c)
{
    memset(&domctl_op, 0, sizeof(domctl_op));
    return domctl(XEN_DOMCTL_set_cpu_policy, c->id);
}

static long vcpus(struct child *c)
{
    domctl_op.u.max_vcpus.max = 2;
    return domctl(XEN_DOMCTL_max_vcpus, c->id);
}

static long allowance(struct child *c)
{
    domctl_op.u.max_mem.max_memkb = CHILD_PAGES * 4 + 64;
    return domctl(XEN_DOMCTL_max_mem, c->id);
}

static long claim(struct child *c)
{
    struct xen_memory_reservation r = {.nr_extents = CHILD_PAGES, .domid = c->id};

    return hcall(__HYPERVISOR_memory_op, XENMEM_claim_pages, &r);
}

/* A part of it is a success of so many extents: it goes on from there. */
static long populate(struct child *c)
{
    struct xen_memory_reservation r = {.nr_extents = CHILD_PAGES - c->pages, .domid = c->id};
    long rc;

    for (unsigned int i = c->pages; i < CHILD_PAGES; i++) {
        c->mfns[i] = i;
    }
    set_xen_guest_handle(r.extent_start, c->mfns + c->pages);
    rc = hcall(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r);
    if (rc < 0) {
        return rc;
    }
    c->pages += (unsigned int)rc;
    return c->pages == CHILD_PAGES ? 0 : E(NOMEM);
}

static long memory_map(struct child *c)
{
    static struct {
        uint64_t start, size;
        uint32_t type;
    } __attribute__((packed)) map[2] = {{0, 0x40000, 1}, {0x100000, 0x1000, 2}};
    struct xen_foreign_memory_map op = {.domid = c->id, .map = {.nr_entries = 2}};

    set_xen_guest_handle(op.map.buffer, map);
    return hcall(__HYPERVISOR_memory_op, XENMEM_set_memory_map, &op);
}

static long device_memory(struct child *c)
{
    memset(&domctl_op.u, 0, sizeof(domctl_op.u));
    domctl_op.u.iomem_permission =
        (struct xen_domctl_iomem_permission){.first_mfn = 0xfed40, .nr_mfns = 1, .allow_access = 1};
    return domctl(XEN_DOMCTL_iomem_permission, c->id);
}

static long ports(struct child *c)
{
    memset(&domctl_op.u, 0, sizeof(domctl_op.u));
    domctl_op.u.ioport_permission = (struct xen_domctl_ioport_permission){
        .first_port = 0x3e8, .nr_ports = 8, .allow_access = 1};
    return domctl(XEN_DOMCTL_ioport_permission, c->id);
}

/* Image and tables, through foreign mappings; and the pin of the root. */
static long fill(struct child *c)
{
    struct mmuext_op op = {.cmd = MMUEXT_PIN_L4_TABLE};

    child_fill(c);
    op.arg1.mfn = c->mfns[CHILD_L4];
    return hcall(__HYPERVISOR_mmuext_op, &op, 1, NULL, c->id);
}

static long context(struct child *c)
{
    return child_context(c, 0);
}

static long context_back(struct child *c)
{
    static struct vcpu_guest_context x;

    domctl_op.u.vcpucontext.vcpu = 0;
    set_xen_guest_handle(domctl_op.u.vcpucontext.ctxt, &x);
    return domctl(XEN_DOMCTL_getvcpucontext, c->id);
}

static long run(struct child *c)
{
    REQUIRE(slot_map(SLOT_MAILBOX, c->id, c->mfns[CHILD_MAILBOX], PTE_RW) == 0);
    c->mailbox = slot_address(SLOT_MAILBOX);
    return domctl(XEN_DOMCTL_unpausedomain, c->id);
}

/* -- from here on the domain itself asks */

static long ask(struct child *c, unsigned int number, uint64_t command, uint64_t first,
                const void *argument, unsigned int bytes)
{
    memcpy(c->mailbox->data, argument, bytes);
    if (number == __HYPERVISOR_vcpu_op) {
        return child_call(c, number, command, first, child_data());
    }
    return child_call(c, number, command, child_data(), 1);
}

static long grant_status(const struct child *c, long rc, unsigned int offset)
{
    int16_t status;

    memcpy(&status, c->mailbox->data + offset, sizeof(status));
    if (rc != 0 || status == GNTST_okay) {
        return rc;
    }
    return status == GNTST_general_error || status == GNTST_no_space ? E(NOMEM) : status;
}

static long grant_frames(struct child *c)
{
    struct gnttab_setup_table op = {.dom = DOMID_SELF, .nr_frames = 4};
    long rc;

    op.frame_list.p = (void *)(child_data() + 64);
    rc = ask(c, __HYPERVISOR_grant_table_op, GNTTABOP_setup_table, 0, &op, sizeof(op));
    return grant_status(c, rc, offsetof(struct gnttab_setup_table, status));
}

/* A grant of its own, mapped by itself. */
static long grant_mapping(struct child *c)
{
    struct gnttab_map_grant_ref op = {.host_addr = child_va(CHILD_FREE + 20),
                                      .flags = GNTMAP_host_map,
                                      .ref = REF,
                                      .dom = DOMID_SELF};
    struct gnttab_setup_table table = {.dom = c->id, .nr_frames = 1};
    grant_entry_v1_t *entries;
    static xen_pfn_t frame;

    set_xen_guest_handle(table.frame_list, &frame);
    REQUIRE(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &table, 1) == 0);
    REQUIRE(slot_map(SLOT_WORK, c->id, frame, PTE_RW) == 0);
    entries = slot_address(SLOT_WORK);
    entries[REF].frame = (uint32_t)c->mfns[CHILD_FREE + 21];
    entries[REF].domid = c->id;
    entries[REF].flags = GTF_permit_access;
    slot_unmap(SLOT_WORK);
    return grant_status(
        c, ask(c, __HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, 0, &op, sizeof(op)),
        offsetof(struct gnttab_map_grant_ref, status));
}

/* Ports until a further page of them is needed. */
static long unbound_ports(struct child *c)
{
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = 0};
    long rc = 0;

    for (remote_port = 0; remote_port <= 64 && rc == 0;) {
        rc = ask(c, __HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, 0, &op, sizeof(op));
        if (rc == 0) {
            memcpy(&op, c->mailbox->data, sizeof(op));
            remote_port = op.port;
        }
    }
    return rc;
}

static long pair(struct child *c)
{
    struct evtchn_bind_interdomain op = {.remote_dom = c->id, .remote_port = remote_port};
    long rc = hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &op);

    if (rc == 0) {
        local_port = op.local_port;
    }
    return rc;
}

static long vcpu_initialise(struct child *c)
{
    struct vcpu_guest_context *x = slot_address(SLOT_TEST);
    long rc;

    for (unsigned int i = 0; i < 2; i++) {
        REQUIRE(slot_map(SLOT_TEST + i, c->id, c->mfns[CHILD_FREE + 2 + i], PTE_RW) == 0);
    }
    child_context_make(c, x);
    rc = child_call(c, __HYPERVISOR_vcpu_op, VCPUOP_initialise, 1, child_va(CHILD_FREE + 2));
    slot_unmap(SLOT_TEST);
    slot_unmap(SLOT_TEST + 1);
    return rc;
}

static long vcpu_info(struct child *c)
{
    struct vcpu_register_vcpu_info op = {.mfn = c->mfns[CHILD_FREE + 5], .offset = 64};

    return ask(c, __HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 1, &op, sizeof(op));
}

/* The frame that no table shows, for another. */
static long exchange(struct child *c)
{
    struct xen_memory_exchange op = {
        .in = {.nr_extents = 1, .domid = DOMID_SELF},
        .out = {.nr_extents = 1, .domid = DOMID_SELF},
    };
    uint64_t *list = (uint64_t *)(c->mailbox->data + 1024);
    long rc;

    op.in.extent_start.p = (void *)(child_data() + 1024);
    op.out.extent_start.p = (void *)(child_data() + 1032);
    list[0] = c->mfns[CHILD_SHARED];
    list[1] = CHILD_SHARED;
    rc = ask(c, __HYPERVISOR_memory_op, XENMEM_exchange, 0, &op, sizeof(op));
    if (rc == 0) {
        c->mfns[CHILD_SHARED] = list[1];
    }
    return rc;
}

static long more_memory(struct child *c)
{
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};
    long rc;

    r.extent_start.p = (void *)(child_data() + 1024);
    rc = ask(c, __HYPERVISOR_memory_op, XENMEM_increase_reservation, 0, &r, sizeof(r));
    return rc == 1 ? 0 : rc == 0 ? E(NOMEM) : rc;
}

const struct life_step life_steps[LIFE_STEPS] = {
    {"createdomain", create},
    {"set_cpu_policy", policy},
    {"max_vcpus", vcpus},
    {"max_mem", allowance},
    {"claim_pages", claim},
    {"populate_physmap", populate},
    {"set_memory_map", memory_map},
    {"iomem_permission", device_memory},
    {"ioport_permission", ports},
    {"PIN_L4_TABLE", fill},
    {"setvcpucontext", context},
    {"getvcpucontext", context_back},
    {"unpausedomain", run},
    {"setup_table", grant_frames},
    {"map_grant_ref", grant_mapping},
    {"alloc_unbound", unbound_ports},
    {"bind_interdomain", pair},
    {"VCPUOP_initialise", vcpu_initialise},
    {"register_vcpu_info", vcpu_info},
    {"exchange", exchange},
    {"increase_reservation", more_memory},
};

void life_let_go(struct child *c)
{
    struct evtchn_close close = {.port = local_port};

    (void)c;
    if (local_port != 0) {
        EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), 0);
    }
    local_port = 0;
}
