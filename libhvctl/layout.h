/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where everything lies in a new guest's memory: kernel, initrd, p2m, start_info, rings, page
 * tables, stack.  Pure: a calculation over frame numbers of the guest (PFN).
 */
#ifndef LIBHVCTL_LAYOUT_H
#define LIBHVCTL_LAYOUT_H

#include "kernel_elf.h"

struct layout {
    uint64_t pages;     /* that the guest has */
    uint64_t virt_base; /* virtual address of PFN 0 */
    uint64_t initrd_pfn, initrd_pages;
    bool initrd_mapped; /* else the guest gets its PFN */
    uint64_t p2m_va, p2m_pfn, p2m_pages;
    uint64_t p2m_table_pages; /* behind the p2m, when it is mapped by note; else 0 */
    uint64_t start_info_pfn, store_pfn, console_pfn, stack_pfn;
    uint64_t tables_pfn, table_pages; /* the first one is the L4 */
    uint64_t mapped_pages;            /* from PFN 0, mapped at virt_base */
    uint64_t used_pages;              /* behind the last one that anything lies in */
};

/**
 * Places everything.
 * @param initrd_bytes  0: none.
 * @param pages         the guest's memory.
 * @return 0; -ENOMEM: it does not fit; -ENOTSUP: its INIT_P2M note asks for an address that the
 *         kernel itself or the hypervisor needs.
 */
int layout_make(struct layout *layout, const struct elf_kernel *kernel, uint64_t initrd_bytes,
                uint64_t pages, struct why *why) __attribute__((warn_unused_result));

/** Page tables of level 1 to 3 that map pages from va on. */
uint64_t layout_tables_for(uint64_t va, uint64_t pages);

/** Virtual address of a PFN in the first mapping. */
static inline uint64_t layout_va(const struct layout *layout, uint64_t pfn)
{
    return layout->virt_base + pfn * 4096;
}

#endif
