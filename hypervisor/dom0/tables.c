/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the control domain's first page tables: written as plain memory, then used as an L4, which
 * checks every entry as any guest's.
 */
#include "cpu/pte.h"
#include "dom0/memory.h"
#include "kern/softirq.h"
#include "lib/errno.h"
#include "mm/type.h"
#include "mm/window.h"

#define FLAGS_TABLE (PTE_P | PTE_RW | PTE_U | PTE_A | PTE_D)
#define FLAGS_PAGE  (PTE_P | PTE_RW | PTE_A | PTE_D)

struct tables {
    const struct dom0_memory *m;
    uint64_t l4;        /* pfn */
    uint64_t next, end; /* pfns that can become tables */
};

static bool is_table(const struct dom0_layout *l, uint64_t pfn)
{
    uint64_t p2m_tables = l->p2m_pfn + l->p2m_pages;

    return (pfn >= l->tables_pfn && pfn < l->tables_pfn + l->table_pages) ||
           (l->p2m_table_pages && pfn >= p2m_tables && pfn < p2m_tables + l->p2m_table_pages);
}

/*
 * The entry for va in the table at pfn; the table below it is made when it is missing. Returns that
 * table's pfn.
 */
static uint64_t table_below(struct tables *t, uint64_t table, unsigned int index)
{
    uint64_t *p = window_map(dom0_mfn(t->m, table));
    uint64_t below;

    if (!p[index]) {
        below = t->next++;
        dom0_write(t->m, below << PAGE_SHIFT, NULL, PAGE_SIZE);
        p[index] = pte_make(dom0_mfn(t->m, below), FLAGS_TABLE);
    }
    below = m2p[pte_mfn(p[index]).n];
    window_unmap(p);
    return below;
}

static int map_range(struct tables *t, uint64_t va, uint64_t pfn, uint64_t pages)
{
    while (pages) {
        uint64_t l3, l2, l1, i = pt_index(va, 1), n = MIN(pages, PT_ENTRIES - i);
        uint64_t *p;

        l3 = table_below(t, t->l4, pt_index(va, 4));
        l2 = table_below(t, l3, pt_index(va, 3));
        l1 = table_below(t, l2, pt_index(va, 2));
        if (t->next > t->end)
            return -EINVAL;
        p = window_map(dom0_mfn(t->m, l1));
        pages -= n;
        va += n * PAGE_SIZE;
        for (; n; n--, i++, pfn++)
            p[i] = pte_make(dom0_mfn(t->m, pfn),
                            is_table(t->m->l, pfn) ? FLAGS_PAGE & ~PTE_RW : FLAGS_PAGE);
        window_unmap(p);
    }
    return 0;
}

int dom0_tables(const struct dom0_memory *m, mfn_t *l4)
{
    const struct dom0_layout *l = m->l;
    struct tables t = {m, l->tables_pfn, l->tables_pfn + 1, l->tables_pfn + l->table_pages};
    int rc;

    dom0_write(m, t.l4 << PAGE_SHIFT, NULL, PAGE_SIZE);
    rc = map_range(&t, l->virt_base, 0, l->mapped_pages);
    if (!rc && l->p2m_table_pages) {
        t.next = l->p2m_pfn + l->p2m_pages;
        t.end = t.next + l->p2m_table_pages;
        rc = map_range(&t, l->p2m_va, l->p2m_pfn, l->p2m_pages);
    }
    if (rc)
        return rc;
    *l4 = dom0_mfn(m, t.l4);
    do { /* at boot nothing interrupts for long */
        softirq_run();
        rc = frame_get_type(*l4, m->d->id, TYPE_L4);
    } while (rc == -ERESTART);
    if (rc || !frame_pin(frame_of(*l4)))
        return rc ? rc : -EINVAL;
    return frame_get_type(*l4, m->d->id, TYPE_L4); /* the vCPU's own */
}
