/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the change of a page-table entry.
 *
 * There is no lock: the new entry's references are taken first, the entry is exchanged against the
 * value that was read, and whoever took an old value out gives its references back. So each stored
 * value is given back once, by the CPU whose exchange removed it. The table can't cease to be a
 * table meanwhile, since the caller holds a use of it.
 */
#include "pv/pt_entry.h"
#include "cpu/features.h"
#include "dom/domain.h"
#include "lib/printk.h"
#include "lib/refusal.h"
#include "mm/window.h"
#include "pv/device_memory.h"
#include "pv/pte_check.h"
#include "pv/walk.h"

#define RACE_LIMIT 1000 /* another vCPU would have to win this many exchanges in a row */

/*
 * What may only be read is mapped without RW, whatever was asked: the kernel that maps it may well
 * only read.
 */
static int device_entry_get(uint64_t *stored, domid_t owner)
{
    switch (device_memory_access(owner, pte_mfn(*stored))) {
    case DEVICE_WRITE:
        return 0;
    case DEVICE_READ:
        *stored &= ~PTE_RW;
        return 0;
    case DEVICE_NONE:
        break;
    }
    return refuse(RULE_ENTRY_DEVICE, *stored, -EINVAL);
}

/*
 * RAM is write-back whatever the guest asks for: quietly for a domain with devices, whose kernel
 * may ask in good faith.
 */
static int ram_cacheability(uint64_t *stored, domid_t owner)
{
    if (likely(!(*stored & PTE_CACHE)))
        return 0;
    if (!device_memory_owner(owner))
        return refuse(RULE_ENTRY_CACHE, *stored, -EINVAL);
    *stored &= ~PTE_CACHE;
    return 0;
}

static inline __attribute__((always_inline)) int l1_entry_get(uint64_t entry, domid_t table_owner,
                                                              domid_t frame_owner, uint64_t *stored)
{
    mfn_t m = pte_mfn(entry);
    int rc;

    if (unlikely(frame_is_device(m)))
        return device_entry_get(stored, table_owner);
    rc = ram_cacheability(stored, table_owner);
    if (rc)
        return rc;
    if (!frame_get(m, frame_owner))
        return refuse(RULE_FRAME_NOT_OWNED, entry, -EINVAL);
    if (!(entry & PTE_RW))
        return 0;
    rc = frame_use(frame_of(m), TYPE_WRITABLE);
    if (likely(!rc))
        return 0;
    frame_put(frame_of(m));
    return rc == -ERESTART ? rc : refuse(RULE_FRAME_TYPE, entry, rc);
}

/*
 * On a CPU that speculates through such entries (L1TF) the address must not be RAM's; the control
 * domain is trusted to see to it.
 */
static noinline int entry_l1tf(uint64_t entry, domid_t owner)
{
    if (!mfn_valid(pte_mfn(entry)) || device_memory_owner(owner))
        return 0;
    return refuse(RULE_ENTRY_L1TF, entry, -EINVAL);
}

/* Expanded where the level is known. */
static inline __attribute__((always_inline)) int entry_get(unsigned int level, uint64_t entry,
                                                           domid_t table_owner, domid_t frame_owner,
                                                           uint64_t *stored)
{
    struct pte_ask ask = {level, entry, cpu_features.phys_bits};
    int rc;

    if (unlikely(pte_check(&ask, stored) != PTE_OK))
        return refuse(RULE_ENTRY_BITS, entry, -EINVAL);
    if (!(entry & PTE_P))
        return likely(!entry || !cpu_features.l1tf) ? 0 : entry_l1tf(entry, table_owner);
    if (level == 1)
        return l1_entry_get(entry, table_owner, frame_owner, stored);
    if (!mfn_valid(pte_mfn(entry)))
        return refuse(RULE_FRAME_NOT_OWNED, entry, -EINVAL);
    rc = frame_get_type(pte_mfn(entry), table_owner, type_table(level - 1));
    if (rc && rc != -ERESTART)
        return refuse(RULE_FRAME_TYPE, entry, rc);
    return rc;
}

int pt_entry_get(unsigned int level, uint64_t entry, domid_t table_owner, domid_t frame_owner,
                 uint64_t *stored)
{
    return entry_get(level, entry, table_owner, frame_owner, stored);
}

static inline __attribute__((always_inline)) void entry_put(unsigned int level, uint64_t entry)
{
    mfn_t m = pte_mfn(entry);

    if (!(entry & PTE_P) || (level == 1 && frame_is_device(m)))
        return;
    if (level > 1 || entry & PTE_RW)
        frame_put_type(frame_of(m));
    else
        frame_put(frame_of(m));
}

void pt_entry_put(unsigned int level, uint64_t entry)
{
    entry_put(level, entry);
}

/* Whether both entries hold the same references, so that none needs to change hands. */
static inline bool same_references(const struct pt_change *c, uint64_t old)
{
    return old & c->entry & PTE_P && !((old ^ c->entry) & (PTE_ADDR | PTE_RW | PTE_CACHE)) &&
           c->frame_owner == c->table_owner && !(old & PTE_GRANTED);
}

/* Exchanges the entry; *old is what was there. */
static inline int entry_store(struct pt_change *c, uint64_t *slot, uint64_t stored, uint64_t *old)
{
    unsigned int tries;
    uint64_t next;

    for (tries = 0; tries < RACE_LIMIT; tries++) {
        if (c->how == PT_EXPECT && *old != c->expected) {
            c->expected = *old;
            return -EAGAIN;
        }
        next = stored;
        if (c->how == PT_PRESERVE_AD && stored & PTE_P)
            next |= *old & (PTE_A | PTE_D);
        if (__atomic_compare_exchange_n(slot, old, next, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
            return 0;
    }
    return refuse(RULE_UPDATE_RACE, c->entry, -EBUSY);
}

/*
 * The change that keeps the references: only bits of the same mapping. The exchange is against the
 * value that was compared.
 */
static inline __attribute__((always_inline)) int entry_store_bits(struct pt_change *c,
                                                                  uint64_t *slot, uint64_t old)
{
    struct pte_ask ask = {1, c->entry, cpu_features.phys_bits};
    uint64_t stored;

    if (pte_check(&ask, &stored) != PTE_OK)
        return refuse(RULE_ENTRY_BITS, c->entry, -EINVAL);
    if (c->how == PT_EXPECT && old != c->expected) {
        c->expected = old;
        return -EAGAIN;
    }
    if (c->how == PT_PRESERVE_AD)
        stored |= old & (PTE_A | PTE_D);
    return __atomic_compare_exchange_n(slot, &old, stored, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_RELAXED)
               ? 0
               : -ERESTART;
}

static inline __attribute__((always_inline)) int entry_set(struct pt_change *c, unsigned int level)
{
    uint64_t *slot = (uint64_t *)window_map(c->table) + c->index, stored, old;
    int rc;

    old = READ_ONCE(*slot);
    if (level == 1 && same_references(c, old)) {
        rc = entry_store_bits(c, slot, old);
        window_unmap(slot);
        return rc;
    }
    rc = entry_get(level, c->entry, c->table_owner, c->frame_owner, &stored);
    if (!rc) {
        old = READ_ONCE(*slot);
        rc = entry_store(c, slot, stored, &old);
        if (rc)
            old = stored; /* give back what was taken */
    } else {
        old = 0;
    }
    window_unmap(slot);
    if (level > 1)
        pv_upper_changed(c->table_owner);
    entry_put(level, old);
    return rc;
}

/* Level 1 apart from the others: most of what is asked about an entry is known then. */
int pt_entry_set(struct pt_change *c)
{
    if (likely(c->level == 1))
        return entry_set(c, 1);
    if (c->level == 4 && !l4_slot_is_guests(c->index))
        return refuse(RULE_ENTRY_SLOT, c->index, -EINVAL);
    /* tables are one domain's from top to bottom: only what they map may be another's */
    if (c->frame_owner != c->table_owner)
        return refuse(RULE_FRAME_NOT_OWNED, c->entry, -EINVAL);
    return entry_set(c, c->level);
}

/* Expanded where the type is known, as pt_entry_set() is. */
static inline __attribute__((always_inline)) int update_as(domid_t d, mfn_t table,
                                                           enum frame_type t, unsigned int index,
                                                           uint64_t expected, uint64_t next)
{
    struct pt_change c = {.table = table,
                          .level = type_level(t),
                          .index = index,
                          .entry = next,
                          .table_owner = d,
                          .frame_owner = d,
                          .how = PT_EXPECT,
                          .expected = expected};
    int rc = frame_get_type(table, d, t);

    if (unlikely(rc))
        return rc == -ERESTART ? rc : refuse(RULE_TABLE_TYPE, table.n, rc);
    rc = pt_entry_set(&c);
    frame_put_type(frame_of(table));
    return rc;
}

int pt_entry_update(struct vcpu *v, mfn_t table, unsigned int index, uint64_t expected,
                    uint64_t next)
{
    enum frame_type t = mfn_valid(table) ? frame_type_now(frame_of(table)) : TYPE_NONE;

    if (likely(t == TYPE_L1))
        return update_as(v->domain->id, table, TYPE_L1, index, expected, next);
    if (!type_is_table(t))
        return refuse(RULE_TABLE_TYPE, table.n, -EINVAL);
    return update_as(v->domain->id, table, t, index, expected, next);
}
