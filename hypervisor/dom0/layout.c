/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the placement. The number of page tables depends on how much they map, themselves included:
 * it is found by trying.
 */
#include "dom0/layout.h"
#include "lib/string.h"

#define SLACK_PAGES  128  /* mapped behind the stack: the ABI promises 512 KiB */
#define MAPPED_ALIGN 1024 /* 4 MiB */

uint64_t tables_for(uint64_t va, uint64_t pages)
{
    uint64_t last = va + pages * PAGE_SIZE - 1, n = 0;
    unsigned int shift;

    if (!pages)
        return 0;
    for (shift = 21; shift <= 39; shift += 9)
        n += (last >> shift) - (va >> shift) + 1;
    return n;
}

static uint64_t take(uint64_t *pfn, uint64_t pages)
{
    uint64_t at = *pfn;

    *pfn += pages;
    return at;
}

bool dom0_layout(const struct elf_kernel *k, uint64_t initrd_bytes, uint64_t pages,
                 struct dom0_layout *l)
{
    uint64_t pfn, first, tries;

    memset(l, 0, sizeof(*l));
    l->pages = pages;
    l->virt_base = k->virt_base;
    l->initrd_pages = DIV_ROUND_UP(initrd_bytes, PAGE_SIZE);
    l->initrd_mapped = l->initrd_pages && !k->mod_start_pfn;
    l->p2m_pages = DIV_ROUND_UP(pages * 8, PAGE_SIZE);
    if (k->start < k->paddr_offset)
        return false;
    first = DIV_ROUND_UP(k->end - k->paddr_offset, PAGE_SIZE);
    if (first >= pages || l->initrd_pages >= pages)
        return false;
    for (tries = 0; tries < 64; tries++) {
        pfn = first;
        if (l->initrd_mapped)
            l->initrd_pfn = take(&pfn, l->initrd_pages);
        if (!k->has_init_p2m)
            l->p2m_pfn = take(&pfn, l->p2m_pages);
        l->start_info_pfn = take(&pfn, 1);
        l->tables_pfn = take(&pfn, l->table_pages);
        l->stack_pfn = take(&pfn, 1);
        l->mapped_pages = ROUND_UP(pfn + SLACK_PAGES, MAPPED_ALIGN);
        if (tables_for(l->virt_base, l->mapped_pages) + 1 == l->table_pages)
            break;
        l->table_pages = tables_for(l->virt_base, l->mapped_pages) + 1;
    }
    l->p2m_va = l->virt_base + (l->p2m_pfn << PAGE_SHIFT);
    pfn = l->mapped_pages;
    if (k->has_init_p2m) {
        l->p2m_va = k->init_p2m;
        l->p2m_pfn = take(&pfn, l->p2m_pages);
        l->p2m_table_pages = tables_for(l->p2m_va, l->p2m_pages);
        take(&pfn, l->p2m_table_pages);
    }
    if (l->initrd_pages && !l->initrd_mapped)
        l->initrd_pfn = take(&pfn, l->initrd_pages);
    l->end_pfn = pfn;
    return tries < 64 && pfn <= pages;
}
