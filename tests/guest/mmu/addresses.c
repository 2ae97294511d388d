/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The address in an entry, bit by bit, at each level, by each way an entry comes into a table; each
 * slot of a table; and what is kept of A and D.
 */
#include "harness.h"

static const unsigned int kinds[] = {MMU_NORMAL_PT_UPDATE, MMU_PT_UPDATE_PRESERVE_AD,
                                     MMU_PT_UPDATE_NO_TRANSLATE};

/* One address bit more, above all RAM: no frame of anybody's, whatever the CPU makes of the bit. An
 * L1 of a control domain may map device memory, which ends where the CPU's addresses do. */
#define FIRST_BIT(level) ((level) == 1 ? 40u : 33u)

TEST(address_bits)
{
    struct tables tables;

    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 4) == 0 && pin(4, tables.at[4]) == 0);
    for (unsigned int level = 1; level <= 4; level++) {
        uint64_t good = tables.at[level][0];

        for (unsigned int bit = FIRST_BIT(level); bit < 52; bit++) {
            for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
                uint64_t bad = (good & ~0x00f0000000000000ul) | 1ul << bit;

                if (mmu_update1(machine_of(tables.at[level]) | kinds[i], bad) == 0) {
                    FAIL("L%u: an address with bit %u is taken by kind %u", level, bit, kinds[i]);
                }
                EXPECT_EQ(tables.at[level][0], good);
            }
        }
    }
    REQUIRE(unpin(tables.at[4]) == 0);
    tables_unprotect(&tables);
}

/* The same in a page that becomes a table. */
TEST(address_bits_in_pin)
{
    struct tables tables;

    for (unsigned int level = 1; level <= 4; level++) {
        for (unsigned int bit = FIRST_BIT(level); bit < 52; bit += 3) {
            tables_build(&tables);
            tables.at[level][77] = tables.at[level][0] | 1ul << bit;
            REQUIRE(tables_protect(&tables, 4) == 0);
            if (pin(level, tables.at[level]) == 0) {
                FAIL("L%u: an address with bit %u is taken by a pin", level, bit);
                unpin(tables.at[level]);
            }
            tables_unprotect(&tables);
        }
    }
}

/* Every slot of a table can be set and cleared, but the hypervisor's of an L4. */
TEST(address_slots)
{
    struct tables tables;

    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 4) == 0 && pin(4, tables.at[4]) == 0);
    for (unsigned int level = 1; level <= 4; level++) {
        uint64_t value = pte_make(mfn_of(tables.at[level - 1]), PTE_RW);

        for (unsigned int slot = 1; slot < 512; slot++) {
            bool ours = level == 4 && slot >= 256 && slot < 272;
            uint64_t before = tables.at[level][slot];
            long ret = pte_set(&tables.at[level][slot], value);

            if ((ret == 0) == ours) {
                FAIL("L%u slot %u: %ld", level, slot, ret);
            }
            EXPECT_EQ(tables.at[level][slot] & PTE_MFN_MASK,
                      ours ? before & PTE_MFN_MASK : value & PTE_MFN_MASK);
            if (!ours) {
                REQUIRE(pte_set(&tables.at[level][slot], 0) == 0);
            }
        }
    }
    REQUIRE(unpin(tables.at[4]) == 0);
    tables_unprotect(&tables);
}

/* A and D are the CPU's: kept when they are to be kept, and then only. */
TEST(address_preserve_ad)
{
    struct tables tables;
    uint64_t ram, at;

    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 1) == 0 && pin(1, tables.at[1]) == 0);
    ram = pte_make(mfn_of(tables.at[0]), PTE_P | PTE_U | PTE_W);
    at = machine_of(tables.at[1]);
    EXPECT_EQ(mmu_update1(at, ram | PTE_A | PTE_D), 0);
    EXPECT_EQ(mmu_update1(at | MMU_PT_UPDATE_PRESERVE_AD, ram), 0);
    EXPECT_EQ(tables.at[1][0] & (PTE_A | PTE_D), PTE_A | PTE_D);
    EXPECT_EQ(mmu_update1(at, ram), 0);
    EXPECT_EQ(tables.at[1][0] & (PTE_A | PTE_D), 0);
    EXPECT_EQ(mmu_update1(at | MMU_PT_UPDATE_PRESERVE_AD, ram), 0);
    EXPECT_EQ(tables.at[1][0] & (PTE_A | PTE_D), 0);
    EXPECT_EQ(mmu_update1(at | MMU_PT_UPDATE_NO_TRANSLATE, ram | PTE_A), 0);
    EXPECT_EQ(tables.at[1][0] & (PTE_A | PTE_D), PTE_A);
    EXPECT_EQ(mmu_update1(at | MMU_PT_UPDATE_PRESERVE_AD, 0), 0);
    EXPECT_ON(tables.at[1][0], 0, PTE_A); /* an entry that is not present has none */
    REQUIRE(unpin(tables.at[1]) == 0);
    tables_unprotect(&tables);
}
