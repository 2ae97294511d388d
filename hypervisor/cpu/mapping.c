/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the hypervisor's page tables (cpu/layout.h has the map). Changes after boot are made under
 * the callers' locks: the heap's under RANK_MAPPING, the devices' under the lock here.
 */
#include "cpu/mapping.h"
#include "cpu/asm.h"
#include "cpu/layout.h"
#include "cpu/spinlock.h"
#include "lib/bits.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "lib/upcall.h"

#define TABLE __section(".bss.tables") __aligned(PAGE_SIZE)

uint64_t idle_l4[PT_ENTRIES] TABLE;
static uint64_t image_l3[PT_ENTRIES] TABLE, image_l2[PT_ENTRIES] TABLE;
static uint64_t image_l1[IMAGE_MAX / PAGE_SIZE] TABLE;
static uint64_t data_l3[PT_ENTRIES] TABLE, heap_l2[PT_ENTRIES] TABLE, misc_l2[PT_ENTRIES] TABLE;
static uint64_t heap_tables_l1[PT_ENTRIES] TABLE, device_l1[DEVICE_PAGES] TABLE;
static uint64_t m2p_l3[PT_ENTRIES] TABLE;

static spinlock_t device_lock = SPINLOCK_INIT(RANK_MAPPING);
static bool identity_gone;

extern uint64_t *const boot_l4_at;
extern uint8_t boot_cpu_stack[];
extern uint8_t image_text_start[], image_text_end[], image_rodata_end[], image_init_start[],
    image_init_text[], image_init_end[], image_end[];

paddr_t image_paddr(const void *p)
{
    return paddr((uintptr_t)p - IMAGE_START + IMAGE_PHYS);
}

static uint64_t table_entry(const void *table)
{
    return image_paddr(table).a | PTE_HV_TABLE;
}

static uint64_t image_flags(uint64_t va)
{
    if (va < (uintptr_t)image_text_end)
        return PTE_HV_TEXT;
    if (va < (uintptr_t)image_rodata_end)
        return PTE_HV_RODATA;
    if (va >= (uintptr_t)image_init_text && va < (uintptr_t)image_init_end)
        return PTE_HV_TEXT;
    return PTE_HV_DATA;
}

void mapping_init(void)
{
    uint64_t va;
    unsigned int i;

    for (va = (uintptr_t)image_text_start; va < (uintptr_t)image_end; va += PAGE_SIZE)
        image_l1[(va - IMAGE_START) / PAGE_SIZE] =
            (va - IMAGE_START + IMAGE_PHYS) | image_flags(va) | PTE_G;
    va = (uintptr_t)boot_cpu_stack + STACK_GUARD_PAGE * PAGE_SIZE;
    image_l1[(va - IMAGE_START) / PAGE_SIZE] = 0;
    for (i = 0; i < IMAGE_MAX >> 21; i++)
        image_l2[i] = table_entry(image_l1 + i * PT_ENTRIES);
    image_l3[0] = table_entry(image_l2);

    data_l3[pt_index(HEAP_START, 3)] = table_entry(heap_l2);
    data_l3[pt_index(HEAP_TABLES_START, 3)] = table_entry(misc_l2);
    misc_l2[pt_index(HEAP_TABLES_START, 2)] = table_entry(heap_tables_l1);
    misc_l2[pt_index(DEVICE_START, 2)] = table_entry(device_l1);

    idle_l4[SLOT_M2P_RO] = table_entry(m2p_l3) | PTE_U;
    idle_l4[SLOT_DATA] = table_entry(data_l3);
    idle_l4[SLOT_IMAGE] = table_entry(image_l3);
    idle_l4[0] = boot_l4_at[0];
    write_cr3(image_paddr(idle_l4).a);
}

void mapping_drop_identity(void)
{
    uint64_t va;

    identity_gone = true;
    idle_l4[0] = 0;
    for (va = (uintptr_t)image_init_start; va < (uintptr_t)image_init_end; va += PAGE_SIZE) {
        image_l1[(va - IMAGE_START) / PAGE_SIZE] = 0;
        invlpg(va);
    }
    write_cr3(image_paddr(idle_l4).a);
}

void *boot_identity(paddr_t pa)
{
    return identity_gone || pa.a >> 32 ? NULL : (void *)pa.a;
}

/*
 * The table below entry `e` of a table, made when it is not there. Boot only: tables are reached
 * through the identity map.
 */
static uint64_t *table_below(uint64_t *e, uint64_t extra)
{
    if (!(*e & PTE_P))
        *e = pte_make(table_frame_alloc(), PTE_HV_TABLE);
    *e |= extra;
    return boot_identity(mfn_to_paddr(pte_mfn(*e)));
}

void mapping_boot_map(uint64_t va, mfn_t m, uint64_t flags, bool large)
{
    uint64_t *l3 = pt_index(va, 4) == SLOT_M2P_RO ? m2p_l3 : data_l3;
    uint64_t user = flags & PTE_U;
    uint64_t *l2 = table_below(&l3[pt_index(va, 3)], user);

    if (large)
        l2[pt_index(va, 2)] = pte_make(m, flags | PTE_PS);
    else
        table_below(&l2[pt_index(va, 2)], user)[pt_index(va, 1)] = pte_make(m, flags);
}

static uint64_t *heap_entry(unsigned int page)
{
    return (uint64_t *)(HEAP_TABLES_START + page / PT_ENTRIES * PAGE_SIZE) + page % PT_ENTRIES;
}

bool heap_table_missing(unsigned int page)
{
    return !heap_l2[page / PT_ENTRIES];
}

void heap_table_add(unsigned int page, mfn_t table)
{
    unsigned int i = page / PT_ENTRIES;
    uint64_t va = HEAP_TABLES_START + i * PAGE_SIZE;

    heap_tables_l1[i] = pte_make(table, PTE_HV_DATA | PTE_G);
    memset((void *)va, 0, PAGE_SIZE);
    heap_l2[i] = pte_make(table, PTE_HV_TABLE);
}

void heap_page_map(unsigned int page, mfn_t m, uint64_t flags)
{
    WRITE_ONCE(*heap_entry(page), pte_make(m, flags | PTE_G));
}

mfn_t heap_page_unmap(unsigned int page)
{
    mfn_t m = pte_mfn(*heap_entry(page));

    WRITE_ONCE(*heap_entry(page), 0);
    invlpg(HEAP_START + page * PAGE_SIZE);
    return m;
}

mfn_t heap_page_mfn(unsigned int page)
{
    return pte_mfn(*heap_entry(page));
}

/* First fit; few mappings are ever made, and most stay. */
static void *device_area_map(paddr_t pa, size_t bytes, uint64_t flags)
{
    unsigned int need = (unsigned int)DIV_ROUND_UP((pa.a & ~PAGE_MASK) + bytes, PAGE_SIZE);
    unsigned int i, run = 0;
    void *va = NULL;

    spin_lock(&device_lock);
    for (i = 0; i < DEVICE_PAGES && run < need; i++)
        run = device_l1[i] ? 0 : run + 1;
    if (run == need) {
        unsigned int first = i - need;

        for (i = 0; i < need; i++)
            device_l1[first + i] = ((pa.a & PAGE_MASK) + i * PAGE_SIZE) | flags | PTE_G;
        va = (void *)(DEVICE_START + first * PAGE_SIZE + (pa.a & ~PAGE_MASK));
    }
    spin_unlock(&device_lock);
    return va;
}

void *device_map(paddr_t pa, size_t bytes)
{
    return device_area_map(pa, bytes, PTE_HV_DEVICE);
}

void *firmware_map(paddr_t pa, size_t bytes)
{
    return device_area_map(pa, bytes, PTE_HV_RODATA);
}

void device_unmap(void *va, size_t bytes)
{
    uint64_t a = (uintptr_t)va & PAGE_MASK;
    uint64_t end = (uintptr_t)va + bytes;

    spin_lock(&device_lock);
    for (; a < end; a += PAGE_SIZE) {
        device_l1[(a - DEVICE_START) / PAGE_SIZE] = 0;
        invlpg(a);
    }
    spin_unlock(&device_lock);
}
