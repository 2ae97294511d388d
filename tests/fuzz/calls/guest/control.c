/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What only a control domain may do, to a victim: a domain made for it, which is ended and made
 * anew now and then. Beside it lives a canary, a domain that nobody touches: its memory must
 * stay as it was filled.
 */
#include "../../../guest/domains/domain.h"
#include "control.h"

#define CANARY_PAGES 32

static struct child victim, canary;
bool scarce;
/* A domain without vCPUs: they are not made yet. Programs may make them. */
static domid_t egg;
static bool egg_used;
static char *buffers[SIDES];

void *some_buffer(void)
{
    return buffers[side()->id];
}

domid_t whom(void)
{
    /* Never this domain itself: it may well do to itself what it asks for. */
    return lie() ? (domid_t)(one_in(2) ? 5000 : DOMID_IO + pick(8)) : victim_domid;
}

static void victim_make(void)
{
    struct mmuext_op op = {.cmd = MMUEXT_PIN_L4_TABLE};

    memset(&victim, 0, sizeof(victim));
    victim.id = child_new(1);
    child_populate(&victim, CHILD_PAGES);
    child_fill(&victim);
    op.arg1.mfn = victim.mfns[CHILD_L4];
    hcall(__HYPERVISOR_mmuext_op, &op, 1, NULL, victim.id);
    REQUIRE(child_context(&victim, 0) == 0);
    victim_domid = victim.id;
    victim_mfn = victim.mfns[CHILD_FREE];
}

void control_start(void)
{
    for (unsigned int i = 0; i < SIDES; i++) {
        buffers[i] = page_alloc();
        REQUIRE(guarded_page() == buffers[i] + PAGE_SIZE);
    }
    if (!controlling) {
        own_domid = (domid_t)argument("self=", 0);
        victim_domid = (domid_t)argument("neighbour=", victim_domid);
        victim_mfn = canary_mfn = argument("canary=", 0);
        return;
    }
    egg = child_new(4);
    victim_make();
    canary.id = child_new(1);
    child_populate(&canary, CANARY_PAGES);
    canary_mfn = canary.mfns[CANARY_PAGES / 2];
    domctl_op.u.max_mem.max_memkb = HOST_FRAMES * 4;
    REQUIRE(domctl(XEN_DOMCTL_max_mem, canary.id) == 0);
    for (unsigned int i = 0; i < CANARY_PAGES; i++) {
        uint64_t *page = slot_address(SLOT_TEST);

        REQUIRE(slot_map(SLOT_TEST, canary.id, canary.mfns[i], PTE_RW) == 0);
        for (unsigned int k = 0; k < PAGE_SIZE / 8; k++) {
            page[k] = mix((uint64_t)i << 32 | k);
        }
        slot_unmap(SLOT_TEST);
    }
}

bool canary_sings(void)
{
    for (unsigned int i = 0; controlling && i < CANARY_PAGES; i++) {
        const uint64_t *page = slot_address(SLOT_TEST);
        bool good = slot_map(SLOT_TEST, canary.id, canary.mfns[i], PTE_RO) == 0;

        for (unsigned int k = 0; good && k < PAGE_SIZE / 8; k++) {
            good = page[k] == mix((uint64_t)i << 32 | k);
        }
        if (!good) {
            print("FINDING the memory of another domain has changed: page %u of domain %u\n", i,
                  canary.id);
            return false;
        }
        slot_unmap(SLOT_TEST);
    }
    return true;
}

/*
 * The canary gets a claim to every frame that is free: none is left for whatever else a call
 * allocates, until the claim is given up.
 */
void memory_scarce(bool yes)
{
    struct xen_memory_reservation r = {.domid = canary.id};
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_physinfo,
                            .interface_version = XEN_SYSCTL_INTERFACE_VERSION};

    if (!controlling || !scarce) {
        return;
    }
    if (yes && hcall(__HYPERVISOR_sysctl, &op) == 0) {
        r.nr_extents = CANARY_PAGES + op.u.physinfo.free_pages - op.u.physinfo.outstanding_pages;
    }
    hcall(__HYPERVISOR_memory_op, XENMEM_claim_pages, &r);
}

/* The victim of the last program may have ended: there is one for the next. */
void control_reset(void)
{
    struct xen_domctl_getdomaininfo info;

    if (!controlling) {
        return;
    }
    if (egg_used) {
        child_destroy(egg);
        egg = child_new(4);
        egg_used = false;
    }
    if (child_info(victim.id, &info) &&
        (info.flags & (XEN_DOMINF_dying | XEN_DOMINF_shutdown)) == 0) {
        return;
    }
    child_destroy(victim.id);
    if (!child_gone(victim.id)) {
        if (child_info(victim.id, &info)) {
            print("domain %u: flags %x, %lu frames, %lu shared\n", victim.id, info.flags,
                  info.tot_pages, info.shr_pages);
        }
        worn_out("a domain that does not end");
    }
    victim_make();
}

/* Ended by one side while the other may be at it. */
static void destroy(void)
{
    struct xen_domctl *op = room(sizeof(*op));

    op->cmd = XEN_DOMCTL_destroydomain;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = controlling && lie() ? own_domid : whom();
    issue(__HYPERVISOR_domctl, op->cmd, (uint64_t)pointer_or_none(op), 0, 0, 0);
}

static void create(void)
{
    struct xen_domctl *op = room(sizeof(*op));
    struct xen_domctl_createdomain *c = &op->u.createdomain;
    domid_t made;

    if (!wanted(__HYPERVISOR_domctl, XEN_DOMCTL_createdomain)) {
        return;
    }
    op->cmd = XEN_DOMCTL_createdomain;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = lie() ? (one_in(2) ? victim_domid : (domid_t)nasty()) : 0;
    *c = (struct xen_domctl_createdomain){
        .flags = lie() ? (uint32_t)nasty() : 0,
        .max_vcpus = lie() ? (uint32_t)nasty() : 1 + pick(8),
        .max_evtchn_port = lie() ? (uint32_t)nasty() : 127,
        .max_grant_frames = lie() ? (int32_t)nasty() : (int32_t)pick(8),
        .max_maptrack_frames = lie() ? (int32_t)nasty() : (int32_t)pick(8),
        .cpupool_id = lie() ? (uint32_t)nasty() : 0,
        .arch.emulation_flags = lie() ? (uint32_t)nasty() : 0,
        .grant_opts = lie() ? (uint32_t)nasty() : XEN_DOMCTL_GRANT_version(1),
    };
    file(__HYPERVISOR_domctl, XEN_DOMCTL_createdomain,
         issue_quietly(__HYPERVISOR_domctl, XEN_DOMCTL_createdomain, (uint64_t)pointer_or_none(op),
                       0, 0, 0));
    made = op->domain;
    if (made != 0 && made < DOMID_FIRST_RESERVED && c->handle[0] == 0 && made != victim_domid &&
        made != canary.id) {
        op->cmd = XEN_DOMCTL_destroydomain;
        while (hcall(__HYPERVISOR_domctl, op) == E(AGAIN)) {}
    }
}

/* Which part of the family: one of sixteen, or the one that is wanted. */
static unsigned int part(void)
{
    const struct wish *want = side()->want;
    unsigned int chosen = pick(16);

    if (want == NULL) {
        return chosen;
    }
    switch (want->call) {
    case __HYPERVISOR_sysctl:
        return 1;
    case __HYPERVISOR_platform_op:
        return 4;
    case __HYPERVISOR_mortise_op:
        return 6;
    case __HYPERVISOR_arch_0:
        return 7;
    default:
        return want->sub > XEN_DOMCTL_destroydomain ? 8 : 0;
    }
}

unsigned int command_of(unsigned int call, const uint16_t *commands, unsigned int count)
{
    const struct wish *want = side()->want;
    unsigned int chosen = commands[pick(count)];

    return want != NULL && want->call == call ? want->sub : chosen;
}

void op_control(void)
{
    if (scarce && one_in(8)) {
        memory_scarce(one_in(2));
    }
    switch (part()) {
    case 0:
        one_in(4) ? destroy() : create();
        break;
    case 1 ... 3:
        sysctl_make();
        break;
    case 4:
    case 5:
        platform_make();
        break;
    case 6:
        mortise_make();
        break;
    case 7:
        machine_check_make();
        break;
    default:
        if (one_in(8)) {
            egg_used = true;
            domctl_make(&victim, egg);
        } else {
            domctl_make(&victim, whom());
        }
        break;
    }
}
