/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The heart of the matter: a guest must never hold a writable way to a frame that is a page
 * table.  Also when the way is an old translation in the TLB (XSA-401), an entry of another
 * level (XSA-148, XSA-182), or the hypervisor's slots of an L4.
 */
#include "harness.h"

/* XSA-401: the translation loaded before the frame became a table is gone after. */
TEST(types_stale_translation)
{
    char *window = page_alloc();
    uint64_t *table = page_alloc();
    volatile uint64_t *alias = (uint64_t *)window;

    REQUIRE(va_set(window, pte_make(mfn_of(table), PTE_RW)) == 0);
    *alias = 0;
    /* No flush is asked for anywhere: it is the hypervisor's to do. */
    REQUIRE(hcall(__HYPERVISOR_update_va_mapping, table, 0, UVMF_NONE) == 0);
    *alias = 0;
    REQUIRE(hcall(__HYPERVISOR_update_va_mapping, window, pte_make(mfn_of(table), PTE_RO),
                  UVMF_NONE) == 0);
    EXPECT_EQ(pin(1, table), 0);
    /* An entry that emulation would refuse: stored, it came by the old translation. */
    probe_write(alias, pte_make(0x200, PTE_RW));
    EXPECT_FAULT(VEC_PF, 3);
    EXPECT_EQ(*alias, 0);
    EXPECT_EQ(unpin(table), 0);
    EXPECT_EQ(page_unprotect(window), 0);
    EXPECT_EQ(page_unprotect(table), 0);
}

/* The same with the L1 promoted by an entry of an L2 instead of a pin. */
TEST(types_stale_by_entry)
{
    struct tables tables;
    char *window = page_alloc();
    uint64_t *table = page_alloc();

    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 4) == 0);
    REQUIRE(pin(4, tables.at[4]) == 0);
    REQUIRE(va_set(window, pte_make(mfn_of(table), PTE_RW)) == 0);
    REQUIRE(va_set(table, 0) == 0);
    *(volatile uint64_t *)window = 0;
    REQUIRE(hcall(__HYPERVISOR_update_va_mapping, window, 0, UVMF_NONE) == 0);
    EXPECT_EQ(pte_set(&tables.at[2][7], pte_make(mfn_of(table), PTE_RW)), 0);
    probe_write(window, 7);
    EXPECT(fault_last()->taken);
    EXPECT_EQ(pte_set(&tables.at[2][7], 0), 0);
    REQUIRE(page_unprotect(window) == 0 && page_unprotect(table) == 0);
    REQUIRE(unpin(tables.at[4]) == 0);
    tables_unprotect(&tables);
}

/*
 * XSA-286: an entry of an L2 goes, and the L1 it named becomes an ordinary page; a walk that the
 * CPU remembers may still go through it, and must not find what the guest writes there now.
 */
TEST(types_stale_walk)
{
    uint64_t *table = page_alloc(), *page = page_alloc();
    unsigned long va = SCRATCH_VA + 0x40000000ul;
    uint64_t *slot;

    tables_make(va);
    slot = pte_find(va + 0x200000, 2);
    va += 0x200000;
    table[0] = pte_make(mfn_of(page), PTE_RW);
    REQUIRE(page_protect(table) == 0);
    REQUIRE(pte_set(slot, pte_make(mfn_of(table), PTE_RW)) == 0);
    page[0] = 0x1234;
    EXPECT_EQ(probe_read((void *)va), 0x1234);
    EXPECT_NO_FAULT();
    /* No flush is asked for. */
    REQUIRE(pte_set(slot, 0) == 0);
    REQUIRE(hcall(__HYPERVISOR_update_va_mapping, table, pte_make(mfn_of(table), PTE_RW),
                  UVMF_NONE) == 0);
    table[1] = table[0] = pte_make(0x200, PTE_RW);
    probe_read((void *)(va + PAGE_SIZE));
    EXPECT_FAULT(VEC_PF, 0);
    probe_write((void *)(va + PAGE_SIZE), 0x5678);
    EXPECT_FAULT(VEC_PF, 2);
}

/* A frame that is writable somewhere does not become a table by an entry. */
TEST(types_writable_by_entry)
{
    struct tables tables;
    uint64_t *fresh = page_alloc();

    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 4) == 0);
    REQUIRE(pin(4, tables.at[4]) == 0);
    for (unsigned int level = 2; level <= 4; level++) {
        EXPECT(pte_set(&tables.at[level][7], pte_make(mfn_of(fresh), PTE_RW)) != 0);
        EXPECT_EQ(tables.at[level][7], 0);
    }
    REQUIRE(page_protect(fresh) == 0);
    EXPECT_EQ(pte_set(&tables.at[2][7], pte_make(mfn_of(fresh), PTE_RW)), 0);
    /* The same frame at another level meanwhile. */
    EXPECT(pte_set(&tables.at[3][7], pte_make(mfn_of(fresh), PTE_RW)) != 0);
    EXPECT(pte_set(&tables.at[4][7], pte_make(mfn_of(fresh), PTE_RW)) != 0);
    EXPECT_EQ(pte_set(&tables.at[2][7], 0), 0);
    EXPECT_EQ(pte_set(&tables.at[3][7], pte_make(mfn_of(fresh), PTE_RW)), 0);
    EXPECT_EQ(pte_set(&tables.at[3][7], 0), 0);
    EXPECT_EQ(page_unprotect(fresh), 0);
    REQUIRE(unpin(tables.at[4]) == 0);
    tables_unprotect(&tables);
}

/* The slots 256 to 271 of an L4 are the hypervisor's, by update and by validation. */
TEST(types_reserved_slots)
{
    struct tables tables;

    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 4) == 0);
    REQUIRE(pin(4, tables.at[4]) == 0);
    for (unsigned int slot = 256; slot < 272; slot++) {
        uint64_t before = tables.at[4][slot];

        EXPECT(pte_set(&tables.at[4][slot], pte_make(mfn_of(tables.at[3]), PTE_RW)) != 0);
        EXPECT(pte_set(&tables.at[4][slot], 0) != 0);
        EXPECT_EQ(tables.at[4][slot], before);
    }
    EXPECT_EQ(pte_set(&tables.at[4][255], pte_make(mfn_of(tables.at[3]), PTE_RW)), 0);
    EXPECT_EQ(pte_set(&tables.at[4][272], pte_make(mfn_of(tables.at[3]), PTE_RW)), 0);
    REQUIRE(unpin(tables.at[4]) == 0);
    tables_unprotect(&tables);
}

/* What stood in those slots of a page that becomes an L4 is never used. */
TEST(types_reserved_slots_overwritten)
{
    struct tables tables;
    uint64_t garbage;

    tables_build(&tables);
    garbage = pte_make(mfn_of(tables.at[0]), PTE_RW);
    for (unsigned int slot = 256; slot < 272; slot++) {
        tables.at[4][slot] = garbage;
    }
    REQUIRE(tables_protect(&tables, 4) == 0);
    EXPECT_EQ(pin(4, tables.at[4]), 0);
    for (unsigned int slot = 256; slot < 272; slot++) {
        EXPECT(tables.at[4][slot] != garbage);
    }
    EXPECT_EQ(unpin(tables.at[4]), 0);
    tables_unprotect(&tables);
}

/* XSA-148: an L2 entry with the superpage bit maps 2 MiB of anybody's memory. */
TEST(types_superpage)
{
    struct tables tables;
    char *page = page_alloc();
    uint64_t value = pte_make(mfn_of(page) & ~511ul, PTE_RW | PTE_PS);

    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 4) == 0);
    REQUIRE(pin(4, tables.at[4]) == 0);
    EXPECT(pte_set(&tables.at[2][9], value) != 0);
    EXPECT(pte_set(&tables.at[2][9], value & ~PTE_W) != 0);
    EXPECT(pte_set(&tables.at[3][9], value) != 0);
    /* In two steps: an entry that is legal, then the bit alone. */
    EXPECT(pte_set(&tables.at[2][0], tables.at[2][0] | PTE_PS) != 0);
    EXPECT(mmu_update1(machine_of(&tables.at[2][0]) | MMU_PT_UPDATE_PRESERVE_AD,
                       tables.at[2][0] | PTE_PS) != 0);
    REQUIRE(unpin(tables.at[4]) == 0);
    tables_unprotect(&tables);
}

/* XSA-182: writability changed on a recursive entry; linear tables as a whole: XSA-185, 240. */
TEST(types_linear)
{
    struct tables tables;
    long ret;

    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 4) == 0);
    REQUIRE(pin(4, tables.at[4]) == 0);
    for (unsigned int level = 2; level <= 4; level++) {
        uint64_t self = pte_make(mfn_of(tables.at[level]), PTE_RO);

        ret = pte_set(&tables.at[level][11], self);
        if (subject_is_mortise()) {
            EXPECT(ret != 0);
        }
        EXPECT(pte_set(&tables.at[level][11], self | PTE_W) != 0);
        if (ret == 0) {
            EXPECT_EQ(tables.at[level][11] & PTE_W, 0);
            EXPECT_EQ(pte_set(&tables.at[level][11], 0), 0);
        }
    }
    REQUIRE(unpin(tables.at[4]) == 0);
    tables_unprotect(&tables);
}

/* No frame of the machine's RAM but its own: tried one by one, write and read. */
TEST(types_nobody_elses_frames)
{
    const unsigned long *m2p = (const unsigned long *)MACH2PHYS_VIRT_START;
    const unsigned long *p2m = (const unsigned long *)start_info->mfn_list;
    struct xen_memory_map map = {.nr_entries = 64};
    static struct {
        uint64_t at, size;
        uint32_t type;
    } __attribute__((packed)) ranges[64];
    char *window = page_alloc();
    unsigned long tried = 0;
    xen_pfn_t grants = 0;
    struct gnttab_setup_table setup = {.dom = DOMID_SELF, .nr_frames = 1};

    /* The domain's own first grant-table frame is its to map. */
    set_xen_guest_handle(setup.frame_list, &grants);
    REQUIRE(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, 1) == 0);
    set_xen_guest_handle(map.buffer, (void *)ranges);
    REQUIRE(hcall(__HYPERVISOR_memory_op, XENMEM_machine_memory_map, &map) == 0);
    for (unsigned int i = 0; i < map.nr_entries; i++) {
        unsigned long first = (ranges[i].at + PAGE_SIZE - 1) >> PAGE_SHIFT;
        unsigned long end = (ranges[i].at + ranges[i].size) >> PAGE_SHIFT;

        for (unsigned long mfn = first; ranges[i].type == 1 && mfn < end; mfn++) {
            unsigned long pfn = m2p[mfn];

            /* Below 1 MiB Xen gives the control domain all for its firmware's sake. */
            if (mfn < 0x100 || mfn == start_info->shared_info >> PAGE_SHIFT || mfn == grants ||
                (pfn < start_info->nr_pages && p2m[pfn] == mfn)) {
                continue;
            }
            tried++;
            if (va_set(window, pte_make(mfn, PTE_RW)) != 0 &&
                ((mfn & 15) != 0 || va_set(window, pte_make(mfn, PTE_RO)) != 0)) {
                continue;
            }
            FAIL("frame %lx (pfn %lx by the M2P) was mapped", mfn, pfn);
        }
    }
    EXPECT(tried > 1000);
    EXPECT_EQ(page_unprotect(window), 0);
}

/* Frames that only the hypervisor may touch: local and I/O APIC, even for a control domain. */
TEST(types_mmio)
{
    char *window = page_alloc();

    EXPECT(va_set(window, pte_make(0xfee00, PTE_RW)) != 0);
    EXPECT_EQ(va_set(window, pte_make(0xb8, PTE_RW | PTE_PCD)), 0);
    *(volatile char *)window = *(volatile char *)window;
    EXPECT(mmu_update1(0xb8000, 0) != 0);
    if (va_set(window, pte_make(0xfec00, PTE_RW)) == 0) {
        EXPECT_EQ(*pte_find((unsigned long)window, 1) & PTE_W, 0);
    }
    EXPECT_EQ(page_unprotect(window), 0);
}
