/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grant_table_op: the domain lends frames to itself, so that both sides of a grant are in its
 * hands. An element's status is what is filed, unless the call itself failed.
 */
#include "fuzz.h"

#define CALL __HYPERVISOR_grant_table_op

/* What to file: the call's answer, or the element's status if it was told one. */
static long verdict(long answer, int16_t status)
{
    return answer != 0 || status == 77 || status > 0 || status < -13 ? answer : status;
}

/* How many elements: there is one, and behind it are zeros. */
static unsigned int elements(void)
{
    return lie() ? (one_in(2) ? pick(3) : (unsigned int)nasty()) : 1;
}

static grant_ref_t some_ref(void)
{
    return lie() ? (one_in(2) ? pick(FIRST_REF) : (grant_ref_t)nasty()) : FIRST_REF + pick(REFS);
}

static domid_t granter(void)
{
    return lie() ? some_domid() : own_domid;
}

static void entry_write(grant_entry_v1_t *entry)
{
    uint16_t flags = one_in(6) ? GTF_permit_access | GTF_readonly : GTF_permit_access;

    if (one_in(8)) {
        flags = lie() ? (uint16_t)nasty() : 0;
    }
    if (entry->flags & (GTF_reading | GTF_writing) && !one_in(8)) {
        return; /* in use: changing it would only make it a wrong one */
    }
    entry->domid = lie() ? some_domid() : own_domid;
    entry->frame = (uint32_t)some_mfn(lie() ? (enum role)pick(5) : ROLE_PLAIN);
    __atomic_store_n(&entry->flags, flags, __ATOMIC_SEQ_CST);
}

/* The guest's part of a grant: its entry, at any moment, whoever uses it. */
void op_grant_entry(void)
{
    entry_write(&grants[FIRST_REF + pick(REFS)]);
}

static struct fuzz_handle *slot(bool live)
{
    unsigned int first = pick(HANDLES);

    /* A side has handles of its own: a slot is written by one vCPU. */
    for (unsigned int i = 0; i < HANDLES / 2; i++) {
        struct fuzz_handle *h = &handles[(first + i) % (HANDLES / 2) + side()->id * HANDLES / 2];

        if (h->live == live) {
            return h;
        }
    }
    return NULL;
}

void op_grant_map(void)
{
    struct gnttab_map_grant_ref *map = room(sizeof(*map));
    struct fuzz_handle *h = slot(false);
    void *argument = pointer(map);
    long answer;

    if (h == NULL) {
        return;
    }
    map->flags = lie() ? (uint32_t)nasty() : GNTMAP_host_map;
    map->flags |= one_in(4) ? GNTMAP_readonly : 0;
    map->flags |= one_in(8) ? GNTMAP_device_map : 0;
    map->flags |= one_in(8) ? GNTMAP_application_map : 0;
    map->flags |= one_in(4) ? GNTMAP_contains_pte : 0;
    map->ref = some_ref();
    map->dom = granter();
    if (map->ref - FIRST_REF < REFS && !one_in(4)) {
        entry_write(&grants[map->ref]);
    }
    map->host_addr = lie() ? nasty() : (uint64_t)some_window();
    if (map->flags & GNTMAP_contains_pte && !lie()) {
        map->host_addr = machine_of(&tables.at[lie() ? 1 + pick(4) : 1][8 + pick(8)]);
    } else if ((map->host_addr >= VIRT_BASE && map->host_addr < (uint64_t)frames[0].page)) {
        map->host_addr = (uint64_t)some_window();
    }
    map->status = 77;
    answer = issue_quietly(CALL, GNTTABOP_map_grant_ref, GNTTABOP_map_grant_ref, (uint64_t)argument,
                           elements(), 0);
    if (map->status == GNTST_okay) {
        *h = (struct fuzz_handle){
            .handle = map->handle, .mfn = map->dev_bus_addr >> PAGE_SHIFT, .live = true};
        h->host = map->flags & GNTMAP_host_map ? map->host_addr : 0;
        h->device = map->flags & GNTMAP_device_map ? map->dev_bus_addr : 0;
    }
    file(CALL, GNTTABOP_map_grant_ref, verdict(answer, map->status));
}

static void unmap(void)
{
    struct gnttab_unmap_grant_ref *u = room(sizeof(*u));
    struct fuzz_handle *h = slot(!lie());
    bool parts = !one_in(8);
    long answer;

    if (h == NULL) {
        return;
    }
    u->handle = lie() ? (uint32_t)nasty() | 0x10000 : h->handle;
    u->host_addr = lie() ? (one_in(2) ? 0 : (uint64_t)some_window()) : h->host;
    u->dev_bus_addr = lie() ? nasty() : parts ? h->device : 0;
    u->status = 77;
    answer = issue_quietly(CALL, GNTTABOP_unmap_grant_ref, GNTTABOP_unmap_grant_ref,
                           (uint64_t)pointer(u), elements(), 0);
    if (u->status == GNTST_okay && u->handle == h->handle) {
        h->host = u->host_addr != 0 ? 0 : h->host;
        h->device = u->dev_bus_addr != 0 ? 0 : h->device;
        h->live = h->host != 0 || h->device != 0;
    }
    file(CALL, GNTTABOP_unmap_grant_ref, verdict(answer, u->status));
}

static void replace(void)
{
    struct gnttab_unmap_and_replace *u = room(sizeof(*u));
    struct fuzz_handle *h = slot(true);
    long answer;

    if (h == NULL) {
        return;
    }
    u->handle = lie() ? (uint32_t)nasty() | 0x10000 : h->handle;
    u->host_addr = h->host;
    u->new_addr = one_in(3) ? 0 : lie() ? nasty() : (uint64_t)some_window();
    if (u->new_addr >= VIRT_BASE && u->new_addr < (uint64_t)frames[0].page) {
        u->new_addr = 0; /* it would take a page of the kernel's own */
    }
    u->status = 77;
    answer = issue_quietly(CALL, GNTTABOP_unmap_and_replace, GNTTABOP_unmap_and_replace,
                           (uint64_t)pointer(u), elements(), 0);
    if (u->status == GNTST_okay && u->handle == h->handle) {
        h->host = 0;
        h->live = h->device != 0;
    }
    file(CALL, GNTTABOP_unmap_and_replace, verdict(answer, u->status));
}

static void copy_side(struct gnttab_copy_ptr *p, bool by_ref)
{
    if (by_ref) {
        p->u.ref = some_ref();
        if (p->u.ref - FIRST_REF < REFS && !one_in(4)) {
            entry_write(&grants[p->u.ref]);
        }
        p->domid = granter();
    } else {
        p->u.gmfn = some_mfn(lie() ? (enum role)pick(5) : ROLE_PLAIN);
        p->domid = lie() ? some_domid() : DOMID_SELF;
    }
    p->offset = lie() ? (uint16_t)nasty() : 8 * pick(256);
}

static void copy(void)
{
    struct gnttab_copy *c = room(sizeof(*c));
    long answer;

    c->flags = pick(4);
    copy_side(&c->source, c->flags & GNTCOPY_source_gref);
    copy_side(&c->dest, c->flags & GNTCOPY_dest_gref);
    c->len = lie() ? (uint16_t)nasty() : 8 * pick(256);
    c->status = 77;
    answer = issue_quietly(CALL, GNTTABOP_copy, GNTTABOP_copy, (uint64_t)pointer(c), elements(), 0);
    file(CALL, GNTTABOP_copy, verdict(answer, c->status));
}

/* Those whose status lies at `status` behind the record. */
static void with_status(unsigned int sub, void *record, int16_t *status)
{
    long answer;

    *status = 77;
    answer = issue_quietly(CALL, sub, sub, (uint64_t)pointer(record), elements(), 0);
    file(CALL, sub, verdict(answer, *status));
}

static void setup(void)
{
    struct gnttab_setup_table *s = room(sizeof(*s));
    xen_pfn_t *list = room(8 * 8);

    s->dom = some_domid();
    s->nr_frames = lie() ? (uint32_t)nasty() : pick(4);
    set_xen_guest_handle(s->frame_list, pointer(list));
    with_status(GNTTABOP_setup_table, s, &s->status);
}

void op_grant_other(void)
{
    struct gnttab_query_size *query = room(sizeof(*query));
    struct gnttab_swap_grant_ref *swap = room(sizeof(*swap));
    struct gnttab_set_version *set = room(sizeof(*set));
    struct gnttab_get_version *get = room(sizeof(*get));
    unsigned int sub;

    switch (PART(16, {CALL, 0, 0, 16}, {CALL, 1, 1, 0}, {CALL, 7, 7, 6}, {CALL, 5, 5, 7},
                 {CALL, 2, 2, 10}, {CALL, 6, 6, 11}, {CALL, 11, 11, 12}, {CALL, 8, 8, 13},
                 {CALL, 10, 10, 14}, {CALL, 3, 95, 15})) {
    case 0 ... 5:
        unmap();
        break;
    case 6:
        replace();
        break;
    case 7 ... 9:
        copy();
        break;
    case 10:
        setup();
        break;
    case 11:
        query->dom = some_domid();
        with_status(GNTTABOP_query_size, query, &query->status);
        break;
    case 12:
        swap->ref_a = some_ref();
        swap->ref_b = some_ref();
        with_status(GNTTABOP_swap_grant_ref, swap, &swap->status);
        break;
    case 13:
        set->version = lie() ? (uint32_t)nasty() : 1;
        issue(CALL, GNTTABOP_set_version, GNTTABOP_set_version, (uint64_t)pointer(set), elements(),
              0);
        break;
    case 14:
        get->dom = some_domid();
        issue(CALL, GNTTABOP_get_version, GNTTABOP_get_version, (uint64_t)pointer(get), elements(),
              0);
        break;
    case 16:
        op_grant_map();
        break;
    default:
        sub = wanted_sub(CALL, one_in(2) ? GNTTABOP_transfer : 12 + pick(8));
        issue(CALL, sub, sub, (uint64_t)pointer(room(64)), 1, 0);
        break;
    }
}

bool granted_at(uint64_t address)
{
    for (unsigned int i = 0; i < HANDLES; i++) {
        if (handles[i].live && handles[i].host == address) {
            return true;
        }
    }
    return false;
}

void grants_reset(void)
{
    for (unsigned int i = 0; i < HANDLES; i++) {
        struct gnttab_unmap_grant_ref unmap = {.host_addr = handles[i].host,
                                               .dev_bus_addr = handles[i].device,
                                               .handle = handles[i].handle};

        if (handles[i].live) {
            hcall(CALL, GNTTABOP_unmap_grant_ref, &unmap, 1);
            /* Xen keeps a mapping for ever whose entry was overwritten. */
            if (unmap.status != GNTST_okay && unmap.status != GNTST_bad_handle &&
                (comparing || !frame_lose(handles[i].mfn))) {
                worn_out("a mapping of a grant");
            }
        }
        handles[i].live = false;
    }
    memset(&grants[FIRST_REF], 0, REFS * sizeof(*grants));
}
