/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which bits an entry of each level may carry, tried one by one, by an update of a live table
 * and by the validation of a whole one: both ways must agree, or one is a way around the other
 * (XSA-148: the superpage bit of an L2; XSA-182: flags changed without validation).
 */
#include "harness.h"

/* Bits outside the frame number; 52 to 55 are the hypervisor's and judged apart. */
#define BITS_TRIED (~PTE_MFN_MASK & ~0x00f0000000000000ul & ~PTE_P)

static uint64_t accepted_by_update(unsigned int level)
{
    struct tables tables;
    uint64_t good = 0;

    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 4) == 0);
    REQUIRE(pin(4, tables.at[4]) == 0);
    for (unsigned int bit = 0; bit < 64; bit++) {
        uint64_t base = tables.at[level][0] & PTE_MFN_MASK;

        if ((BITS_TRIED >> bit & 1) && pte_set(tables.at[level], base | PTE_P | 1ul << bit) == 0) {
            good |= 1ul << bit;
        }
    }
    REQUIRE(unpin(tables.at[4]) == 0);
    tables_unprotect(&tables);
    return good;
}

static uint64_t accepted_by_pin(unsigned int level)
{
    struct tables tables;
    uint64_t good = 0, base;

    tables_build(&tables);
    base = tables.at[level][0] & PTE_MFN_MASK;
    for (unsigned int bit = 0; bit < 64; bit++) {
        if ((BITS_TRIED >> bit & 1) == 0) {
            continue;
        }
        tables.at[level][0] = base | PTE_P | 1ul << bit;
        REQUIRE(tables_protect(&tables, level) == 0);
        if (pin(level, tables.at[level]) == 0) {
            good |= 1ul << bit;
            REQUIRE(unpin(tables.at[level]) == 0);
        }
        tables_unprotect(&tables);
    }
    return good;
}

static void flags_check(unsigned int level, uint64_t wanted)
{
    uint64_t updated = accepted_by_update(level), pinned = accepted_by_pin(level);

    EXPECT_EQ(updated, wanted);
    EXPECT_EQ(pinned, wanted);
}

#define AVAILABLE 0xff00000000000e00ul /* 9 to 11 and 56 to 62 are the guest's; 63 is NX */
#define UPPER     (AVAILABLE | PTE_W | PTE_U | PTE_A | PTE_D)

TEST(flags_l1)
{
    flags_check(1, UPPER | PTE_PWT | PTE_PCD | PTE_PAT | PTE_G);
}

TEST(flags_l2)
{
    flags_check(2, UPPER);
}

TEST(flags_l3)
{
    flags_check(3, UPPER);
}

TEST(flags_l4)
{
    flags_check(4, UPPER);
}

/*
 * Bits 53 to 55 of an L1 entry are the hypervisor's: no error, and no effect on the rest.
 * Bit 52 is too, but a guest that writes back what it read must get its kernel entry again.
 */
TEST(flags_hypervisor_bits)
{
    struct tables tables;
    uint64_t value;

    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 1) == 0);
    REQUIRE(pin(1, tables.at[1]) == 0);
    value = tables.at[1][0] & ~0x00f0000000000000ul;
    for (unsigned int bit = 53; bit < 56; bit++) {
        EXPECT_EQ(pte_set(tables.at[1], value | 1ul << bit), 0);
        EXPECT_EQ(tables.at[1][0] & ~0x00f0000000000000ul, value);
        /* Xen keeps what it has no use for; Mortise recomputes all of them. */
        if (subject_is_mortise()) {
            EXPECT_EQ(tables.at[1][0], value);
        }
    }
    EXPECT_EQ(pte_set(tables.at[1], value & ~(PTE_U | PTE_G)), 0);
    EXPECT_EQ(pte_set(tables.at[1], tables.at[1][0] & ~PTE_W), 0);
    EXPECT_EQ(tables.at[1][0], (value & ~(PTE_W | PTE_G)) | 1ul << 52);
    REQUIRE(unpin(tables.at[1]) == 0);
    tables_unprotect(&tables);
}

/* The form of a present entry: U always; in an L1 bit 52 where the guest gave no U, else G. */
TEST(flags_form)
{
    struct tables tables;
    uint64_t machine;

    tables_build(&tables);
    machine = (uint64_t)mfn_of(tables.at[0]) << PAGE_SHIFT;
    for (unsigned int level = 1; level <= 4; level++) {
        tables.at[level][0] &= ~PTE_U;
    }
    REQUIRE(tables_protect(&tables, 4) == 0);
    REQUIRE(pin(4, tables.at[4]) == 0);
    EXPECT_EQ(tables.at[1][0], machine | 1ul << 52 | PTE_RW);
    for (unsigned int level = 2; level <= 4; level++) {
        EXPECT_EQ(tables.at[level][0], pte_make(mfn_of(tables.at[level - 1]), PTE_RW));
    }
    EXPECT_EQ(pte_set(tables.at[1], machine | PTE_RW), 0);
    EXPECT_EQ(tables.at[1][0], machine | PTE_RW | PTE_G);
    EXPECT_EQ(pte_set(tables.at[1], machine | (PTE_RW & ~PTE_U)), 0);
    EXPECT_EQ(tables.at[1][0], machine | 1ul << 52 | PTE_RW);
    REQUIRE(unpin(tables.at[4]) == 0);
    tables_unprotect(&tables);
}

/* A not-present entry is the guest's own 63 bits. */
TEST(flags_not_present)
{
    struct tables tables;

    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 4) == 0);
    REQUIRE(pin(4, tables.at[4]) == 0);
    for (unsigned int level = 1; level <= 4; level++) {
        uint64_t old = tables.at[level][0];

        EXPECT_EQ(pte_set(tables.at[level], 0x7000000000012ffeul), 0);
        EXPECT_EQ(tables.at[level][0], 0x7000000000012ffeul);
        EXPECT_EQ(pte_set(tables.at[level], old & ~0x00f0000000000000ul), 0);
    }
    REQUIRE(unpin(tables.at[4]) == 0);
    tables_unprotect(&tables);
}

/* XSA-402's ground: RAM is write-back whatever a control domain asks; others are refused. */
TEST(flags_cacheability)
{
    struct tables tables;
    uint64_t value;

    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 1) == 0);
    REQUIRE(pin(1, tables.at[1]) == 0);
    value = tables.at[1][0];
    EXPECT_EQ(pte_set(tables.at[1], value | PTE_PCD | PTE_PWT), 0);
    if (subject_is_mortise()) {
        EXPECT_EQ(tables.at[1][0], value);
    }
    EXPECT_EQ(pte_set(tables.at[1], value), 0);
    REQUIRE(unpin(tables.at[1]) == 0);
    tables_unprotect(&tables);
}
