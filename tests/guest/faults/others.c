/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults in the records of grants, event channels, interrupts, run queues and domains.
 */
#include "../domains/domain.h"
#include "faults.h"

#define REF 20u

TEST(fault_grants)
{
    char *page = page_alloc(), *window = page_alloc();
    struct gnttab_map_grant_ref map = {
        .host_addr = (uint64_t)window, .flags = GNTMAP_host_map, .ref = REF};
    struct gnttab_unmap_grant_ref unmap = {.host_addr = (uint64_t)window};

    grants_get()[REF] =
        (grant_entry_v1_t){.flags = GTF_permit_access, .frame = (uint32_t)mfn_of(page)};
    REQUIRE(va_set(window, 0) == 0);
    REQUIRE(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &map, 1) == 0);
    REQUIRE(map.status == GNTST_okay);
    seed_both(MORTISE_FAULT_GRANT_READERS, REF, MORTISE_AUDIT_GRANT_REFS, "pins, mappings hold");
    seed_both(MORTISE_FAULT_GRANT_WRITERS, REF, MORTISE_AUDIT_GRANT_REFS, "grant 20 of domain 0");
    seed_both(MORTISE_FAULT_GRANT_READERS, REF + 1, MORTISE_AUDIT_GRANT_REFS, "grant 21 of");
    seed_both(MORTISE_FAULT_MAPPINGS, 0, MORTISE_AUDIT_MAPTRACK, "mappings in its account");
    seed(MORTISE_FAULT_MAPPING_KIND, 0, map.handle, 1, MORTISE_AUDIT_GRANT_REFS, "mappings hold");
    seed(MORTISE_FAULT_MAPPING_KIND, 0, map.handle, 1, MORTISE_AUDIT_TYPE_REFS, "uses were found");
    seed(MORTISE_FAULT_MAPPING_FREE, 0, 0, 1, MORTISE_AUDIT_MAPTRACK, "in the free list");
    seed(MORTISE_FAULT_GRANT_FRAMES, 0, 0, -1, MORTISE_AUDIT_MAPPINGS, "are somebody's");
    /* the mapping holds its granter: one less is no end */
    seed_both(MORTISE_FAULT_DOMAIN_REF, 0, MORTISE_AUDIT_DOMAINS, "references, 2 were found");
    unmap.handle = map.handle;
    EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
    EXPECT_EQ(unmap.status, GNTST_okay);
    seed(MORTISE_FAULT_DOMAIN_REF, 0, 0, 1, MORTISE_AUDIT_DOMAINS, "references, 1 were found");
    grants_get()[REF] = (grant_entry_v1_t){0};
    REQUIRE(page_unprotect(window) == 0);
}

static long evtchn(unsigned int command, void *argument)
{
    return hcall(__HYPERVISOR_event_channel_op, command, argument);
}

static void close_port(unsigned int port)
{
    struct evtchn_close close = {.port = port};

    EXPECT_EQ(evtchn(EVTCHNOP_close, &close), 0);
}

TEST(fault_ports)
{
    struct evtchn_alloc_unbound fresh = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};
    struct evtchn_bind_interdomain pair = {.remote_dom = DOMID_SELF};
    struct evtchn_bind_ipi ipi = {.vcpu = 0};
    struct evtchn_bind_virq virq = {.virq = VIRQ_TIMER};

    REQUIRE(evtchn(EVTCHNOP_alloc_unbound, &fresh) == 0);
    pair.remote_port = fresh.port;
    REQUIRE(evtchn(EVTCHNOP_bind_interdomain, &pair) == 0);
    REQUIRE(evtchn(EVTCHNOP_bind_ipi, &ipi) == 0);
    REQUIRE(evtchn(EVTCHNOP_bind_virq, &virq) == 0);
    seed_both(MORTISE_FAULT_PORTS, 0, MORTISE_AUDIT_EVENTS, "ports in its account");
    seed_both(MORTISE_FAULT_PORT_PEER, fresh.port, MORTISE_AUDIT_EVENTS, "does not point back");
    seed_both(MORTISE_FAULT_PORT_PEER, pair.local_port, MORTISE_AUDIT_EVENTS, "state 3");
    seed(MORTISE_FAULT_PORT_VCPU, 0, ipi.port, 1, MORTISE_AUDIT_EVENTS, "state 6");
    seed(MORTISE_FAULT_PORT_FREE, 0, 0, 1, MORTISE_AUDIT_EVENTS, "none should be");
    seed_both(MORTISE_FAULT_VIRQ, VIRQ_TIMER, MORTISE_AUDIT_EVENTS, "VIRQ 0 of vCPU 0");
    close_port(fresh.port);
    close_port(pair.local_port);
    close_port(ipi.port);
    close_port(virq.port);
}

TEST(fault_interrupts)
{
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = 9, .pirq = 9};
    struct physdev_unmap_pirq unmap = {.domid = DOMID_SELF, .pirq = 9};
    struct evtchn_bind_pirq bind = {.pirq = 9, .flags = BIND_PIRQ__WILL_SHARE};

    REQUIRE(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, &map) == 0);
    seed(MORTISE_FAULT_PIRQ_BOUND, 0, 9, 1, MORTISE_AUDIT_PIRQS, "bound is 1, its port is 0");
    REQUIRE(evtchn(EVTCHNOP_bind_pirq, &bind) == 0);
    seed(MORTISE_FAULT_PIRQ_PORT, 0, 9, 1, MORTISE_AUDIT_PIRQS, "which is not bound to it");
    seed(MORTISE_FAULT_PIRQ_PORT, 0, 9, -(int)bind.port, MORTISE_AUDIT_PIRQS, "its port is 0");
    seed(MORTISE_FAULT_PIRQ_BOUND, 0, 9, 1, MORTISE_AUDIT_PIRQS, "interrupt lines call");
    /* a port whose interrupt went stays, and is no fault */
    EXPECT_EQ(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_unmap_pirq, &unmap), 0);
    expect_clean("without its interrupt");
    close_port(bind.port);
}

TEST(fault_queues)
{
    seed(MORTISE_FAULT_WAITING, 0, 0, 1, MORTISE_AUDIT_SCHEDULER, "0 are in its queue");
    seed_both(MORTISE_FAULT_LOAD, 0, MORTISE_AUDIT_SCHEDULER, "by its account, its vCPUs' is");
    seed_both(MORTISE_FAULT_ACTIVE, 0, MORTISE_AUDIT_SCHEDULER, "are awake");
    seed(MORTISE_FAULT_PARKED, 0, 1, 1, MORTISE_AUDIT_SCHEDULER, "1 vCPUs over its cap, 0 are");
}

/* A guest without privilege: its records, its end, and a frame of another's in its tables. */
TEST(fault_guests)
{
    static struct child c;
    void *page = page_alloc();
    uint64_t at;

    seed(MORTISE_FAULT_TEARDOWN, 0, 0, 1, MORTISE_AUDIT_TEARDOWN, "still has its life");
    child_make(&c);
    at = (uint64_t)c.mfns[CHILD_L1] << PAGE_SHIFT | CHILD_FREE * 8;
    seed(MORTISE_FAULT_PAGE_REF, c.id, c.mfns[CHILD_FREE], 1, MORTISE_AUDIT_PAGE_REFS,
         "references, ");
    seed(MORTISE_FAULT_FRAMES, c.id, 0, -1, MORTISE_AUDIT_OWNER, "in its account");
    seed(MORTISE_FAULT_DOMAIN_REF, c.id, 0, 1, MORTISE_AUDIT_DOMAINS, "references, 1 were found");
    seed(MORTISE_FAULT_ACTIVE, c.id, 0, 1, MORTISE_AUDIT_SCHEDULER, "are awake");
    seed(MORTISE_FAULT_ENTRY_FRAME, c.id, at, (int)(mfn_of(page) - c.mfns[CHILD_FREE]),
         MORTISE_AUDIT_OWNER, "show others' frames, 0 of them by grants");
    child_end(&c);
    expect_clean("gone");
}
