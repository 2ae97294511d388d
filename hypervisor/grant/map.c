/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mapping a grant into a page-table entry of the caller's, and taking it out again.
 *
 * The entry is found by the guest's address, or by its own machine address, when the mapping is
 * made; its place is kept, and the end of the mapping clears exactly that place, if it still shows
 * the frame. Nothing else of the guest's can show it: an entry that names a foreign frame is only
 * ever stored here.
 */
#include "cpu/percpu.h"
#include "cpu/pte.h"
#include "grant/mapping.h"
#include "lib/errno.h"
#include "lib/refusal.h"
#include "mm/guest_copy.h"
#include "mm/tlb.h"
#include "mm/window.h"
#include "pv/pt_entry.h"
#include "pv/walk.h"

#define CLEAR_ATTEMPTS 64 /* CPUs set A and D meanwhile; anything else is the guest's own race */

static int refused(enum rule rule, uint64_t argument, int status)
{
    (void)refuse(rule, argument, -EINVAL);
    return status;
}

/* Takes a use of a frame as L1 if it is one now; false when it is not. *rc is -ERESTART, or 0. */
static inline __attribute__((always_inline)) bool table_use(struct domain *d, mfn_t table, int *rc)
{
    *rc = 0;
    if (!mfn_valid(table) || frame_type_now(frame_of(table)) != TYPE_L1)
        return false;
    *rc = frame_get_type(table, d->id, TYPE_L1);
    if (*rc == 0)
        return true;
    if (*rc != -ERESTART)
        *rc = 0;
    return false;
}

/* Where the entry lies that `addr` means. */
static int locate(struct vcpu *v, uint64_t addr, bool is_entry, mfn_t *table, uint16_t *index)
{
    if (is_entry) {
        if (addr & 7)
            return refused(RULE_ENTRY_ALIGNMENT, addr, GNTST_general_error);
        *table = paddr_to_mfn(paddr(addr));
        *index = (uint16_t)((addr & ~PAGE_MASK) / 8);
        return GNTST_okay;
    }
    if (!gva_range_ok(gva(addr), 1) || pv_find_l1(v, addr, table))
        return refused(RULE_NOT_MAPPED, addr, GNTST_bad_virt_addr);
    *index = (uint16_t)pt_index(addr, 1);
    return GNTST_okay;
}

static uint64_t entry_for(uint32_t flags, mfn_t frame)
{
    uint64_t e = pte_make(frame, PTE_P);

    if (!(flags & GNTMAP_readonly))
        e |= PTE_RW;
    if (flags & GNTMAP_application_map)
        e |= PTE_U;
    return e | ((uint64_t)(flags >> _GNTMAP_guest_avail0) << 9 & PTE_AVAIL);
}

/* Stores the entry, with references of its own. */
static int store(struct domain *d, const struct grant_mapping *m, uint32_t flags)
{
    struct pt_change c = {.table = m->table,
                          .level = 1,
                          .index = m->index,
                          .entry = entry_for(flags, m->frame),
                          .table_owner = d->id,
                          .frame_owner = m->granter->id,
                          .how = PT_PLAIN};
    int rc;

    if (!table_use(d, m->table, &rc))
        return rc ? rc : refused(RULE_TABLE_TYPE, m->table.n, GNTST_general_error);
    rc = pt_entry_set(&c);
    frame_put_type(frame_of(m->table));
    return rc == 0 || rc == -ERESTART ? rc : GNTST_general_error;
}

/* Fills the record, whose granter is there, with what the claim and the entry give. */
static int map_record(struct domain *d, struct gnttab_map_grant_ref *op, struct grant_mapping *m,
                      uint16_t kinds)
{
    bool write = !(op->flags & GNTMAP_readonly);
    int rc = grant_claim(m->granter, op->ref, d->id, write, mapping_pins(kinds), &m->frame);

    if (rc)
        return rc;
    m->ref = op->ref;
    m->host_addr = op->host_addr;
    m->table = MFN_INVALID;
    if (kinds & MAPPING_HOST) {
        rc =
            locate(current(), op->host_addr, op->flags & GNTMAP_contains_pte, &m->table, &m->index);
        if (rc == 0)
            rc = store(d, m, op->flags);
    }
    if (rc == 0)
        return 0;
    grant_release_frame(m->frame, write);
    grant_release_pins(m->granter, op->ref, write, mapping_pins(kinds));
    return rc;
}

int grant_map(struct domain *d, struct gnttab_map_grant_ref *op)
{
    uint16_t kinds = (uint16_t)((op->flags & GNTMAP_host_map ? MAPPING_HOST : 0) |
                                (op->flags & GNTMAP_device_map ? MAPPING_DEVICE : 0));
    struct grant_mapping *m;
    struct domain *granter;
    uint32_t handle;
    int rc;

    if (!kinds) {
        op->status = (int16_t)refused(RULE_GRANT_FLAGS, op->flags, GNTST_bad_gntref);
        return 0;
    }
    granter = granter_get(d, op->dom);
    if (!granter || !granter->grants) {
        if (granter)
            domain_put(granter);
        op->status = (int16_t)refused(RULE_NO_SUCH_DOMAIN, op->dom, GNTST_bad_domain);
        return 0;
    }
    m = mapping_alloc(d->grants, &handle);
    if (!m) {
        domain_put(granter);
        op->status = (int16_t)refused(RULE_GRANT_MAPPINGS, op->ref, GNTST_no_space);
        return 0;
    }
    m->granter = granter;
    rc = map_record(d, op, m, kinds);
    if (rc) {
        mapping_free(d->grants, m, handle);
        domain_put(granter);
        op->status = (int16_t)(rc == -ERESTART ? GNTST_okay : rc);
        return rc == -ERESTART ? rc : 0;
    }
    op->dev_bus_addr = mfn_to_paddr(m->frame).a;
    op->handle = handle;
    op->status = GNTST_okay;
    mapping_ready(m, kinds | (op->flags & GNTMAP_readonly ? MAPPING_READONLY : 0));
    return 0;
}

/* Replaces the mapping's entry, if it still shows the frame. *flush: a TLB may hold it. */
static int replace_entry(struct domain *d, const struct grant_mapping *m, uint64_t next,
                         bool *flush)
{
    struct pt_change c = {.table = m->table,
                          .level = 1,
                          .index = m->index,
                          .entry = next,
                          .table_owner = d->id,
                          .frame_owner = d->id,
                          .how = PT_EXPECT};
    const uint64_t *slot;
    int rc;

    if (!table_use(d, m->table, &rc)) {
        *flush =
            true; /* the table went, and the entry with it: when, and used or not, is unknown */
        return rc;
    }
    slot = (const uint64_t *)window_map(m->table) + m->index;
    c.expected = READ_ONCE(*slot);
    window_unmap(slot);
    rc = -EAGAIN;
    for (unsigned int i = 0; i < CLEAR_ATTEMPTS && rc == -EAGAIN; i++) {
        if (!(c.expected & PTE_P) || !mfn_eq(pte_mfn(c.expected), m->frame)) {
            c.expected = PTE_A;
            rc = 0;
            break;
        }
        rc = pt_entry_set(&c);
    }
    frame_put_type(frame_of(m->table));
    if (rc == 0 && (c.expected & PTE_A))
        *flush = true; /* the CPU sets A before it caches an entry */
    return rc == -EAGAIN ? -ERESTART : rc;
}

/* Which parts of a mapping an unmapping is about; a negative GNTST_* when its addresses are not
 * the mapping's. */
static int parts(const struct grant_mapping *m, uint64_t host_addr, uint64_t dev_addr)
{
    int ends = 0;

    if (host_addr && (m->flags & MAPPING_HOST)) {
        if (host_addr != m->host_addr)
            return refused(RULE_GRANT_ADDRESS, host_addr, GNTST_bad_virt_addr);
        ends |= MAPPING_HOST;
    }
    if (dev_addr && (m->flags & MAPPING_DEVICE)) {
        if (dev_addr != mfn_to_paddr(m->frame).a)
            return refused(RULE_GRANT_ADDRESS, dev_addr, GNTST_bad_dev_addr);
        ends |= MAPPING_DEVICE;
    }
    return ends;
}

static int begin(struct domain *d, uint64_t host_addr, uint64_t dev_addr, uint32_t handle,
                 uint64_t next, struct grant_unmap *u, bool *flush)
{
    struct grant_mapping *m = mapping_busy(d->grants, handle);
    int ends, rc = 0;

    u->mapping = NULL;
    if (!m)
        return refused(RULE_GRANT_HANDLE, handle, GNTST_bad_handle);
    ends = parts(m, host_addr, dev_addr);
    if (ends > 0 && (ends & MAPPING_HOST))
        rc = replace_entry(d, m, next, flush);
    if (ends <= 0 || rc) {
        mapping_ready(m, m->flags & (uint16_t)~MAPPING_BUSY);
        if (ends <= 0)
            return ends;
        return rc == -ERESTART ? rc : GNTST_general_error;
    }
    u->mapping = m;
    u->handle = handle;
    u->ends = (uint16_t)ends;
    return GNTST_okay;
}

int grant_unmap_begin(struct domain *d, uint64_t host_addr, uint64_t dev_addr, uint32_t handle,
                      struct grant_unmap *u, bool *flush)
{
    return begin(d, host_addr, dev_addr, handle, 0, u, flush);
}

void grant_unmap_flush(void)
{
    tlb_flush_older(tlb_epoch_now());
}

void grant_unmap_end(struct domain *d, const struct grant_unmap *u)
{
    if (u->mapping)
        mapping_end(d->grants, u->mapping, u->handle, u->ends);
}

/* Empties the entry at new_addr, whose mapping has moved. */
static int empty_old_place(struct domain *d, const struct pv_walk *w)
{
    struct pt_change c = {.table = w->table,
                          .level = 1,
                          .index = w->index,
                          .table_owner = d->id,
                          .frame_owner = d->id,
                          .how = PT_PLAIN};
    int rc;

    if (!table_use(d, w->table, &rc))
        return rc;
    rc = pt_entry_set(&c);
    frame_put_type(frame_of(w->table));
    return rc;
}

int grant_replace_begin(struct domain *d, const struct gnttab_unmap_and_replace *op,
                        struct grant_unmap *u, bool *flush)
{
    struct pv_walk w;
    int status;

    u->mapping = NULL;
    if (op->new_addr == 0)
        return begin(d, op->host_addr, 0, op->handle, 0, u, flush);
    if (!gva_range_ok(gva(op->new_addr), 1) || pv_walk_l1(current(), op->new_addr, &w) ||
        !(w.entry & PTE_P))
        return refused(RULE_NOT_MAPPED, op->new_addr, GNTST_bad_virt_addr);
    status = begin(d, op->host_addr, 0, op->handle, w.entry, u, flush);
    if (status == GNTST_okay && u->mapping) {
        *flush = true;
        if (empty_old_place(d, &w))
            status = GNTST_general_error;
    }
    return status;
}
