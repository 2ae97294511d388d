/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The guest's memory: extents of 2 MiB while the host has them, then single frames.  The
 * hypervisor gives frames zeroed, so nothing here touches them.
 */
#include <errno.h>
#include <stdlib.h>

#include <xen/memory.h>

#include "alloc.h"
#include "build.h"

#define LARGE_ORDER 9

/* Asks for count extents from pfn on; returns how many there were, or a negative errno. */
static long populate(struct build *b, uint64_t pfn, uint64_t count, unsigned int order)
{
    xen_pfn_t *list = calls_room(b->h, count * sizeof(*list));
    struct xen_memory_reservation reservation = {
        .extent_start = {list},
        .nr_extents = count,
        .extent_order = order,
        .domid = (domid_t)b->domid,
    };
    long got;

    for (uint64_t i = 0; i < count; i++) {
        list[i] = pfn + (i << order);
    }
    got = calls_op(b->h, __HYPERVISOR_memory_op, XENMEM_populate_physmap, &reservation,
                   sizeof(reservation));
    for (long i = 0; i < got; i++) {
        for (uint64_t j = 0; j < 1ULL << order; j++) {
            b->p2m[pfn + ((uint64_t)i << order) + j] = list[i] + j;
        }
    }
    calls_done(b->h);
    return got;
}

int build_memory(struct build *b)
{
    unsigned int order = LARGE_ORDER;
    uint64_t pfn = 0;

    b->p2m = alloc_zeroed(b->pages, sizeof(*b->p2m));
    if (!b->p2m) {
        return hvctl_fail(b->h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
    }
    while (pfn < b->pages) {
        uint64_t count = (b->pages - pfn) >> order;
        long got = 0;
        int error = hvctl_progress(b->h, "giving the guest its memory", pfn, b->pages);

        if (error) {
            return error;
        }
        if (count > CALL_LIST) {
            count = CALL_LIST;
        }
        if (count) {
            got = populate(b, pfn, count, order);
        }
        if (got < 0) {
            return calls_fail(b->h, got, "the guest can't be given %llu MiB of memory",
                              (unsigned long long)(b->pages >> 8));
        }
        pfn += (uint64_t)got << order;
        if ((uint64_t)got < count && !order) {
            return calls_fail(b->h, -ENOMEM, "the guest can't be given %llu MiB of memory",
                              (unsigned long long)(b->pages >> 8));
        }
        if ((uint64_t)got < count || !count) {
            order = 0; /* no 2 MiB in one piece any more, or less than that is missing */
        }
    }
    return 0;
}

int build_map(struct build *b, uint64_t pfn, uint64_t count, void **address)
{
    int error = machine_map(calls_machine(b->h), b->domid, b->p2m + pfn, count, true, address);

    return error ? hvctl_fail_errno(b->h, -error, "the guest's memory can't be mapped") : 0;
}
