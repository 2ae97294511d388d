/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mmu_update: how requests are counted and where a batch stops; each command; pointers into
 * frames that are no tables, not the caller's, or not there.
 */
#include "harness.h"

static long batch(mmu_update_t *updates, unsigned int count, unsigned int *done, unsigned int dom)
{
    return hcall(__HYPERVISOR_mmu_update, updates, count, done, dom);
}

struct window {
    char *page;
    uint64_t *entry;
    uint64_t good;
};

static struct window window_make(void)
{
    struct window w = {.page = page_alloc()};

    w.entry = pte_find((unsigned long)w.page, 1);
    w.good = *w.entry & ~0x00f0000000000000ul;
    return w;
}

TEST(update_batch_counts)
{
    struct window w = window_make();
    char *other = page_alloc();
    mmu_update_t updates[4];
    unsigned int done = 77;

    for (unsigned int i = 0; i < 4; i++) {
        updates[i].ptr = machine_of(w.entry);
        updates[i].val = pte_make(mfn_of(other), i & 1 ? PTE_RO : PTE_RW);
    }
    EXPECT_EQ(batch(updates, 0, &done, DOMID_SELF), 0);
    EXPECT_EQ(done, 0);
    EXPECT_EQ(batch(updates, 4, &done, DOMID_SELF), 0);
    EXPECT_EQ(done, 4);
    EXPECT_EQ(*w.entry & PTE_W, 0);
    /* A bad one in the middle: those before it hold, those behind it never ran. */
    updates[2].val = pte_make(0xffffffff0ul, PTE_RW);
    updates[3].val = 0;
    EXPECT_EITHER(batch(updates, 4, &done, DOMID_SELF), E(PERM), E(INVAL));
    EXPECT_EQ(done, 2);
    EXPECT_EQ(*w.entry & PTE_MFN_MASK, (uint64_t)mfn_of(other) << PAGE_SHIFT);
    REQUIRE(page_unprotect(w.page) == 0);
}

TEST(update_bad_pointers)
{
    struct window w = window_make();
    mmu_update_t update = {.ptr = machine_of(w.entry), .val = w.good};
    unsigned int done = 77;

    EXPECT_EQ(batch((void *)0x1000, 1, &done, DOMID_SELF), E(FAULT));
    EXPECT_EQ(done, 0);
    EXPECT_EQ(batch((void *)0xffff830000000000ul, 1, NULL, DOMID_SELF), E(FAULT));
    EXPECT_EQ(batch((void *)0x0000800000000000ul, 1, NULL, DOMID_SELF), E(FAULT));
    EXPECT_EITHER(batch(&update, 1, (void *)0x1000, DOMID_SELF), 0, E(FAULT));
    /* A count without end, over an array that ends: no reading past the hole. */
    EXPECT_EQ(batch((void *)0x1000, 0x7fffffff, NULL, DOMID_SELF), E(FAULT));
}

TEST(update_commands)
{
    struct window w = window_make();

    EXPECT_EQ(mmu_update1(machine_of(w.entry) | MMU_NORMAL_PT_UPDATE, w.good), 0);
    EXPECT_EQ(mmu_update1(machine_of(w.entry) | MMU_PT_UPDATE_PRESERVE_AD, w.good), 0);
    EXPECT_EQ(mmu_update1(machine_of(w.entry) | MMU_PT_UPDATE_NO_TRANSLATE, w.good), 0);
    /* Bit 2 set: an unknown command (Xen) or half an entry (Mortise); never two half entries. */
    for (unsigned int command = 0; command < 4; command++) {
        uint64_t next = w.entry[1];

        if (command != MMU_MACHPHYS_UPDATE) {
            EXPECT_EITHER(mmu_update1(machine_of(w.entry) | 4 | command, w.good), E(NOSYS),
                          E(INVAL));
            EXPECT_EQ(w.entry[1], next);
        }
    }
}

TEST(update_preserve_ad)
{
    struct window w = window_make();
    uint64_t clean = w.good & ~(PTE_A | PTE_D | PTE_G);

    EXPECT_EQ(mmu_update1(machine_of(w.entry), clean), 0);
    EXPECT_EQ(*w.entry & (PTE_A | PTE_D), 0);
    hcall(__HYPERVISOR_update_va_mapping, w.page, clean, UVMF_INVLPG | UVMF_LOCAL);
    *(volatile char *)w.page = 1;
    EXPECT_EQ(*w.entry & (PTE_A | PTE_D), PTE_A | PTE_D);
    EXPECT_EQ(mmu_update1(machine_of(w.entry) | MMU_PT_UPDATE_PRESERVE_AD, clean), 0);
    EXPECT_EQ(*w.entry & (PTE_A | PTE_D), PTE_A | PTE_D);
    EXPECT_EQ(mmu_update1(machine_of(w.entry), clean), 0);
    EXPECT_EQ(*w.entry & (PTE_A | PTE_D), 0);
    REQUIRE(page_unprotect(w.page) == 0);
}

/* A pointer into an ordinary page is an ordinary write; into a strange frame it is refused. */
TEST(update_no_table)
{
    uint64_t *page = page_alloc();

    EXPECT_EQ(mmu_update1(machine_of(&page[3]), 0x1234567890ul), 0);
    EXPECT_EQ(page[3], 0x1234567890ul);
    EXPECT(mmu_update1(0xffffffff0000ul, 0) != 0);
    EXPECT(mmu_update1(0x000fffffffff0000ul, 0) != 0);
    EXPECT(mmu_update1(0xfee00000ul, 0) != 0);
}

TEST(update_machphys)
{
    const volatile unsigned long *m2p = (const unsigned long *)MACH2PHYS_VIRT_START;
    char *page = page_alloc();
    unsigned long mfn = mfn_of(page), pfn = pfn_of(page);

    EXPECT_EQ(m2p[mfn], pfn);
    EXPECT_EQ(mmu_update1(mfn << PAGE_SHIFT | MMU_MACHPHYS_UPDATE, 0x12345), 0);
    EXPECT_EQ(m2p[mfn], 0x12345);
    EXPECT_EQ(mmu_update1(mfn << PAGE_SHIFT | MMU_MACHPHYS_UPDATE, pfn), 0);
    EXPECT(mmu_update1(0xffffffff000ul | MMU_MACHPHYS_UPDATE, 1) != 0);
    EXPECT(mmu_update1(0xfee00000ul | MMU_MACHPHYS_UPDATE, 1) != 0);
    EXPECT(mmu_update1(0x000ffffffffff000ul | MMU_MACHPHYS_UPDATE, 1) != 0);
}

TEST(update_domains)
{
    struct window w = window_make();
    mmu_update_t update = {.ptr = machine_of(w.entry), .val = w.good};

    /* Oneself by number is refused by Xen: it says DOMID_SELF there. */
    EXPECT_EITHER(batch(&update, 1, NULL, 0), 0, E(SRCH));
    EXPECT_EQ(batch(&update, 1, NULL, 4321), E(SRCH));
    /* Two domains in one: the tables' in the upper half, the mapped frames' in the lower. */
    EXPECT_EQ(batch(&update, 1, NULL, 4321u << 16 | DOMID_SELF), E(SRCH));
    EXPECT(batch(&update, 1, NULL, DOMID_INVALID) != 0);
    /* As DOMID_IO only MMIO may be mapped: RAM of one's own is not. */
    update.val = pte_make(mfn_of(page_alloc()), PTE_RW);
    EXPECT(batch(&update, 1, NULL, DOMID_XEN) != 0);
}

/* Whoever else may own what a page of memory maps: tables are one domain's from top to bottom. */
TEST(update_upper_foreign)
{
    struct tables t;
    mmu_update_t update;

    tables_build(&t);
    REQUIRE(tables_protect(&t, 4) == 0 && pin(4, t.at[4]) == 0);
    for (unsigned int level = 2; level <= 4; level++) {
        update.ptr = machine_of(&t.at[level][9]);
        update.val = 0;
        EXPECT_EQ(batch(&update, 1, NULL, DOMID_IO), E(INVAL));
        EXPECT_EQ(batch(&update, 1, NULL, DOMID_SELF), 0);
        update.val = pte_make(mfn_of(t.at[level - 1]), PTE_RW);
        EXPECT_EQ(batch(&update, 1, NULL, DOMID_IO), E(INVAL));
        EXPECT_EQ(t.at[level][9], 0);
    }
    update.ptr = machine_of(&t.at[1][9]);
    update.val = 0;
    EXPECT_EQ(batch(&update, 1, NULL, DOMID_IO), 0);
    EXPECT_EQ(unpin(t.at[4]), 0);
    tables_unprotect(&t);
}

/* Reserved address bits of an entry beyond what the machine has. */
TEST(update_address_bits)
{
    struct window w = window_make();

    for (unsigned int bit = 40; bit < 52; bit++) {
        if (mmu_update1(machine_of(w.entry), w.good | 1ul << bit) == 0) {
            FAIL("address bit %u was taken", bit);
            mmu_update1(machine_of(w.entry), w.good);
        }
    }
}

/* Low bits of the pointer beyond the command: not on an entry. */
TEST(update_misaligned)
{
    struct window w = window_make();

    EXPECT(mmu_update1(machine_of(w.entry) + 4, w.good) != 0);
}
