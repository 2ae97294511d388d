/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the walk. A table that is named by a stale entry may be anything by now: its frame is only read, and only if it is RAM.
 */
#include "pv/walk.h"
#include "lib/errno.h"
#include "lib/printk.h"
#include "mm/frame.h"

static inline bool readable(mfn_t m)
{
    return mfn_valid(m) && frame_is_domains(frame_of(m));
}

static inline uint64_t entry_read(mfn_t table, unsigned int index)
{
    const uint64_t *t = window_map(table);
    uint64_t e = READ_ONCE(t[index]);

    window_unmap(t);
    return e;
}

/* One level down from w->table; false when there is nothing below. */
static inline bool step(struct pv_walk *w, uint64_t va, unsigned int level)
{
    w->level = level;
    w->index = pt_index(va, level);
    w->entry = 0;
    if (unlikely(!readable(w->table)))
        return false;
    w->entry = entry_read(w->table, w->index);
    if (level == 1)
        return true;
    if (unlikely(!(w->entry & PTE_P)))
        return false;
    w->table = pte_mfn(w->entry);
    return true;
}

int pv_walk_tables(mfn_t l4, uint64_t va, struct pv_walk *w)
{
    w->table = l4;
    return step(w, va, 4) && step(w, va, 3) && step(w, va, 2) && step(w, va, 1) ? 0 : -EFAULT;
}

int pv_walk_l1(struct vcpu *v, uint64_t va, struct pv_walk *w)
{
    return pv_walk_tables(guest_in_kernel() ? v->pv->kernel_l4 : v->pv->user_l4, va, w);
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
        w.entry = entry_read(w.table, pt_index(va, level));
        pr_err("  L%u[%03x] = %016lx\n", level, pt_index(va, level), w.entry);
        if (!(w.entry & PTE_P))
            return;
        w.table = pte_mfn(w.entry);
    }
}
