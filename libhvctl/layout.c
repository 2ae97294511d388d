/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The placement.  From the kernel's end upwards, as the ABI orders it; behind the stack at least
 * 512 KiB are mapped, up to a border of 4 MiB.  How many page tables there are depends on how
 * much they map, themselves included: found by trying.  What the guest takes by PFN, p2m and
 * initrd, stands behind the mapped part.
 */
#include "layout.h"

#include <errno.h>

#include <xen/xen.h>

#define SLACK_PAGES  128  /* 512 KiB */
#define MAPPED_ALIGN 1024 /* 4 MiB */
#define TRIES        64

static uint64_t round_up(uint64_t value, uint64_t to)
{
    return (value + to - 1) / to * to;
}

uint64_t layout_tables_for(uint64_t va, uint64_t pages)
{
    uint64_t count = 0;

    for (unsigned int shift = 21; shift <= 39 && pages; shift += 9) {
        count += ((va + pages * 4096 - 1) >> shift) - (va >> shift) + 1;
    }
    return count;
}

static uint64_t take(uint64_t *pfn, uint64_t pages)
{
    uint64_t at = *pfn;

    *pfn += pages;
    return at;
}

/* Is [va, va + pages) free of the hypervisor's range and of the top? */
static bool range_free(uint64_t va, uint64_t pages)
{
    uint64_t last = va + pages * 4096 - 1;

    return last >= va && (va >> 47 == 0 || va >> 47 == 0x1ffff) && last >> 47 == va >> 47 &&
           !(va < HYPERVISOR_VIRT_END && last >= HYPERVISOR_VIRT_START);
}

static int place_mapped(struct layout *l, const struct elf_kernel *k, uint64_t first)
{
    for (unsigned int i = 0; i < TRIES; i++) {
        uint64_t pfn = first, tables;

        if (l->initrd_mapped) {
            l->initrd_pfn = take(&pfn, l->initrd_pages);
        }
        if (!k->has_init_p2m) {
            l->p2m_pfn = take(&pfn, l->p2m_pages);
        }
        l->start_info_pfn = take(&pfn, 1);
        l->store_pfn = take(&pfn, 1);
        l->console_pfn = take(&pfn, 1);
        l->tables_pfn = take(&pfn, l->table_pages);
        l->stack_pfn = take(&pfn, 1);
        l->used_pages = pfn;
        l->mapped_pages = round_up(pfn + SLACK_PAGES, MAPPED_ALIGN);
        tables = layout_tables_for(l->virt_base, l->mapped_pages) + 1;
        if (tables == l->table_pages) {
            return 0;
        }
        l->table_pages = tables;
    }
    return -ENOMEM;
}

int layout_make(struct layout *l, const struct elf_kernel *k, uint64_t initrd_bytes, uint64_t pages,
                struct why *why)
{
    uint64_t first = round_up(k->end - k->paddr_offset, 4096) / 4096;
    uint64_t initrd = round_up(initrd_bytes, 4096) / 4096;
    uint64_t pfn;

    *l = (struct layout){
        .pages = pages,
        .virt_base = k->virt_base,
        .initrd_pages = initrd,
        .initrd_mapped = initrd && !k->mod_start_pfn,
        .p2m_pages = round_up(pages * 8, 4096) / 4096,
    };
    if (first >= pages || initrd >= pages || place_mapped(l, k, first)) {
        goto too_small;
    }
    if (!range_free(l->virt_base, l->mapped_pages)) {
        return why_set(why, -ENOTSUP, "it wants to run at an address that is the hypervisor's");
    }
    l->p2m_va = layout_va(l, l->p2m_pfn);
    pfn = l->used_pages > l->mapped_pages ? l->used_pages : l->mapped_pages;
    if (pfn > pages) {
        pfn = l->used_pages;
    }
    if (k->has_init_p2m) {
        l->p2m_va = k->init_p2m;
        l->p2m_pfn = take(&pfn, l->p2m_pages);
        l->p2m_table_pages = layout_tables_for(l->p2m_va, l->p2m_pages);
        take(&pfn, l->p2m_table_pages);
        if (!range_free(l->p2m_va, l->p2m_pages) ||
            (l->p2m_va >> 39 <= (layout_va(l, l->mapped_pages) - 1) >> 39 &&
             (l->p2m_va + l->p2m_pages * 4096 - 1) >> 39 >= l->virt_base >> 39)) {
            return why_set(why, -ENOTSUP, "its INIT_P2M note asks for an address that is taken");
        }
    }
    if (initrd && !l->initrd_mapped) {
        l->initrd_pfn = take(&pfn, initrd);
    }
    l->used_pages = pfn > l->used_pages ? pfn : l->used_pages;
    if (l->used_pages <= pages) {
        return 0;
    }
too_small:
    return why_set(why, -ENOMEM, "it and its initrd do not fit into the guest's memory of %llu MiB",
                   (unsigned long long)(pages >> 8));
}
