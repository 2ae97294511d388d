/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns where everything lies in the control domain's first memory. Pure.
 *
 *   from pfn 0, mapped from virt_base on:
 *     | (low) kernel | [initrd] | [p2m] | start_info | page tables | stack | slack to 4 MiB |
 *   then, mapped at init_p2m:
 *     | p2m and its tables |
 *   then, not mapped:
 *     | initrd | free |
 */
#ifndef DOM0_LAYOUT_H
#define DOM0_LAYOUT_H

#include "dom0/elf.h"

struct dom0_layout {
    uint64_t pages;     /* the domain's memory, in frames */
    uint64_t virt_base; /* address of pfn 0 */
    uint64_t initrd_pfn, initrd_pages;
    bool initrd_mapped;
    uint64_t p2m_pfn, p2m_pages, p2m_va;
    uint64_t p2m_table_pages; /* behind the p2m, when it is mapped at an address of its own */
    uint64_t start_info_pfn, tables_pfn, table_pages, stack_pfn;
    uint64_t mapped_pages; /* from pfn 0 */
    uint64_t end_pfn;      /* the first that nothing of ours is in */
};

/* Places everything; false when it does not fit into `pages`. */
bool dom0_layout(const struct elf_kernel *k, uint64_t initrd_bytes, uint64_t pages,
                 struct dom0_layout *l);

/* Tables of level 1 to 3 needed to map `pages` pages from va on. */
uint64_t tables_for(uint64_t va, uint64_t pages);

#endif
