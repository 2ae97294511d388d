/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * update_va_mapping: which addresses have an entry to change, what the entry may name, and that
 * the flush it asks for happens.
 */
#include "harness.h"

static long va_update(unsigned long va, uint64_t value, unsigned long flags)
{
    return hcall(__HYPERVISOR_update_va_mapping, va, value, flags);
}

TEST(va_flush_kinds)
{
    char *window = page_alloc(), *other = page_alloc();
    static const unsigned long flags[] = {
        UVMF_INVLPG,    UVMF_INVLPG | UVMF_LOCAL,    UVMF_INVLPG | UVMF_ALL,
        UVMF_TLB_FLUSH, UVMF_TLB_FLUSH | UVMF_LOCAL, UVMF_TLB_FLUSH | UVMF_ALL};

    window[0] = 'w';
    other[0] = 'o';
    for (unsigned int i = 0; i < ARRAY_SIZE(flags); i++) {
        bool to_other = (i & 1) == 0;

        EXPECT_EQ(*(volatile char *)window, to_other ? 'w' : 'o');
        EXPECT_EQ(va_update((unsigned long)window,
                            pte_make(mfn_of(to_other ? other : window), PTE_RW), flags[i]),
                  0);
        EXPECT_EQ(*(volatile char *)window, to_other ? 'o' : 'w');
    }
    REQUIRE(page_unprotect(window) == 0);
}

TEST(va_flush_mask)
{
    char *window = page_alloc(), *other = page_alloc();
    unsigned long mask = 1;

    window[0] = 'w';
    other[0] = 'o';
    EXPECT_EQ(*(volatile char *)window, 'w');
    EXPECT_EQ(va_update((unsigned long)window, pte_make(mfn_of(other), PTE_RW),
                        UVMF_INVLPG | (unsigned long)&mask),
              0);
    EXPECT_EQ(*(volatile char *)window, 'o');
    /* The mask is read behind the change: a bad one is no fault and no crash. */
    va_update((unsigned long)window, pte_make(mfn_of(other), PTE_RW), UVMF_INVLPG | 0x1000);
    va_update((unsigned long)window, pte_make(mfn_of(other), PTE_RW),
              UVMF_TLB_FLUSH | 0xffff830000000000ul);
    EXPECT_EQ(page_unprotect(window), 0);
}

TEST(va_bad_addresses)
{
    uint64_t good = pte_make(mfn_of(page_alloc()), PTE_RW);
    static const unsigned long places[] = {
        0x0000800000000000ul,
        0xffff7ffffffff000ul,
        0xffff800000000000ul,
        0xffff804000000000ul,
        0xffff830000000000ul,
        0xffff87fffffff000ul,
        0x1000,
        0x00007ffffffff000ul,
        SCRATCH_VA,
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(places); i++) {
        long ret = va_update(places[i], good, UVMF_NONE);

        if (ret != E(INVAL)) {
            FAIL("an entry for %lx gives %ld", places[i], ret);
        }
    }
}

TEST(va_offset_ignored)
{
    char *window = page_alloc(), *other = page_alloc();

    EXPECT_EQ(
        va_update((unsigned long)window + 0x123, pte_make(mfn_of(other), PTE_RW), UVMF_INVLPG), 0);
    EXPECT_EQ(*pte_find((unsigned long)window, 1) & PTE_MFN_MASK, (uint64_t)mfn_of(other)
                                                                      << PAGE_SHIFT);
    EXPECT_EQ(page_unprotect(window), 0);
}

TEST(va_unmap_and_map)
{
    char *window = page_alloc();

    *window = 5;
    EXPECT_EQ(va_update((unsigned long)window, 0, UVMF_INVLPG), 0);
    probe_read(window);
    EXPECT_FAULT(VEC_PF, 0);
    EXPECT_EQ(va_update((unsigned long)window, pte_make(mfn_of(window), PTE_RW), UVMF_NONE), 0);
    EXPECT_EQ(*window, 5);
}

TEST(va_bad_frames)
{
    char *window = page_alloc();
    static const unsigned long frames[] = {0xfffffffful, 0xfffffffffful, 0x200, 0x300};

    for (unsigned int i = 0; i < ARRAY_SIZE(frames); i++) {
        if (va_update((unsigned long)window, pte_make(frames[i], PTE_RW), UVMF_INVLPG) == 0) {
            FAIL("frame %lx was mapped", frames[i]);
        }
        EXPECT_EQ(*pte_find((unsigned long)window, 1) & PTE_MFN_MASK, (uint64_t)mfn_of(window)
                                                                          << PAGE_SHIFT);
    }
    EXPECT_EQ(page_unprotect(window), 0);
}

TEST(va_other_domain)
{
    char *window = page_alloc();
    uint64_t good = pte_make(mfn_of(window), PTE_RW);

    EXPECT_EQ(hcall(__HYPERVISOR_update_va_mapping_otherdomain, window, good, UVMF_INVLPG, 4321),
              E(SRCH));
    EXPECT_EQ(
        hcall(__HYPERVISOR_update_va_mapping_otherdomain, window, good, UVMF_INVLPG, DOMID_SELF),
        0);
    /* Of DOMID_IO: memory of devices, here VGA's. */
    EXPECT_EQ(hcall(__HYPERVISOR_update_va_mapping_otherdomain, window, pte_make(0xb8, PTE_RW),
                    UVMF_INVLPG, DOMID_IO),
              0);
    EXPECT_EQ(page_unprotect(window), 0);
}
