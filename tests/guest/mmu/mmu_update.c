/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mmu_update and update_va_mapping, errno by errno, each kind of update alike; and the count of
 * requests that were done, whichever way a list ends.
 */
#include "harness.h"

#define NOWHERE ((void *)0x1000)

static const unsigned int kinds[] = {MMU_NORMAL_PT_UPDATE, MMU_PT_UPDATE_PRESERVE_AD,
                                     MMU_PT_UPDATE_NO_TRANSLATE};

static long update(mmu_update_t *list, unsigned int count, unsigned int *done)
{
    return hcall(__HYPERVISOR_mmu_update, list, count, done, DOMID_SELF);
}

/* Every kind that writes an entry makes the same checks (XSA-182: one of them did not). */
TEST(mmu_update_kinds)
{
    uint64_t *l1 = page_alloc();
    char *page = page_alloc();

    REQUIRE(page_protect(l1) == 0 && pin(1, l1) == 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
        uint64_t at = machine_of(l1) | kinds[i];

        EXPECT_EQ(mmu_update1(at, pte_make(mfn_of(page), PTE_RW)), 0);
        EXPECT_ON(mmu_update1(at, pte_make(mfn_of(boot_l4), PTE_RW)), E(INVAL),
                  E(BUSY)); /* a table */
        EXPECT_ON(mmu_update1(at, pte_make(0xfffffffful, PTE_RW)), E(INVAL),
                  E(PERM)); /* no frame */
        EXPECT_ON(mmu_update1(at, pte_make(mfn_of(page), PTE_RW) | 1ul << 51), E(INVAL), E(PERM));
        EXPECT_EQ(mmu_update1(machine_of(&boot_l4[256]) | kinds[i], 0), E(INVAL));
        EXPECT_EQ(mmu_update1((uint64_t)0xfffffff0 << PAGE_SHIFT | kinds[i], 0), E(INVAL));
        EXPECT_EQ(*l1 & PTE_MFN_MASK, (uint64_t)mfn_of(page) << PAGE_SHIFT);
        EXPECT_EQ(mmu_update1(at, 0), 0);
    }
    REQUIRE(unpin(l1) == 0 && page_unprotect(l1) == 0);
}

/* The count says what was done before the end, and does so for each way a list can end. */
TEST(mmu_update_done)
{
    static mmu_update_t list[8];
    uint64_t *l1 = page_alloc();
    unsigned int done;

    REQUIRE(page_protect(l1) == 0 && pin(1, l1) == 0);
    for (unsigned int bad = 0; bad <= 8; bad++) {
        for (unsigned int i = 0; i < 8; i++) {
            list[i] = (mmu_update_t){.ptr = machine_of(&l1[i]), .val = i << 12};
        }
        if (bad < 8) {
            list[bad].ptr |= 7;
        }
        done = 0x7777;
        EXPECT_EQ(update(list, 8, &done), bad < 8 ? E(NOSYS) : 0);
        EXPECT_EQ(done, bad);
        for (unsigned int i = 0; i < 8; i++) {
            EXPECT_EQ(l1[i], i < bad ? (uint64_t)i << 12 : 0);
            REQUIRE(pte_set(&l1[i], 0) == 0);
        }
    }
    done = 0x7777;
    EXPECT_EQ(update(list, 0, &done), 0);
    EXPECT_EQ(done, 0);
    done = 0x7777;
    EXPECT_EQ(update(NOWHERE, 2, &done), E(FAULT));
    EXPECT_EQ(done, 0);
    EXPECT_ON(update(list, 1, NOWHERE), E(FAULT), 0); /* Xen does not look whether it could */
    REQUIRE(unpin(l1) == 0 && page_unprotect(l1) == 0);
}

/* A list that runs into a hole: what came before is done and counted. */
TEST(mmu_update_done_at_hole)
{
    char *first = page_alloc(), *hole = page_alloc();
    mmu_update_t *list = (mmu_update_t *)hole - 3;
    uint64_t *l1 = page_alloc();
    unsigned int done = 0x7777;

    REQUIRE(hole == first + PAGE_SIZE);
    REQUIRE(page_protect(l1) == 0 && pin(1, l1) == 0);
    for (unsigned int i = 0; i < 3; i++) {
        list[i] = (mmu_update_t){.ptr = machine_of(&l1[i]), .val = 0x1000 * (i + 1)};
    }
    REQUIRE(va_set(hole, 0) == 0);
    EXPECT_EQ(update(list, 6, &done), E(FAULT));
    EXPECT_EQ(done, 3);
    EXPECT_EQ(l1[2], 0x3000);
    for (unsigned int i = 0; i < 3; i++) {
        REQUIRE(pte_set(&l1[i], 0) == 0);
    }
    REQUIRE(page_unprotect(hole) == 0);
    REQUIRE(unpin(l1) == 0 && page_unprotect(l1) == 0);
}

/* Local APIC and I/O APIC are nobody's, whichever way they are asked for. */
TEST(mmu_update_apic)
{
    uint64_t *l1 = page_alloc();
    char *page = page_alloc();

    EXPECT(va_set(page, pte_make(0xfee00, PTE_RO)) < 0);
    if (subject_is_mortise()) { /* Xen maps an I/O APIC read-only */
        EXPECT_EQ(va_set(page, pte_make(0xfec00, PTE_RW)), E(INVAL));
        EXPECT_EQ(va_set(page, pte_make(0xfec00, PTE_RO)), E(INVAL));
    }
    l1[5] = pte_make(0xfee00, PTE_RO);
    REQUIRE(page_protect(l1) == 0);
    EXPECT(pin(1, l1) < 0);
    l1 = page_alloc();
    REQUIRE(page_protect(l1) == 0 && pin(1, l1) == 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
        EXPECT(mmu_update1(machine_of(l1) | kinds[i], pte_make(0xfee00, PTE_RO)) < 0);
        EXPECT_EQ(l1[0], 0);
    }
    REQUIRE(unpin(l1) == 0 && page_unprotect(l1) == 0);
}

TEST(update_va_mapping_other_errors)
{
    char *page = page_alloc();
    uint64_t entry = pte_make(mfn_of(page), PTE_RW);

#define OTHER(va, value, flags, domain)                                                            \
    hcall(__HYPERVISOR_update_va_mapping_otherdomain, va, value, flags, domain)
    EXPECT_EQ(OTHER(page, entry, 0, 4321), E(SRCH));
    EXPECT_EQ(OTHER(page, entry, 0, DOMID_SELF), 0);
    EXPECT_EQ(OTHER(0xffff800000000000ul, entry, 0, DOMID_SELF), E(INVAL));
    EXPECT_EQ(OTHER(SCRATCH_VA + 0x7000000000ul, entry, 0, DOMID_SELF), E(INVAL));
    EXPECT_ON(OTHER(page, entry | 1ul << 51, 0, DOMID_SELF), E(INVAL), E(PERM));
    EXPECT_ON(OTHER(page, pte_make(0xfffffffful, PTE_RW), 0, DOMID_SELF), E(INVAL), E(PERM));
    EXPECT_ON(OTHER(page, pte_make(mfn_of(boot_l4), PTE_RW), 0, DOMID_SELF), E(INVAL), E(BUSY));
    EXPECT_ON(OTHER(page, pte_make(0x200, PTE_RO), 0, DOMID_SELF), E(INVAL), E(BUSY));
    EXPECT_EQ(OTHER(page, entry, UVMF_INVLPG | 0x1000, DOMID_SELF), E(FAULT));
    EXPECT_EQ(OTHER(page, pte_make(mfn_of(page), PTE_RO), UVMF_INVLPG, DOMID_SELF), 0);
    probe_write(page, 1);
    EXPECT_FAULT(VEC_PF, 3);
    REQUIRE(page_unprotect(page) == 0);
}
