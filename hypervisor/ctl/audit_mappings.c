/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The audit's look at mappings: the hypervisor maps of guests' frames only what is on its closed
 * list and has a holder; a vCPU's region shows its descriptors and no window that nobody uses; an
 * L4 shows of the hypervisor what it should.
 */
#include "cpu/asm.h"
#include "cpu/mapping.h"
#include "cpu/pte.h"
#include "ctl/audit.h"
#include "dom/vcpu.h"
#include "event/pirq.h"
#include "grant/grant.h"
#include "mm/heap.h"
#include "mm/permanent.h"
#include "mm/window.h"
#include "pv/pv.h"

static void check_heap_page(unsigned int page, mfn_t m, void *data)
{
    if (!mfn_valid(m) || (frame_is_domains(frame_of(m)) && !permanent_count(m)))
        audit_report(data, MORTISE_AUDIT_MAPPINGS, AUDIT_AT(DOMID_INVALID, page, m.n, 0),
                     "page %x of the heap area shows frame %lx", page, m.n);
}

/* What holds permanent mappings, by kind. */
static uint32_t holders[PERMANENT_KINDS], records[PERMANENT_KINDS];

static void see_record(mfn_t m, enum permanent_kind kind, void *data)
{
    (void)m;
    (void)data;
    records[kind]++;
}

static void hold(struct audit_result *r, const struct domain *d, const void *va, mfn_t recorded,
                 enum permanent_kind kind)
{
    mfn_t m = heap_mfn(va);

    holders[kind]++;
    if (mfn_eq(m, recorded) && permanent_count(m))
        return;
    audit_report(r, MORTISE_AUDIT_MAPPINGS, AUDIT_AT(d->id, kind, recorded.n, m.n),
                 "domain %u: permanent mapping of kind %u, of frame %lx, shows %lx", d->id, kind,
                 recorded.n, m.n);
}

static void see_holders(struct audit_result *r, const struct domain *d)
{
    uint32_t i;

    if (d->shared)
        hold(r, d, d->shared, d->shared_mfn, PERMANENT_SHARED_INFO);
    for (i = 0; d->grants && i < d->grants->frames; i++) {
        if (d->grants->shared[i])
            hold(r, d, d->grants->shared[i], heap_mfn(d->grants->shared[i]), PERMANENT_GRANT_TABLE);
    }
    for (i = 0; i < d->max_vcpus; i++) {
        if (d->vcpus[i] && !mfn_eq(d->vcpus[i]->info_mfn, MFN_INVALID))
            hold(r, d, d->vcpus[i]->info, d->vcpus[i]->info_mfn, PERMANENT_VCPU_INFO);
    }
    if (d->pirqs && d->pirqs->eoi_map)
        hold(r, d, d->pirqs->eoi_map, d->pirqs->eoi_mfn, PERMANENT_PIRQ_EOI);
}

static void check_permanent(struct audit_result *r)
{
    unsigned int kind;

    for (kind = 0; kind < PERMANENT_KINDS; kind++)
        holders[kind] = records[kind] = 0;
    permanent_for_each(see_record, NULL);
    audit_domains(r, see_holders);
    for (kind = 0; kind < PERMANENT_KINDS; kind++) {
        if (holders[kind] != records[kind])
            audit_report(r, MORTISE_AUDIT_MAPPINGS,
                         AUDIT_AT(DOMID_INVALID, kind, records[kind], holders[kind]),
                         "%u permanent mappings of kind %u, %u are somebody's", records[kind], kind,
                         holders[kind]);
    }
}

static void check_descriptors(struct audit_result *r, const struct vcpu *v)
{
    const struct pv_vcpu *pv = v->pv;
    unsigned int i;

    for (i = 0; i < GDT_FRAMES; i++) {
        uint64_t e = pv->l1[REGION_GDT + i];
        bool there = !mfn_eq(pv->gdt[i], MFN_INVALID);

        if (there != !!(e & PTE_P) || (there && !mfn_eq(pte_mfn(e), pv->gdt[i])))
            audit_report(r, MORTISE_AUDIT_MAPPINGS, AUDIT_AT(v->domain->id, i, pv->gdt[i].n, e),
                         "GDT page %u of vCPU %u of domain %u shows %lx", i, v->id, v->domain->id,
                         e);
    }
    for (i = 0; i < 16; i++) {
        uint64_t e = pv->l1[REGION_LDT + i];

        if ((pv->ldt_mapped >> i & 1) != !!(e & PTE_P))
            audit_report(r, MORTISE_AUDIT_MAPPINGS,
                         AUDIT_AT(v->domain->id, i, pv->ldt_mapped >> i & 1, e),
                         "LDT page %u of vCPU %u of domain %u is %lx", i, v->id, v->domain->id, e);
    }
}

/* Interrupts off: a flush may empty the cache of this CPU. */
static void check_windows(struct audit_result *r, const struct vcpu *v)
{
    const struct window_cache *w = &v->pv->windows;
    unsigned int i;

    for (i = 0; i < WINDOWS; i++) {
        uint64_t want = w->mfn[i] == ~0UL ? 0 : pte_make(mfn(w->mfn[i]), PTE_HV_DATA);
        uint64_t e = w->entries[i] & ~(PTE_A | PTE_D), ignored = PTE_A | PTE_D;

        if (w->users[i])
            audit_report(r, MORTISE_AUDIT_WINDOWS, AUDIT_AT(v->domain->id, v->id, w->users[i], 0),
                         "window %u of vCPU %u of domain %u, on frame %lx, is used %u times", i,
                         v->id, v->domain->id, w->mfn[i], w->users[i]);
        if (e != (want & ~ignored) || (w->filled >> i & 1) != !!want)
            audit_report(r, MORTISE_AUDIT_WINDOWS, AUDIT_AT(v->domain->id, v->id, w->mfn[i], e),
                         "window %u of vCPU %u of domain %u is on frame %lx, but shows %lx", i,
                         v->id, v->domain->id, w->mfn[i], e);
    }
}

static void check_undo(struct audit_result *r, const struct vcpu *v)
{
    uint32_t i, n = 0;

    for (i = 0; i < UNDO_SLOTS; i++)
        n += !mfn_eq(v->pv->undo[i], MFN_INVALID);
    if (n != v->pv->undo_count)
        audit_report(r, MORTISE_AUDIT_TYPE_STATE,
                     AUDIT_AT(v->domain->id, v->id, v->pv->undo_count, n),
                     "vCPU %u of domain %u has %u tables to undo, %u are named", v->id,
                     v->domain->id, v->pv->undo_count, n);
}

static void check_vcpus(struct audit_result *r, const struct domain *d)
{
    unsigned int i;

    for (i = 0; i < d->max_vcpus; i++) {
        uint64_t flags;

        if (!d->vcpus[i] || !d->vcpus[i]->pv)
            continue;
        check_descriptors(r, d->vcpus[i]);
        check_undo(r, d->vcpus[i]);
        flags = irq_save();
        check_windows(r, d->vcpus[i]);
        irq_restore(flags);
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
            audit_report(r, MORTISE_AUDIT_MAPPINGS, AUDIT_AT(d->id, n, t[i], want),
                         "slot %u of L4 %lx of domain %u is %lx instead of %lx", i, n, d->id, t[i],
                         want);
    }
    window_unmap(t);
}

void audit_mappings(struct audit_result *r)
{
    uint64_t n;

    heap_for_each_page(check_heap_page, r);
    check_permanent(r);
    audit_domains(r, check_vcpus);
    for (n = 0; n < frame_limit; n++) {
        const struct frame *f = frame_of(mfn(n));

        if (!mfn_recorded(mfn(n)))
            n |= FRAMES_PER_SECTION - 1;
        else if (frame_is_domains(f) && !(f->type & TYPE_IDLE) && type_of(f->type) == TYPE_L4 &&
                 f->type & TYPE_VALIDATED)
            check_l4(r, n, f);
    }
}
