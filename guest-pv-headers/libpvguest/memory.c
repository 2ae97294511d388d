/* SPDX-License-Identifier: MIT */
/*
 * memory.c: the map of all RAM, page tables, and pages.
 *
 * The builder maps the kernel, what it wrote, and some slack. The free frames behind it, in order,
 * feed everything: first tables, which map the rest. A frame that becomes a table is made read-only
 * in the map first; the hypervisor refuses it otherwise.
 */
#include "internal.h"

#define TABLE_ENTRIES 512
#define MAP_PAGES     0x40000ul /* 1 GiB, what one L2 maps */

struct pv_p2m pv_p2m;
static unsigned long next_pfn, mapped_pfn; /* first free, first that is not in the map */
static void **free_pages;
static struct pv_lock lock;

static void *page_of_pfn(unsigned long pfn)
{
    return (void *)(PV_VIRT_BASE + (pfn << PV_PAGE_SHIFT));
}

static unsigned long pfn_of(const void *at)
{
    return ((unsigned long)at - PV_VIRT_BASE) >> PV_PAGE_SHIFT;
}

unsigned long pv_mfn_of(const void *at)
{
    return pv_pfn_to_mfn(&pv_p2m, pfn_of(at));
}

void *pv_page_of_mfn(unsigned long mfn)
{
    unsigned long pfn = pv_mfn_to_pfn(&pv_p2m, mfn);

    return pfn == PV_NO_FRAME ? NULL : page_of_pfn(pfn);
}

void *pv_pages_alloc(unsigned long pages)
{
    bool masked = pv_lock(&lock);
    void *found = NULL;

    if (pages <= mapped_pfn - next_pfn) {
        found = page_of_pfn(next_pfn);
        next_pfn += pages;
    }
    pv_unlock(&lock, masked);
    return found;
}

unsigned long pv_pages_left(void)
{
    return mapped_pfn - next_pfn;
}

void *pv_page_alloc(void)
{
    bool masked = pv_lock(&lock);
    void **page = free_pages;

    if (page != NULL) {
        free_pages = *page;
    }
    pv_unlock(&lock, masked);
    if (page == NULL) {
        page = pv_pages_alloc(1);
    }
    return page == NULL ? NULL : memset(page, 0, PV_PAGE_BYTES);
}

void pv_page_free(void *page)
{
    bool masked = pv_lock(&lock);

    *(void **)page = free_pages;
    free_pages = page;
    pv_unlock(&lock, masked);
}

/* Takes away our own right to write a page: it is about to be a table. */
static int page_protect(void *page)
{
    return (int)HYPERVISOR_update_va_mapping(
        (unsigned long)page, pv_pte(pv_mfn_of(page), PV_PTE_RO), UVMF_INVLPG | UVMF_ALL);
}

/* Writes one entry of a table. */
static int entry_set(const uint64_t *entry, uint64_t value)
{
    unsigned long offset = (unsigned long)entry & (PV_PAGE_BYTES - 1);
    mmu_update_t update = {.ptr = pv_pte(pv_mfn_of(entry), offset) | MMU_NORMAL_PT_UPDATE,
                           .val = value};

    return (int)HYPERVISOR_mmu_update(&update, 1, NULL, DOMID_SELF);
}

/* Hangs a filled table, whose page is writable until now, into the level above. */
static int table_link(const uint64_t *entry, uint64_t *table)
{
    int result = page_protect(table);

    return result < 0 ? result : entry_set(entry, pv_pte(pv_mfn_of(table), PV_PTE_LINK));
}

/* The entry of a level, 1 to 4, for an address: tables above it are made when `make`. */
static const uint64_t *entry_find(unsigned long address, unsigned int level, bool make)
{
    const uint64_t *table = (const uint64_t *)pv_start_info->pt_base;

    for (unsigned int at = 4;; at--) {
        const uint64_t *entry = &table[pv_pte_index(address, at)];

        if (at == level) {
            return entry;
        }
        if ((*entry & PV_PTE_P) == 0) {
            uint64_t *fresh = make ? pv_page_alloc() : NULL;

            if (fresh == NULL || table_link(entry, fresh) < 0) {
                return NULL;
            }
        }
        table = pv_page_of_mfn(pv_pte_mfn(pv_read64(entry)));
    }
}

int pv_map(unsigned long address, uint64_t entry)
{
    if (entry_find(address, 1, true) == NULL) {
        return -XEN_ENOMEM;
    }
    return (int)HYPERVISOR_update_va_mapping(address, entry, UVMF_INVLPG | UVMF_ALL);
}

/* Maps the 2 MiB that begin at mapped_pfn by one new L1. */
static void map_more(void)
{
    uint64_t *table = pv_page_alloc();
    const uint64_t *entry = entry_find((unsigned long)page_of_pfn(mapped_pfn), 2, false);

    pvguest_must(table == NULL || entry == NULL ? -XEN_ENOMEM : 0, "a table for the map of RAM");
    for (unsigned int i = 0; i < TABLE_ENTRIES; i++) {
        unsigned long mfn = pv_pfn_to_mfn(&pv_p2m, mapped_pfn + i);

        table[i] = mfn == PV_NO_FRAME ? 0 : pv_pte(mfn, PV_PTE_RW | PV_PTE_NX);
    }
    pvguest_must(table_link(entry, table), "mapping RAM");
    mapped_pfn += TABLE_ENTRIES;
}

void pvguest_memory_start(void)
{
    static struct xen_machphys_mapping m2p;
    unsigned long pfns = pv_start_info->nr_pages;

    pvguest_must(HYPERVISOR_memory_op(XENMEM_machphys_mapping, &m2p), "machphys_mapping");
    pv_p2m.mfns = (unsigned long *)pv_start_info->mfn_list;
    pv_p2m.pfns = pfns < MAP_PAGES ? pfns : MAP_PAGES;
    pv_p2m.m2p = (const unsigned long *)m2p.v_start;
    pv_p2m.m2p_frames = m2p.max_mfn + 1;
    /* The builder's last things are the tables and one page of stack. */
    next_pfn = pfn_of((void *)pv_start_info->pt_base) + pv_start_info->nr_pt_frames + 1;
    for (mapped_pfn = next_pfn & ~(TABLE_ENTRIES - 1ul); mapped_pfn < pv_p2m.pfns;) {
        const uint64_t *entry = entry_find((unsigned long)page_of_pfn(mapped_pfn), 2, false);

        if ((*entry & PV_PTE_P) == 0) {
            break;
        }
        mapped_pfn += TABLE_ENTRIES;
    }
    while (mapped_pfn < pv_p2m.pfns) {
        map_more();
    }
    mapped_pfn = pv_p2m.pfns; /* the last table may reach beyond */
}
