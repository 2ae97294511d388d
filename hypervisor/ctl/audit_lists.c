/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The audit's look at lists and mappings: whether owners' lists, totals and free lists agree with
 * the frames' records, the M2P of frames without owner is empty, and the hypervisor maps of guests'
 * frames only what is on its closed list.
 */
#include "cpu/mapping.h"
#include "cpu/pte.h"
#include "ctl/audit.h"
#include "dom/vcpu.h"
#include "mm/alloc.h"
#include "mm/heap.h"
#include "mm/permanent.h"
#include "mm/window.h"
#include "pv/pv.h"

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
            audit_report(r, MORTISE_AUDIT_OWNER,
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
        audit_report(r, MORTISE_AUDIT_OWNER,
                     "domain %u has %lu frames in its list but %lu in its account", d->id, n,
                     o->tot_pages);
}

struct totals {
    uint64_t listed, shared, accounted, accounted_shared;
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
            audit_report(r, MORTISE_AUDIT_OWNER, "frame %lx of domain %u has flags %x", n, f->owner,
                         f->flags);
    } else if (m2p[n] != ~0UL) {
        audit_report(r, MORTISE_AUDIT_M2P, "frame %lx has no owner, but %lx in the M2P", n, m2p[n]);
    }
}

static void check_owners(struct audit_result *r, struct totals *t)
{
    struct domain *d, *next;

    for (d = domain_next(0, true); d; d = next) {
        check_owner(r, d);
        t->accounted += d->memory.tot_pages;
        t->accounted_shared += d->memory.shared_pages;
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
    if (t.listed != t.accounted || t.shared != t.accounted_shared)
        audit_report(r, MORTISE_AUDIT_OWNER,
                     "domains own %lu+%lu frames, their accounts say %lu+%lu", t.listed, t.shared,
                     t.accounted, t.accounted_shared);
    if (!alloc_check(&listed))
        audit_report(r, MORTISE_AUDIT_OWNER, "the free lists are broken");
    if (free != listed)
        audit_report(r, MORTISE_AUDIT_OWNER, "%lu frames are free, %lu are in the free lists", free,
                     listed);
}

static void check_heap_page(unsigned int page, mfn_t m, void *data)
{
    if (!mfn_valid(m) || (frame_is_domains(frame_of(m)) && !permanent_count(m)))
        audit_report(data, MORTISE_AUDIT_MAPPINGS, "page %x of the heap area shows frame %lx", page,
                     m.n);
}

/* GDT and LDT in the vCPU's region; windows may show anything. */
static void check_region(struct audit_result *r, const struct vcpu *v)
{
    const struct pv_vcpu *pv = v->pv;
    unsigned int i;

    for (i = 0; i < GDT_FRAMES; i++) {
        uint64_t e = pv->l1[REGION_GDT + i];
        bool there = !mfn_eq(pv->gdt[i], MFN_INVALID);

        if (there != !!(e & PTE_P) || (there && !mfn_eq(pte_mfn(e), pv->gdt[i])))
            audit_report(r, MORTISE_AUDIT_MAPPINGS, "GDT page %u of vCPU %u of domain %u shows %lx",
                         i, v->id, v->domain->id, e);
    }
    for (i = 0; i < 16; i++) {
        if ((pv->ldt_mapped >> i & 1) != !!(pv->l1[REGION_LDT + i] & PTE_P))
            audit_report(r, MORTISE_AUDIT_MAPPINGS, "LDT page %u of vCPU %u of domain %u is %lx", i,
                         v->id, v->domain->id, pv->l1[REGION_LDT + i]);
    }
}

/* The hypervisor's slots of a domain's L4, as pv/table.c fills them. */
static void check_l4(struct audit_result *r, uint64_t n, const struct frame *f)
{
    const struct domain *d = container_of(owner_find(f->owner), struct domain, memory);
    const uint64_t *t = window_map(mfn(n));
    unsigned int i;

    for (i = HV_SLOT_FIRST; i <= HV_SLOT_LAST; i++) {
        uint64_t want = i == SLOT_DOMAIN ? pte_make(heap_mfn(d->pv->l3), PTE_HV_TABLE) : idle_l4[i];
        uint64_t ignore = PTE_A | PTE_D;

        if (((t[i] ^ want) & ~ignore) && !(i == SLOT_M2P_RO && !t[i]))
            audit_report(r, MORTISE_AUDIT_MAPPINGS, "slot %u of L4 %lx is %lx instead of %lx", i, n,
                         t[i], want);
    }
    window_unmap(t);
}

void audit_mappings(struct audit_result *r)
{
    struct domain *d, *next;
    unsigned int i;
    uint64_t n;

    heap_for_each_page(check_heap_page, r);
    for (d = domain_next(0, true); d; d = next) {
        for (i = 0; i < d->max_vcpus; i++) {
            if (d->vcpus[i] && d->vcpus[i]->pv)
                check_region(r, d->vcpus[i]);
        }
        next = domain_next(d->id, false);
        domain_put(d);
    }
    for (n = 0; n < frame_limit; n++) {
        const struct frame *f = frame_of(mfn(n));

        if (!mfn_recorded(mfn(n)))
            n |= FRAMES_PER_SECTION - 1;
        else if (frame_is_domains(f) && !(f->type & TYPE_IDLE) && type_of(f->type) == TYPE_L4 &&
                 f->type & TYPE_VALIDATED)
            check_l4(r, n, f);
    }
}
