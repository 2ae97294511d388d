/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the walk. A table that is named by a stale entry may be anything by now: its frame is only
 * read, and only if it is RAM.
 */
#include "pv/walk.h"
#include "lib/errno.h"
#include "lib/printk.h"
#include "mm/frame.h"

#define PART_SIZE (2UL << 20) /* what an L1 table maps */

uint64_t upper_changes[UPPER_COUNTERS];

static inline bool readable(mfn_t m)
{
    return mfn_valid(m) && frame_is_domains(frame_of(m));
}

int pv_walk_tables(mfn_t l4, uint64_t va, struct pv_walk *w)
{
    const struct window_cache *cache = window_cache_here();
    mfn_t table = l4;
    unsigned int level, index = 0;
    uint64_t entry = 0;
    int rc = -EFAULT;

    for (level = 4;; level--) {
        index = pt_index(va, level);
        if (unlikely(!readable(table))) {
            entry = 0;
            break;
        }
        entry = window_read(cache, table, index);
        if (level == 1) {
            rc = 0;
            break;
        }
        if (unlikely(!(entry & PTE_P)))
            break;
        table = pte_mfn(entry);
    }
    *w = (struct pv_walk){level, table, index, entry};
    return rc;
}

int pv_walk_l1(struct vcpu *v, uint64_t va, struct pv_walk *w)
{
    return pv_walk_tables(guest_in_kernel() ? v->pv->kernel_l4 : v->pv->user_l4, va, w);
}

/* Out of line, so that the look at what was found last needs few registers. */
static noinline int find_l1_by_walk(struct pv_vcpu *pv, uint64_t va, mfn_t root, uint64_t changes,
                                    mfn_t *l1)
{
    struct pv_walk w;
    int rc = pv_walk_tables(root, va, &w);

    if (rc)
        return rc;
    *l1 = w.table;
    pv->walked = (struct pv_walked){root, w.table, va / PART_SIZE, changes};
    return 0;
}

static inline int find_l1(struct vcpu *v, uint64_t va, mfn_t *l1)
{
    struct pv_vcpu *pv = v->pv;
    uint64_t changes = pv_upper_changes(v->domain->id);
    mfn_t root = guest_in_kernel() ? pv->kernel_l4 : pv->user_l4;

    if (unlikely(pv->walked.part != va / PART_SIZE || !mfn_eq(pv->walked.root, root) ||
                 pv->walked.changes != changes))
        return find_l1_by_walk(pv, va, root, changes, l1);
    *l1 = pv->walked.l1;
    return 0;
}

int pv_find_l1(struct vcpu *v, uint64_t va, mfn_t *l1)
{
    return find_l1(v, va, l1);
}

int pv_find_entry(struct vcpu *v, uint64_t va, uint64_t *entry)
{
    mfn_t l1;
    int rc = find_l1(v, va, &l1);

    if (rc || !readable(l1))
        return -EFAULT;
    *entry = window_read(window_cache_here(), l1, pt_index(va, 1));
    return 0;
}

void pv_walk_print(mfn_t l4, uint64_t va)
{
    struct pv_walk w;
    unsigned int level;

    pr_err("walk of %016lx from L4 frame %lx:\n", va, l4.n);
    w.table = l4;
    for (level = 4; level; level--) {
        if (!readable(w.table)) {
            pr_err("  L%u frame %lx is no domain's memory\n", level, w.table.n);
            return;
        }
        w.entry = window_read(window_cache_here(), w.table, pt_index(va, level));
        pr_err("  L%u[%03x] = %016lx\n", level, pt_index(va, level), w.entry);
        if (!(w.entry & PTE_P))
            return;
        w.table = pte_mfn(w.entry);
    }
}
