/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XENMEM_increase_reservation, decrease_reservation and populate_physmap: a domain gets frames, or
 * gives them back.
 *
 * The result is how many extents are done. A call that stops for other work stores that number in
 * cmd and is made again; an extent that fails ends it. A frame that is given back and still mapped
 * or used lives on, counted, until its last use ends.
 */
#include "call/memory.h"
#include "cpu/percpu.h"
#include "dom/vcpu.h"
#include "kern/softirq.h"
#include "lib/refusal.h"
#include "mm/alloc.h"
#include "mm/guest_copy.h"
#include "pv/continuation.h"

struct extents {
    struct domain *d;
    uint64_t list; /* the guest's array; 0: none */
    uint64_t count, done;
    unsigned int order, bits;
};

/* Does one extent; false ends the call. */
typedef bool (*extent_fn)(const struct extents *x, gva_t at);

static unsigned int order_max(void)
{
    return domain_may(current()->domain, MAY_MANAGE_HOST, NULL) ? MAX_ORDER : GUEST_ORDER_MAX;
}

static void block_m2p(const struct extents *x, mfn_t m, const uint64_t *gpfn)
{
    for (uint64_t i = 0; i < 1UL << x->order; i++)
        WRITE_ONCE(m2p[m.n + i], gpfn ? *gpfn + i : ~0UL);
}

/*
 * A block of frames for the domain, at `gpfn` if that is no NULL; MFN_INVALID (noted) beyond its
 * allowance or the host's memory. The M2P is filled before the frames are the domain's: afterwards
 * another vCPU may give them back at any moment.
 */
static mfn_t block_get(const struct extents *x, const uint64_t *gpfn)
{
    mfn_t m = frames_alloc_for(&x->d->memory, x->order, x->bits, 0);

    if (mfn_eq(m, MFN_INVALID)) {
        (void)refuse(RULE_NO_MEMORY, x->order, -ENOMEM);
        return m;
    }
    if (gpfn)
        block_m2p(x, m, gpfn);
    if (frames_assign(&x->d->memory, m, x->order) == 0)
        return m;
    block_m2p(x, m, NULL);
    frames_free(m, x->order);
    (void)refuse(RULE_ALLOWANCE, x->d->memory.max_pages, -ENOMEM);
    return MFN_INVALID;
}

static bool store(const struct extents *x, gva_t at, mfn_t m)
{
    return !x->list || !put_guest_u64(at, m.n) || (refuse_memory(at), false);
}

static bool increase_one(const struct extents *x, gva_t at)
{
    mfn_t m = block_get(x, NULL);

    return !mfn_eq(m, MFN_INVALID) && store(x, at, m);
}

static bool populate_one(const struct extents *x, gva_t at)
{
    uint64_t gpfn;
    mfn_t m;

    if (get_guest_u64(&gpfn, at)) {
        (void)refuse_memory(at);
        return false;
    }
    m = block_get(x, &gpfn);
    return !mfn_eq(m, MFN_INVALID) && store(x, at, m);
}

/* The ownership itself goes; with it the frame, unless it is in use. */
static bool frame_leave(struct domain *d, uint64_t gmfn)
{
    struct frame *f = frame_of(mfn(gmfn));
    bool owned;

    if (!memory_frame_get(d, gmfn))
        return false;
    owned = frame_release(f);
    if (owned)
        WRITE_ONCE(m2p[gmfn], ~0UL);
    else
        (void)refuse(RULE_FRAME_NOT_OWNED, gmfn, -EINVAL);
    frame_put(f);
    return owned;
}

static bool decrease_one(const struct extents *x, gva_t at)
{
    uint64_t gmfn, i;

    if (get_guest_u64(&gmfn, at)) {
        (void)refuse_memory(at);
        return false;
    }
    for (i = 0; i < 1UL << x->order; i++) {
        if (!frame_leave(x->d, gmfn + i))
            return false;
    }
    return true;
}

/* Fetches and checks the argument; false (noted) when nothing can be done. Then x->d is a
 * reference to be put. */
static bool extents_begin(struct extents *x, gva_t arg, uint64_t start, bool needs_list)
{
    struct xen_memory_reservation r;

    if (copy_from_guest(&r, arg, sizeof(r))) {
        (void)refuse_memory(arg);
        return false;
    }
    x->list = (uintptr_t)r.extent_start.p;
    x->count = r.nr_extents;
    x->done = start;
    x->order = r.extent_order;
    x->bits = memory_address_bits(r.mem_flags);
    if (x->count > ~0UL >> MEMOP_EXTENT_SHIFT || start > x->count || (needs_list && !x->list)) {
        (void)refuse(RULE_EXTENT_COUNT, x->count, -EINVAL);
        return false;
    }
    if (x->order > order_max()) {
        (void)refuse(RULE_EXTENT_ORDER, x->order, -EPERM);
        return false;
    }
    if (x->count && x->list && (x->count >= 1UL << 48 || !gva_words_ok(x->list, 0, x->count))) {
        (void)refuse_memory(gva(x->list));
        return false;
    }
    return memory_target(r.domid, &x->d) == 0;
}

/* Bound: the number of extents, with a look at other work after each. */
static long extents_do(struct extents *x, uint64_t cmd, gva_t arg, extent_fn one)
{
    uint64_t first = x->done;
    long rc;

    for (; x->done < x->count; x->done++) {
        if (x->done != first && softirq_pending())
            break;
        if (!one(x, gva(x->list + x->done * 8))) {
            rc = (long)x->done;
            goto out;
        }
    }
    rc = (long)x->done;
    if (x->done < x->count)
        rc = call_again(1, x->done << MEMOP_EXTENT_SHIFT | (cmd & MEMOP_CMD_MASK), arg.a, 0, 0);
out:
    domain_put(x->d);
    return rc;
}

long memory_increase(uint64_t cmd, gva_t arg, uint64_t start)
{
    struct extents x;

    return extents_begin(&x, arg, start, false) ? extents_do(&x, cmd, arg, increase_one)
                                                : (long)start;
}

long memory_decrease(uint64_t cmd, gva_t arg, uint64_t start)
{
    struct extents x;

    return extents_begin(&x, arg, start, true) ? extents_do(&x, cmd, arg, decrease_one)
                                               : (long)start;
}

long memory_populate(uint64_t cmd, gva_t arg, uint64_t start)
{
    struct extents x;

    return extents_begin(&x, arg, start, true) ? extents_do(&x, cmd, arg, populate_one)
                                               : (long)start;
}

/*
 * Frames set aside for a domain that is being built, so that two builders don't take them from each
 * other.
 */
long memory_claim(gva_t arg)
{
    struct xen_memory_reservation r;
    struct domain *d;
    long rc;

    if (!domain_may(current()->domain, MAY_CONTROL, NULL))
        return refuse(RULE_NOT_PERMITTED, XENMEM_claim_pages, -EPERM);
    if (copy_from_guest(&r, arg, sizeof(r)))
        return refuse_memory(arg);
    if (r.extent_order || r.mem_flags || r.extent_start.p)
        return refuse(RULE_ARGUMENT, r.mem_flags, -EINVAL);
    rc = memory_target(r.domid, &d);
    if (rc)
        return rc;
    rc = owner_claim(&d->memory, r.nr_extents);
    domain_put(d);
    return rc ? refuse(RULE_CLAIM, r.nr_extents, (int)rc) : 0;
}
