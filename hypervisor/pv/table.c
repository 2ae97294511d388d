/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns checking and undoing of whole tables, entry by entry, within what the type machine allows:
 * the frame is busy, so nobody else changes it but the CPU's own A and D bits.
 */
#include "pv/table.h"
#include "cpu/mapping.h"
#include "kern/softirq.h"
#include "lib/printk.h"
#include "lib/refusal.h"
#include "lib/string.h"
#include "lib/upcall.h"
#include "mm/heap.h"
#include "mm/owner.h"
#include "mm/window.h"
#include "pv/descriptor_check.h"
#include "pv/pt_entry.h"
#include "pv/pte_check.h"
#include "pv/pv.h"
#include "pv/walk.h"

/*
 * The slots of an L4 that are the hypervisor's: the same in every table, but for the domain's own
 * one.
 */
static void l4_fill_hypervisor_slots(uint64_t *l4, domid_t owner)
{
    struct domain *d = container_of(owner_find(owner), struct domain, memory);

    memcpy(l4 + HV_SLOT_FIRST, idle_l4 + HV_SLOT_FIRST, (HV_SLOT_LAST - HV_SLOT_FIRST + 1) * 8);
    l4[SLOT_DOMAIN] = pte_make(heap_mfn(d->pv->l3), PTE_HV_TABLE);
}

void l4_show_m2p(mfn_t l4, bool show)
{
    uint64_t *t = window_map(l4);

    if (t[SLOT_M2P_RO] != (show ? idle_l4[SLOT_M2P_RO] : 0))
        WRITE_ONCE(t[SLOT_M2P_RO], show ? idle_l4[SLOT_M2P_RO] : 0);
    window_unmap(t);
}

/*
 * An L1 is one unit: 512 entries, most of them often empty. Returns the first that is not legal;
 * *rc says why. It may say -ERESTART: an entry maps a frame that is still to be undone as a table;
 * the entries before it keep what they took.
 */
static unsigned int l1_check(uint64_t *t, domid_t owner, unsigned int first, int *rc)
{
    unsigned int i;

    for (i = first; i < PT_ENTRIES; i++) {
        uint64_t e = READ_ONCE(t[i]), stored;

        if (!(e & PTE_P))
            continue;
        *rc = pt_entry_get(1, e, owner, owner, &stored);
        if (unlikely(*rc))
            break;
        if (stored != e)
            WRITE_ONCE(t[i], stored);
    }
    return i;
}

static void l1_undo(const uint64_t *t, unsigned int i)
{
    while (i--) {
        uint64_t e = READ_ONCE(t[i]);

        if (e & PTE_P)
            pt_entry_put(1, e);
    }
}

/* Above level 1 the work stops between entries when the CPU is wanted elsewhere. */
static unsigned int upper_check(uint64_t *t, unsigned int level, domid_t owner, unsigned int first,
                                int *rc)
{
    unsigned int i;

    for (i = first; i < PT_ENTRIES; i++) {
        uint64_t e = READ_ONCE(t[i]), stored;

        if (!(e & PTE_P) || (level == 4 && !l4_slot_is_guests(i)))
            continue;
        *rc = i > first && softirq_pending() ? -ERESTART
                                             : pt_entry_get(level, e, owner, owner, &stored);
        if (*rc)
            break;
        if (stored != e)
            WRITE_ONCE(t[i], stored);
    }
    return i;
}

static unsigned int upper_undo(const uint64_t *t, unsigned int level, unsigned int first, int *rc)
{
    unsigned int i;

    for (i = first; i > 0; i--) {
        uint64_t e = READ_ONCE(t[i - 1]);

        if (!(e & PTE_P) || (level == 4 && !l4_slot_is_guests(i - 1)))
            continue;
        if (i < first && softirq_pending()) {
            *rc = -ERESTART;
            break;
        }
        pt_entry_put(level, e);
    }
    return i;
}

static int pt_check(struct frame *f, unsigned int level, unsigned int *index)
{
    uint64_t *t = window_map(frame_mfn(f));
    int rc = 0;

    *index = level == 1 ? l1_check(t, f->owner, *index, &rc)
                        : upper_check(t, level, f->owner, *index, &rc);
    if (level > 1)
        pv_upper_changed(f->owner); /* it may be found by walks again, with other entries */
    if (!rc && level == 4)
        l4_fill_hypervisor_slots(t, f->owner);
    window_unmap(t);
    return rc;
}

static int pt_undo(struct frame *f, unsigned int level, unsigned int *index)
{
    uint64_t *t = window_map(frame_mfn(f));
    int rc = 0;

    if (level == 4)
        memset(t + HV_SLOT_FIRST, 0, (HV_SLOT_LAST - HV_SLOT_FIRST + 1) * 8);
    if (level == 1) {
        l1_undo(t, *index);
        *index = 0;
    } else {
        *index = upper_undo(t, level, *index, &rc);
    }
    window_unmap(t);
    return rc;
}

int table_check(struct frame *f, enum frame_type t, unsigned int *index)
{
    if (t == TYPE_DESCRIPTORS)
        return descriptors_check_frame(frame_mfn(f));
    return pt_check(f, type_level(t), index);
}

int table_undo(struct frame *f, enum frame_type t, unsigned int *index)
{
    if (t == TYPE_DESCRIPTORS) {
        *index = 0;
        return 0;
    }
    return pt_undo(f, type_level(t), index);
}

void type_undo_later(mfn_t m)
{
    struct pv_vcpu *pv = current()->pv;
    unsigned int i;

    for (i = 0; pv && i < UNDO_SLOTS; i++) {
        if (mfn_eq(pv->undo[i], MFN_INVALID)) {
            pv->undo[i] = m;
            pv->undo_count++;
            return;
        }
    }
    /* no slot: the frame is gone on with when somebody wants it, or when the domain ends */
}

/* The lowest level first: what is above it can then be finished without stopping at it. */
static unsigned int lowest(const struct pv_vcpu *pv)
{
    unsigned int i, best = UNDO_SLOTS;

    for (i = 0; i < UNDO_SLOTS; i++) {
        if (mfn_eq(pv->undo[i], MFN_INVALID))
            continue;
        if (best == UNDO_SLOTS ||
            type_of(frame_of(pv->undo[i])->type) < type_of(frame_of(pv->undo[best])->type))
            best = i;
    }
    return best;
}

int table_undo_pending(struct vcpu *v)
{
    unsigned int i;
    mfn_t m;

    while (v->pv->undo_count) {
        i = lowest(v->pv);
        m = v->pv->undo[i];
        v->pv->undo[i] = MFN_INVALID;
        v->pv->undo_count--;
        if (frame_undo_continue(m)) /* it is noted again */
            return -ERESTART;
    }
    return 0;
}
