/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_op: frames given away, taken back and exchanged, and what can be asked.
 */
#include "fuzz.h"

#define CALL __HYPERVISOR_memory_op
#define LIST 8 /* of numbers of frames */

static unsigned long *p2m(void)
{
    return (unsigned long *)start_info->mfn_list;
}

static uint64_t with_progress(unsigned int sub)
{
    return lie() ? sub | (uint64_t)pick(256) << 6 : sub;
}

/* The interpreter must know of the frames: never in a multicall. */
static long now(unsigned int sub, void *argument)
{
    long answer = issue_quietly(CALL, sub, with_progress(sub), (uint64_t)pointer(argument), 0, 0);

    file(CALL, sub, answer);
    return answer;
}

/*
 * A pin would stay for ever with a frame that is given back, and the playground would lose it. Most
 * of the time nothing maps it either.
 */
static void frame_unmap(const struct frame_state *f)
{
    unpin(f->page);
    if (!one_in(8)) {
        va_set(f->page, 0);
    }
}

static void frame_map(struct frame_state *f, unsigned long mfn)
{
    p2m()[pfn_of(f->page)] = mfn;
    f->role = ROLE_PLAIN;
    if (!one_in(8)) {
        page_unprotect(f->page);
    }
}

static struct xen_memory_reservation *reservation(xen_pfn_t *list, unsigned int count)
{
    struct xen_memory_reservation *r = room(sizeof(*r));

    set_xen_guest_handle(r->extent_start, pointer(list));
    /* Behind the list are zeros: a number that is too large must not reach this kernel's frames. */
    r->nr_extents = lie() ? (one_in(2) ? pick(LIST) : 1ul << pick(64)) : count;
    r->nr_extents = r->nr_extents > LIST && r->nr_extents < 1ul << 58 ? LIST : r->nr_extents;
    /* What lies beside a frame may be this kernel's own: orders are 0, or beyond the largest. */
    r->extent_order = lie() ? 11 + pick(60) : 0;
    r->mem_flags = lie() ? (unsigned int)nasty() & ~0xffffu : 0;
    r->domid = some_domid();
    return r;
}

/* Answers of 0 extents for 1 are the refusals of these calls: filed as errors, by -1000. */
static long extents(unsigned int sub, struct xen_memory_reservation *r)
{
    long answer = issue_quietly(CALL, sub, with_progress(sub), (uint64_t)pointer(r), 0, 0);

    file(CALL, sub, answer == 0 && r->nr_extents != 0 ? -1000 : answer);
    return answer;
}

static void decrease(void)
{
    struct frame_state *f;
    xen_pfn_t *list = room(8 * LIST);
    struct xen_memory_reservation *r;

    if (!wanted(CALL, XENMEM_decrease_reservation)) {
        return;
    }
    f = frame_of(one_in(8) ? (enum role)pick(5) : ROLE_PLAIN);
    *list = lie() ? some_mfn(ROLE_PLAIN) : frame_mfn(f);
    r = reservation(list, 1);
    if (comparing) { /* their largest orders differ, and of an extent that fails some frames go */
        r->extent_order = 0;
    }
    frame_unmap(f);
    if (extents(XENMEM_decrease_reservation, r) == 1 && *list == frame_mfn(f) &&
        r->domid == DOMID_SELF) {
        f->role = ROLE_MISSING;
    }
}

static void populate(void)
{
    struct frame_state *f = frame_of(ROLE_MISSING);
    xen_pfn_t *list = room(8 * LIST);
    struct xen_memory_reservation *r;

    if (f->role != ROLE_MISSING) {
        return;
    }
    *list = pfn_of(f->page);
    r = reservation(list, 1);
    r->extent_order = 0;
    if (extents(XENMEM_populate_physmap, r) == 1 && *list != pfn_of(f->page)) {
        frame_map(f, *list);
    }
}

/* What comes is given back at once: there is no page for it. */
static void increase(void)
{
    xen_pfn_t *list = room(8 * LIST);
    unsigned int count = 1 + pick(4);
    struct xen_memory_reservation *r = reservation(list, count);
    domid_t domid = r->domid;
    unsigned int order = one_in(2) ? pick(4) : 0;
    long got;

    if (!one_in(8)) {
        set_xen_guest_handle(r->extent_start, list);
    }
    r->extent_order = lie() ? r->extent_order : order;
    r->nr_extents = lie() ? 0 : count;
    got = extents(XENMEM_increase_reservation, r);
    if (got > 0 && got <= 4 && (char *)list == (char *)r->extent_start.p) {
        r = memset(room(sizeof(*r)), 0, sizeof(*r));
        set_xen_guest_handle(r->extent_start, list);
        r->nr_extents = (unsigned long)got;
        r->extent_order = order;
        r->domid = domid;
        extents(XENMEM_decrease_reservation, r);
    }
}

static void exchange(void)
{
    struct frame_state *f;
    struct xen_memory_exchange *e = room(sizeof(*e));
    xen_pfn_t *in = room(8 * LIST), *out = room(8 * LIST);
    unsigned long old;

    if (!wanted(CALL, XENMEM_exchange)) {
        return;
    }
    f = frame_of(one_in(8) ? (enum role)pick(5) : ROLE_PLAIN);
    old = frame_mfn(f);
    *in = lie() ? some_mfn(ROLE_PLAIN) : old;
    *out = pfn_of(f->page);
    e->in = *reservation(in, 1);
    e->out = *reservation(out, 1);
    if (comparing) { /* Xen loses the frame when it can't tell which one it gave for it */
        set_xen_guest_handle(e->out.extent_start, out);
    }
    e->out.mem_flags = one_in(4) ? 13 + pick(40) : 0;
    e->nr_exchanged = lie() ? nasty() : 0;
    frame_unmap(f);
    if (now(XENMEM_exchange, e) == 0 && *in == old && *out != pfn_of(f->page)) {
        frame_map(f, *out);
    } else if (e->nr_exchanged == 1 && *in == old) {
        /* Done, but the number of the new frame could not be told: it is lost to the program. */
        f->role = ROLE_MISSING;
    } else if (!one_in(8)) {
        page_unprotect(f->page);
    }
}

/* Sub-operations that take a domain and nothing else. */
static void numbers(void)
{
    static const uint8_t subs[] = {XENMEM_maximum_ram_page,
                                   XENMEM_current_reservation,
                                   XENMEM_maximum_reservation,
                                   XENMEM_maximum_gpfn,
                                   18,
                                   19};
    struct xen_memory_domain *argument = room(sizeof(*argument));

    argument->domid = some_domid();
    /* Amounts differ between hosts: only that there is one counts. */
    for (unsigned int sub = wanted_sub(CALL, subs[pick(ARRAY_SIZE(subs))]); sub != 0; sub = 0) {
        long answer =
            issue_quietly(CALL, sub, with_progress(sub), (uint64_t)pointer(argument), 0, 0);

        file(CALL, sub, answer > 0 ? 1 : answer);
    }
}

static void maps(void)
{
    struct xen_memory_map *map = room(sizeof(*map));
    struct xen_machphys_mfn_list *list = room(sizeof(*list));
    struct xen_foreign_memory_map *foreign = room(sizeof(*foreign));
    struct xen_reserved_device_memory_map *reserved = room(sizeof(*reserved));
    char *out = room(256);

    map->nr_entries = lie() ? (unsigned int)nasty() : pick(12);
    set_xen_guest_handle(map->buffer, pointer(out));
    list->max_extents = pick(8);
    set_xen_guest_handle(list->extent_start, pointer(out));
    foreign->domid = controlling && !lie() ? victim_domid : some_domid();
    foreign->map = *map;
    foreign->map.nr_entries = lie() ? (unsigned int)nasty() : pick(8);
    reserved->flags = lie() ? (unsigned int)nasty() : pick(2);
    switch (PART(6, {CALL, 9, 9, 0}, {CALL, 10, 10, 1}, {CALL, 12, 12, 2}, {CALL, 5, 5, 3},
                 {CALL, 13, 13, 4}, {CALL, 27, 27, 5})) {
    case 0:
        issue(CALL, XENMEM_memory_map, with_progress(XENMEM_memory_map), (uint64_t)pointer(map), 0,
              0);
        break;
    case 1:
        map->nr_entries = one_in(2) ? 12 : map->nr_entries;
        issue(CALL, XENMEM_machine_memory_map, XENMEM_machine_memory_map, (uint64_t)pointer(map), 0,
              0);
        break;
    case 2:
        issue(CALL, XENMEM_machphys_mapping, with_progress(XENMEM_machphys_mapping),
              (uint64_t)pointer(out), 0, 0);
        break;
    case 3:
        issue(CALL, XENMEM_machphys_mfn_list, with_progress(XENMEM_machphys_mfn_list),
              (uint64_t)pointer(list), 0, 0);
        break;
    case 4:
        issue(CALL, XENMEM_set_memory_map, XENMEM_set_memory_map, (uint64_t)pointer(foreign), 0, 0);
        break;
    default:
        issue(CALL, XENMEM_reserved_device_memory_map, XENMEM_reserved_device_memory_map,
              (uint64_t)pointer(reserved), 0, 0);
        break;
    }
}

static void resources(void)
{
    struct xen_mem_acquire_resource *a = room(sizeof(*a));
    struct xen_memory_reservation *r = room(sizeof(*r));
    xen_pfn_t *list = room(8 * 8);

    if (one_in(3) || wanted_sub(CALL, 0) == XENMEM_claim_pages) {
        r->domid = controlling && !lie() ? victim_domid : some_domid();
        r->nr_extents = lie() ? nasty() : one_in(2) ? 0 : one_in(8) ? HOST_FRAMES : pick(128);
        r->extent_order = lie();
        issue(CALL, XENMEM_claim_pages, XENMEM_claim_pages, (uint64_t)pointer(r), 0, 0);
        return;
    }
    a->domid = controlling && !lie() ? victim_domid : some_domid();
    a->type = lie() ? pick(4) : XENMEM_resource_grant_table;
    a->id = lie();
    a->nr_frames = lie() ? (unsigned int)nasty() : 1 + pick(8);
    a->frame = lie() ? nasty() : pick(4);
    a->pad = lie();
    set_xen_guest_handle(a->frame_list, one_in(3) ? NULL : pointer(list));
    issue(CALL, XENMEM_acquire_resource, XENMEM_acquire_resource, (uint64_t)pointer(a), 0, 0);
}

void op_memory(void)
{
    static const uint8_t refused[] = {7, 8, 15, 16, 17, 20, 21, 22, 23, 25, 26, 29, 30, 40, 63};
    unsigned int sub;

    switch (PART(12, {CALL, 1, 1, 0}, {CALL, 6, 6, 2}, {CALL, 0, 0, 4}, {CALL, 11, 11, 5},
                 {CALL, 2, 4, 7}, {CALL, 14, 14, 7}, {CALL, 18, 19, 7}, {CALL, 5, 5, 8},
                 {CALL, 9, 13, 8}, {CALL, 27, 27, 8}, {CALL, 24, 24, 10}, {CALL, 28, 28, 10},
                 {CALL, 7, 95, 11})) {
    case 0:
    case 1:
        decrease();
        break;
    case 2:
    case 3:
        populate();
        break;
    case 4:
        increase();
        break;
    case 5:
    case 6:
        exchange();
        break;
    case 7:
        numbers();
        break;
    case 8:
    case 9:
        maps();
        break;
    case 10:
        resources();
        break;
    default:
        sub = wanted_sub(CALL, refused[pick(ARRAY_SIZE(refused))]);
        issue(CALL, sub, sub, (uint64_t)pointer(room(64)), 0, 0);
        break;
    }
}
