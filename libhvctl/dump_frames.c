/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which frames a domain owns, and where each stands in its own numbering.  The hypervisor is
 * asked about every frame of the host, and the M2P, mapped, says the PFN: nothing of the guest's
 * own memory is believed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xen/memory.h>

#include "alloc.h"
#include "dump.h"

#define ASK            1024    /* frames asked about at a time: the call's own limit */
#define EXTENT_ENTRIES 0x40000 /* of the M2P in 2 MiB */
#define EXTENT_PAGES   512     /* that one part of the M2P has */
#define NO_FRAME_ABOVE (1ULL << 40)

/* The M2P's 2 MiB that hold entry mfn, mapped; NULL in *map for a hole. */
static int map_m2p(struct dump *dump, const xen_pfn_t *extents, uint64_t mfn, uint64_t **map)
{
    xen_pfn_t frames[EXTENT_PAGES], first = extents[mfn / EXTENT_ENTRIES];
    void *at;
    int error;

    *map = NULL;
    if (!first) {
        return 0;
    }
    for (unsigned int i = 0; i < EXTENT_PAGES; i++) {
        frames[i] = first + i;
    }
    /* One frame before all: see build_anchor(); not every hypervisor shows its own frames. */
    error = machine_map(calls_machine(dump->h), DOMID_XEN, frames, 1, false, &at);
    if (error) {
        return hvctl_fail(dump->h, HVCTL_UNSUPPORTED, -error,
                          "this hypervisor does not show which frame is where in a guest");
    }
    machine_unmap(at, 1);
    error = machine_map(calls_machine(dump->h), DOMID_XEN, frames, EXTENT_PAGES, false, &at);
    if (error) {
        return hvctl_fail_errno(dump->h, -error, "the table of the host's frames can't be mapped");
    }
    *map = at;
    return 0;
}

static int list_m2p(struct dump *dump, uint64_t frames, xen_pfn_t **extents)
{
    size_t count = frames / EXTENT_ENTRIES + 1;
    xen_pfn_t *list;
    struct xen_machphys_mfn_list op = {.max_extents = (unsigned int)count};
    long result;

    if (count > CALL_LIST) {
        return hvctl_fail(dump->h, HVCTL_UNSUPPORTED, 0,
                          "this host has too much memory for a dump");
    }
    *extents = alloc_zeroed(count, sizeof(**extents));
    if (!*extents) {
        return hvctl_fail(dump->h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
    }
    list = calls_room(dump->h, count * sizeof(*list));
    op.extent_start.p = list;
    result = calls_op(dump->h, __HYPERVISOR_memory_op, XENMEM_machphys_mfn_list, &op, sizeof(op));
    for (size_t i = 0; result >= 0 && i < count && i < op.nr_extents; i++) {
        (*extents)[i] = list[i];
    }
    calls_done(dump->h);
    if (result < 0) {
        free(*extents);
        return calls_fail(dump->h, result, "the table of the host's frames can't be found");
    }
    return 0;
}

/* Which of count frames from mfn on are the domain's, as what they are: LTAB bits. */
static int ask(struct dump *dump, uint64_t mfn, size_t count, xen_pfn_t *types)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_getpageframeinfo3};
    xen_pfn_t *list = calls_room(dump->h, count * sizeof(*list));
    long result;

    for (size_t i = 0; i < count; i++) {
        list[i] = mfn + i;
    }
    op.u.getpageframeinfo3.num = count;
    op.u.getpageframeinfo3.array.p = list;
    result = calls_domctl(dump->h, dump->domid, &op);
    memcpy(types, list, count * sizeof(*list));
    calls_done(dump->h);
    return result < 0 ? calls_fail(dump->h, result, "the guest's frames can't be found") : 0;
}

static int add(struct dump *dump, uint64_t pfn, uint64_t mfn, size_t *room)
{
    if (dump->frame_count == *room) {
        size_t more = *room ? *room * 2 : 32768;
        struct dump_frame *frames = alloc_again(dump->frames, more * sizeof(*frames));

        if (!frames) {
            return hvctl_fail(dump->h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
        }
        dump->frames = frames;
        *room = more;
    }
    dump->frames[dump->frame_count++] = (struct dump_frame){pfn, mfn};
    return 0;
}

static int by_pfn(const void *a, const void *b)
{
    const struct dump_frame *one = a, *other = b;

    return one->pfn != other->pfn ? (one->pfn < other->pfn ? -1 : 1)
                                  : (one->mfn > other->mfn) - (one->mfn < other->mfn);
}

/* The frames of the host whose M2P entries lie in one extent. */
static int find_in_extent(struct dump *dump, const uint64_t *m2p, uint64_t first, uint64_t end,
                          size_t *room)
{
    xen_pfn_t types[ASK];
    int error = 0;

    for (uint64_t mfn = first; mfn < end && !error; mfn += ASK) {
        size_t count = end - mfn < ASK ? end - mfn : ASK;

        error = ask(dump, mfn, count, types);
        for (size_t i = 0; i < count && !error; i++) {
            uint64_t pfn = m2p[(mfn + i) % EXTENT_ENTRIES];

            /* The hypervisor's frames that are shared with the domain have no PFN. */
            if ((types[i] & XEN_DOMCTL_PFINFO_LTAB_MASK) != XEN_DOMCTL_PFINFO_XTAB &&
                (types[i] & XEN_DOMCTL_PFINFO_LTAB_MASK) != XEN_DOMCTL_PFINFO_BROKEN &&
                pfn < NO_FRAME_ABOVE) {
                error = add(dump, pfn, mfn + i, room);
            }
        }
    }
    return error;
}

int dump_find_frames(struct dump *dump)
{
    long highest = calls_plain(dump->h, __HYPERVISOR_memory_op, XENMEM_maximum_ram_page, 0, 0, 0);
    xen_pfn_t *extents = NULL;
    size_t room = 0;
    uint64_t end;
    int error;

    if (highest < 0) {
        return calls_fail(dump->h, highest, "the host's memory can't be looked at");
    }
    end = (uint64_t)highest + 1;
    error = list_m2p(dump, end, &extents);
    if (error) {
        return error;
    }
    for (uint64_t mfn = 0; mfn < end && !error; mfn += EXTENT_ENTRIES) {
        uint64_t *m2p;

        error = hvctl_progress(dump->h, "finding the guest's memory", mfn, end);
        if (!error) {
            error = map_m2p(dump, extents, mfn, &m2p);
        }
        if (!error && m2p) {
            uint64_t last = mfn + EXTENT_ENTRIES < end ? mfn + EXTENT_ENTRIES : end;

            error = find_in_extent(dump, m2p, mfn, last, &room);
            machine_unmap(m2p, EXTENT_PAGES);
        }
    }
    free(extents);
    if (!error) {
        qsort(dump->frames, dump->frame_count, sizeof(*dump->frames), by_pfn);
    }
    return error;
}
