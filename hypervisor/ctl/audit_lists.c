/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The audit's look at lists: whether owners' lists, totals and free lists agree with the frames'
 * records, frames set aside add up, and the M2P of frames without owner is empty.
 */
#include "ctl/audit.h"
#include "mm/alloc.h"

/*
 * Walks a list of an owner's, of frames with these flags. Bound: the owner's total, and one more.
 */
static uint64_t check_list(struct audit_result *r, const struct domain *d, uint32_t at,
                           uint8_t flags)
{
    uint32_t before = OWNER_LIST_END;
    uint64_t n = 0;

    while (at != OWNER_LIST_END && n <= d->memory.tot_pages) {
        const struct frame *f = frame_of(mfn(at));

        if (!mfn_valid(mfn(at)) || f->owner != d->id ||
            (f->flags & (FRAME_LISTED | FRAME_LINGERS)) != flags || f->prev != before) {
            audit_report(r, MORTISE_AUDIT_OWNER, AUDIT_AT(d->id, at, flags, 0),
                         "frame %x is in the list of domain %u, but not rightly", at, d->id);
            break;
        }
        n++;
        before = at;
        at = f->next;
    }
    return n;
}

static void check_owner(struct audit_result *r, const struct domain *d)
{
    const struct owner *o = &d->memory;
    uint64_t n = check_list(r, d, o->list, FRAME_LISTED);

    n += check_list(r, d, o->lingering, FRAME_LISTED | FRAME_LINGERS);
    if (n != o->tot_pages)
        audit_report(r, MORTISE_AUDIT_OWNER, AUDIT_AT(d->id, 0, o->tot_pages, n),
                     "domain %u has %lu frames in its list but %lu in its account", d->id, n,
                     o->tot_pages);
}

struct totals {
    uint64_t listed, shared, accounted, accounted_shared, claimed;
};

/* What each record says of its own place; the sums must be those of the accounts. */
static void check_record(struct audit_result *r, uint64_t n, const struct frame *f,
                         struct totals *t, uint64_t *free)
{
    bool held = f->refs & FRAME_COUNT;

    if (!f->refs && f->flags & FRAME_RAM)
        ++*free;
    if (f->owner == DOMID_IO)
        return;
    if (held && frame_is_domains(f)) {
        t->listed += !!(f->flags & FRAME_LISTED);
        t->shared += !!(f->flags & FRAME_SHARED);
        if (!(f->flags & FRAME_LISTED) == !(f->flags & FRAME_SHARED))
            audit_report(r, MORTISE_AUDIT_OWNER, AUDIT_AT(f->owner, n, f->flags, 0),
                         "frame %lx of domain %u has flags %x", n, f->owner, f->flags);
    } else if (m2p[n] != ~0UL) {
        audit_report(r, MORTISE_AUDIT_M2P, AUDIT_AT(DOMID_INVALID, n, m2p[n], ~0UL),
                     "frame %lx has no owner, but %lx in the M2P", n, m2p[n]);
    }
}

static void check_owners(struct audit_result *r, struct totals *t)
{
    struct domain *d, *next;

    for (d = domain_next(0, true); d; d = next) {
        check_owner(r, d);
        t->accounted += d->memory.tot_pages;
        t->accounted_shared += d->memory.shared_pages;
        t->claimed += d->memory.claimed;
        next = domain_next(d->id, false);
        domain_put(d);
    }
}

void audit_lists(struct audit_result *r)
{
    struct totals t = {0};
    uint64_t n, free = 0, listed = 0;

    for (n = 0; n < frame_limit; n++) {
        if (mfn_recorded(mfn(n)))
            check_record(r, n, frame_of(mfn(n)), &t, &free);
        else
            n |= FRAMES_PER_SECTION - 1;
    }
    check_owners(r, &t);
    if (t.listed != t.accounted)
        audit_report(r, MORTISE_AUDIT_OWNER, AUDIT_AT(DOMID_INVALID, 0, t.accounted, t.listed),
                     "domains own %lu frames, their accounts say %lu", t.listed, t.accounted);
    if (t.shared != t.accounted_shared)
        audit_report(r, MORTISE_AUDIT_OWNER,
                     AUDIT_AT(DOMID_INVALID, 0, t.accounted_shared, t.shared),
                     "domains share %lu frames with the hypervisor, their accounts say %lu",
                     t.shared, t.accounted_shared);
    if (t.claimed != frames_claimed_count())
        audit_report(
            r, MORTISE_AUDIT_OWNER, AUDIT_AT(DOMID_INVALID, 0, frames_claimed_count(), t.claimed),
            "%lu frames are set aside, for domains %lu", frames_claimed_count(), t.claimed);
    if (!alloc_check(&listed))
        audit_report(r, MORTISE_AUDIT_OWNER, AUDIT_AT(DOMID_INVALID, 0, 0, 0),
                     "the free lists are broken");
    if (free != listed)
        audit_report(r, MORTISE_AUDIT_OWNER, AUDIT_AT(DOMID_INVALID, 0, listed, free),
                     "%lu frames are free, %lu are in the free lists", free, listed);
}
