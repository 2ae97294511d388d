/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the walk. A table that is named by a stale entry may be anything by now: its frame is only read, and only if it is RAM.
 */
#include "pv/walk.h"
#include "lib/errno.h"
#include "lib/printk.h"
#include "mm/frame.h"

static bool readable(mfn_t m)
{
    return mfn_valid(m) && frame_is_domains(frame_of(m));
}

static uint64_t entry_read(mfn_t table, unsigned int index)
{
    const uint64_t *t = window_map(table);
    uint64_t e = READ_ONCE(t[index]);

    window_unmap(t);
    return e;
}

int pv_walk_tables(mfn_t l4, uint64_t va, struct pv_walk *w)
{
    w->table = l4;
    for (w->level = 4;; w->level--) {
        w->index = pt_index(va, w->level);
        w->entry = 0;
        if (!readable(w->table))
            return -EFAULT;
        w->entry = entry_read(w->table, w->index);
        if (w->level == 1)
            return 0;
        if (!(w->entry & PTE_P) || w->entry & PTE_PS)
            return -EFAULT;
        w->table = pte_mfn(w->entry);
    }
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
