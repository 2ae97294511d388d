/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames, the page pool and page tables (memory.h).  Tables that tables_make() adds stay
 * for the life of the kernel; only pool pages come back between tests.
 */
#include "harness.h"

extern char pool_start[], pool_end[];

uint64_t *boot_l4;
static unsigned int pool_next, pool_kept;
static bool pool_lost[1024];

static char *pool_page(unsigned int index)
{
    return pool_start + index * PAGE_SIZE;
}

void memory_start(void)
{
    boot_l4 = (uint64_t *)start_info->pt_base;
}

/* Kept pages come from the end of the pool, a test's from its start. */
static void *page_alloc_kept(void)
{
    pool_kept++;
    return memset(pool_page(ARRAY_SIZE(pool_lost) - pool_kept), 0, PAGE_SIZE);
}

void *page_alloc(void)
{
    while (pool_next + pool_kept < ARRAY_SIZE(pool_lost) && pool_lost[pool_next]) {
        pool_next++;
    }
    REQUIRE(pool_next + pool_kept < ARRAY_SIZE(pool_lost));
    return memset(pool_page(pool_next++), 0, PAGE_SIZE);
}

unsigned int pages_reset(void)
{
    unsigned int lost = 0;

    for (unsigned int i = 0; i < pool_next; i++) {
        char *page = pool_page(i);

        if (pool_lost[i]) {
            continue;
        }
        if ((*pte_find((unsigned long)page, 1) & PTE_W) == 0 && page_unprotect(page) != 0) {
            pool_lost[i] = true;
            lost++;
        }
    }
    pool_next = 0;
    return lost;
}

unsigned long pfn_of(const void *page)
{
    return ((unsigned long)page - VIRT_BASE) >> PAGE_SHIFT;
}

unsigned long mfn_of(const void *page)
{
    return ((unsigned long *)start_info->mfn_list)[pfn_of(page)];
}

void *page_of_pfn(unsigned long pfn)
{
    return (void *)(VIRT_BASE + (pfn << PAGE_SHIFT));
}

void *page_of_mfn(unsigned long mfn)
{
    return page_of_pfn(((unsigned long *)MACH2PHYS_VIRT_START)[mfn]);
}

unsigned long frame_unmapped(unsigned int index)
{
    return ((unsigned long *)start_info->mfn_list)[start_info->nr_pages - 1 - index];
}

uint64_t *pte_find(unsigned long va, unsigned int level)
{
    uint64_t *table = boot_l4;

    for (unsigned int at = 4;; at--) {
        uint64_t *entry = &table[va >> (PAGE_SHIFT + 9 * (at - 1)) & 511];

        if (at == level) {
            return entry;
        }
        if ((*entry & PTE_P) == 0) {
            return NULL;
        }
        table = page_of_mfn((*entry & PTE_MFN_MASK) >> PAGE_SHIFT);
    }
}

uint64_t machine_of(const void *at)
{
    return (uint64_t)mfn_of(at) << PAGE_SHIFT | ((unsigned long)at & (PAGE_SIZE - 1));
}

long mmu_update1(uint64_t where, uint64_t value)
{
    mmu_update_t update = {.ptr = where, .val = value};

    return hcall(__HYPERVISOR_mmu_update, &update, 1, NULL, DOMID_SELF);
}

long pte_set(const void *entry, uint64_t value)
{
    return mmu_update1(machine_of(entry) | MMU_NORMAL_PT_UPDATE, value);
}

long va_set(const void *va, uint64_t value)
{
    return hcall(__HYPERVISOR_update_va_mapping, va, value, UVMF_INVLPG | UVMF_LOCAL);
}

long page_protect(const void *page)
{
    return va_set(page, pte_make(mfn_of(page), PTE_RO));
}

long page_unprotect(const void *page)
{
    return va_set(page, pte_make(mfn_of(page), PTE_RW));
}

uint64_t *tables_make(unsigned long va)
{
    for (unsigned int level = 4; level > 1; level--) {
        uint64_t *entry = pte_find(va, level);

        if ((*entry & PTE_P) == 0) {
            void *table = page_alloc_kept();

            REQUIRE(page_protect(table) == 0);
            REQUIRE(pte_set(entry, pte_make(mfn_of(table), PTE_RW)) == 0);
        }
    }
    return pte_find(va, 1);
}
