/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the walk over all that holds references on frames: table entries, pins, unfinished tables,
 * the tables and descriptor pages of vCPUs, permanent mappings and grant mappings. Who adds a
 * holder of references adds it here.
 */
#include "cpu/pte.h"
#include "ctl/audit.h"
#include "dom/vcpu.h"
#include "grant/grant.h"
#include "mm/permanent.h"
#include "mm/window.h"
#include "pv/pte_check.h"
#include "pv/pv.h"

static struct audit_count *count_of(struct audit_pass *p, mfn_t m)
{
    if (m.n - p->first >= p->frames)
        return NULL;
    p->references++;
    return &p->counts[m.n - p->first];
}

static void see_ref(struct audit_pass *p, mfn_t m)
{
    struct audit_count *c = count_of(p, m);

    if (c)
        audit_count_ref(c);
}

static void see_use(struct audit_pass *p, mfn_t m, enum frame_type t)
{
    struct audit_count *c = count_of(p, m);

    if (c)
        audit_count_use(c, t);
}

/* What one entry of a table of `owner` holds, as pv/pt_entry.c takes it: nothing for device
 * memory. */
static void see_entry(struct audit_pass *p, domid_t owner, unsigned int level, uint64_t entry)
{
    mfn_t m = pte_mfn(entry);
    const struct frame *f = frame_of(m);

    if (!(entry & PTE_P) || m.n - p->first >= p->frames)
        return;
    if (level > 1) {
        see_use(p, m, type_table(level - 1));
        return;
    }
    if (!mfn_valid(m) || f->owner == DOMID_IO)
        return;
    if (entry & PTE_RW)
        see_use(p, m, TYPE_WRITABLE);
    else
        see_ref(p, m);
    if (unlikely(f->owner != owner) && audit_grants_only(owner))
        p->foreign++;
}

/* The entries that hold references: all of a checked table, those below the mark of an
 * unfinished one. */
static void see_table(struct audit_pass *p, mfn_t m, uint64_t w)
{
    unsigned int level = type_level(type_of(w)), i;
    unsigned int end = w & TYPE_PARTIAL ? type_index(w) : PT_ENTRIES;
    domid_t owner = frame_of(m)->owner;
    const uint64_t *t = window_map(m);

    for (i = 0; i < MIN(end, (unsigned int)PT_ENTRIES); i++) {
        if (level < 4 || l4_slot_is_guests(i))
            see_entry(p, owner, level, READ_ONCE(t[i]));
    }
    window_unmap(t);
}

/* The frame's own state: a pin and an unfinished check hold a reference and a use each. */
static void see_state(struct audit_pass *p, mfn_t m, uint64_t w)
{
    if (w & TYPE_PINNED)
        see_use(p, m, type_of(w));
    if (w & TYPE_PARTIAL)
        see_use(p, m, type_of(w));
}

static void see_frames(struct audit_pass *p)
{
    uint64_t n;

    for (n = 0; n < frame_limit; n++) {
        uint64_t w;

        if (!mfn_recorded(mfn(n))) {
            n |= FRAMES_PER_SECTION - 1;
            continue;
        }
        w = READ_ONCE(frame_of(mfn(n))->type);
        if (w & TYPE_IDLE || !type_is_table(type_of(w)))
            continue;
        see_state(p, mfn(n), w);
        if (w & (TYPE_VALIDATED | TYPE_PARTIAL))
            see_table(p, mfn(n), w);
    }
}

static void see_vcpu(struct audit_pass *p, const struct pv_vcpu *pv)
{
    unsigned int i;

    if (!pv)
        return;
    if (!mfn_eq(pv->kernel_l4, MFN_INVALID))
        see_use(p, pv->kernel_l4, TYPE_L4);
    if (!mfn_eq(pv->user_l4, MFN_INVALID))
        see_use(p, pv->user_l4, TYPE_L4);
    for (i = 0; i < GDT_FRAMES; i++) {
        if (!mfn_eq(pv->gdt[i], MFN_INVALID))
            see_use(p, pv->gdt[i], TYPE_DESCRIPTORS);
    }
    for (i = 0; i < 16; i++) {
        if (pv->ldt_mapped >> i & 1)
            see_use(p, pte_mfn(pv->l1[REGION_LDT + i]), TYPE_DESCRIPTORS);
    }
}

static void see_permanent(mfn_t m, enum permanent_kind kind, void *data)
{
    (void)kind;
    see_use(data, m, TYPE_WRITABLE);
}

static void see_mapping(const struct domain *d, const struct grant_mapping *m, void *data)
{
    (void)d;
    if (m->flags & MAPPING_READONLY)
        see_ref(data, m->frame);
    else
        see_use(data, m->frame, TYPE_WRITABLE);
}

void audit_count_all(struct audit_pass *p)
{
    struct domain *d, *next;
    unsigned int i;

    see_frames(p);
    permanent_for_each(see_permanent, p);
    for (d = domain_next(0, true); d; d = next) {
        for (i = 0; i < d->max_vcpus; i++) {
            if (d->vcpus[i])
                see_vcpu(p, d->vcpus[i]->pv);
        }
        grant_for_each_mapping(d, see_mapping, p);
        next = domain_next(d->id, false);
        domain_put(d);
    }
}
