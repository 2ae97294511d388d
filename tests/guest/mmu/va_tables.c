/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * update_va_mapping goes to the L1 table that the address has now, whatever it had at the last
 * call: after each way to put another table in its place.
 */
#include "harness.h"

#define VA (SCRATCH_VA + 0x30000000ul)

static uint64_t *first, *second; /* two L1 tables for VA, empty */
static uint64_t value;

static long va_change(uint64_t entry)
{
    return hcall(__HYPERVISOR_update_va_mapping, VA, entry, UVMF_INVLPG | UVMF_LOCAL);
}

/* Without a call of update_va_mapping, which would forget what the last one found. */
static void protect(const void *page)
{
    REQUIRE(pte_set(pte_find((unsigned long)page, 1), pte_make(mfn_of(page), PTE_RO)) == 0);
}

static void unprotect(const void *page)
{
    EXPECT_EQ(pte_set(pte_find((unsigned long)page, 1), pte_make(mfn_of(page), PTE_RW)), 0);
    mmuext(MMUEXT_INVLPG_LOCAL, (unsigned long)page, 0);
}

static uint64_t frame_in(const uint64_t *table)
{
    return table[0] & PTE_MFN_MASK;
}

/* The first table is in place, and the call has found it there. */
static void start(void)
{
    first = page_alloc();
    second = page_alloc();
    value = pte_make(mfn_of(page_alloc()), PTE_RW);
    tables_make(VA);
    protect(first);
    protect(second);
    REQUIRE(pte_set(pte_find(VA, 2), pte_make(mfn_of(first), PTE_RW)) == 0);
    REQUIRE(va_change(value) == 0);
    REQUIRE(frame_in(first) == (value & PTE_MFN_MASK));
    REQUIRE(va_change(0) == 0);
}

static void expect_second_and_end(void)
{
    EXPECT_EQ(va_change(value), 0);
    EXPECT_EQ(frame_in(second), value & PTE_MFN_MASK);
    EXPECT_EQ(frame_in(first), 0);
    va_change(0);
    EXPECT_EQ(pte_set(pte_find(VA, 2), 0), 0);
    unprotect(first);
    unprotect(second);
}

TEST(va_after_new_l2_entry)
{
    start();
    REQUIRE(pte_set(pte_find(VA, 2), pte_make(mfn_of(second), PTE_RW)) == 0);
    expect_second_and_end();
}

TEST(va_after_removed_l2_entry)
{
    start();
    REQUIRE(pte_set(pte_find(VA, 2), 0) == 0);
    EXPECT_EQ(va_change(value), E(INVAL));
    EXPECT_EQ(frame_in(first), 0);
    REQUIRE(pte_set(pte_find(VA, 2), pte_make(mfn_of(second), PTE_RW)) == 0);
    expect_second_and_end();
}

/* Another L2 table, whose one entry names the second table, takes the place of the first's. */
TEST(va_after_new_l3_entry)
{
    uint64_t *l2 = page_alloc(), old;

    start();
    old = *pte_find(VA, 3);
    l2[(VA >> 21) & 511] = pte_make(mfn_of(second), PTE_RW);
    protect(l2);
    REQUIRE(pte_set(pte_find(VA, 3), pte_make(mfn_of(l2), PTE_RW)) == 0);
    EXPECT_EQ(va_change(value), 0);
    EXPECT_EQ(frame_in(second), value & PTE_MFN_MASK);
    EXPECT_EQ(frame_in(first), 0);
    va_change(0);
    REQUIRE(pte_set(pte_find(VA, 3), old) == 0);
    unprotect(l2);
    REQUIRE(pte_set(pte_find(VA, 2), pte_make(mfn_of(second), PTE_RW)) == 0);
    expect_second_and_end();
}

/* A root that differs from the boot root in the slot of VA alone. */
static void root_fill(uint64_t *l4, const uint64_t *l3)
{
    for (unsigned int i = 0; i < 512; i++) {
        l4[i] = i >= 256 && i <= 271 ? 0 : boot_l4[i];
    }
    l4[(VA >> 39) & 511] = pte_make(mfn_of(l3), PTE_RW);
}

static void below_make(uint64_t *l3, uint64_t *l2, const uint64_t *l1)
{
    l3[(VA >> 30) & 511] = pte_make(mfn_of(l2), PTE_RW);
    l2[(VA >> 21) & 511] = pte_make(mfn_of(l1), PTE_RW);
    protect(l2);
    protect(l3);
}

/* The same frame is a root again, with other contents, when the next call is made. */
TEST(va_after_root_made_anew)
{
    uint64_t *l4 = page_alloc(), *l3[2] = {page_alloc(), page_alloc()};
    uint64_t *l2[2] = {page_alloc(), page_alloc()};

    start();
    below_make(l3[0], l2[0], first);
    below_make(l3[1], l2[1], second);
    root_fill(l4, l3[0]);
    protect(l4);
    REQUIRE(pin(4, l4) == 0);
    REQUIRE(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(l4), 0) == 0);
    EXPECT_EQ(va_change(value), 0);
    EXPECT_EQ(frame_in(first), value & PTE_MFN_MASK);
    EXPECT_EQ(va_change(0), 0);
    REQUIRE(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(boot_l4), 0) == 0);
    REQUIRE(unpin(l4) == 0);
    unprotect(l4);
    root_fill(l4, l3[1]);
    protect(l4);
    REQUIRE(pin(4, l4) == 0);
    REQUIRE(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(l4), 0) == 0);
    EXPECT_EQ(va_change(value), 0);
    EXPECT_EQ(frame_in(second), value & PTE_MFN_MASK);
    EXPECT_EQ(frame_in(first), 0);
    va_change(0);
    REQUIRE(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(boot_l4), 0) == 0);
    REQUIRE(unpin(l4) == 0);
    unprotect(l4);
    for (unsigned int i = 0; i < 2; i++) {
        unprotect(l3[i]);
        unprotect(l2[i]);
    }
    REQUIRE(pte_set(pte_find(VA, 2), pte_make(mfn_of(second), PTE_RW)) == 0);
    expect_second_and_end();
}
