/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel's own stores to its page tables: emulated where the entry would be taken, a page
 * fault where it would not, never half done; only aligned stores of eight bytes need to work.
 */
#include "harness.h"

static struct tables tables;
static uint64_t *entry;
static uint64_t good, other;

/* A pinned L1 behind a read-only window; `entry` is its third entry, empty. */
static void begin(void)
{
    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 4) == 0);
    REQUIRE(pin(4, tables.at[4]) == 0);
    entry = &tables.at[1][3];
    good = pte_make(mfn_of(tables.at[0]), PTE_RW) | PTE_G;
    other = pte_make(mfn_of(page_alloc()), PTE_RW) | PTE_G;
}

static void end(void)
{
    REQUIRE(unpin(tables.at[4]) == 0);
    tables_unprotect(&tables);
}

TEST(table_write_mov)
{
    begin();
    probe_write(entry, good);
    EXPECT_NO_FAULT();
    EXPECT_EQ(*entry, good);
    probe_write(entry, other);
    EXPECT_NO_FAULT();
    EXPECT_EQ(*entry, other);
    PROBE("movq $0, (%0)", : : "r"(entry) : "memory");
    EXPECT_NO_FAULT();
    EXPECT_EQ(*entry, 0);
    end();
}

TEST(table_write_xchg)
{
    uint64_t value = 0;

    begin();
    probe_write(entry, good);
    value = other;
    PROBE("xchgq %0, (%1)", : "+r"(value) : "r"(entry) : "memory");
    EXPECT_NO_FAULT();
    EXPECT_EQ(value, good);
    EXPECT_EQ(*entry, other);
    end();
}

TEST(table_write_cmpxchg)
{
    uint64_t old;
    uint8_t equal = 2;

    begin();
    probe_write(entry, good);
    old = good;
    PROBE("lock cmpxchgq %3, (%2)\n", : "+a"(old), "+m"(*entry) : "r"(entry), "r"(other) : "cc");
    EXPECT_NO_FAULT();
    EXPECT_EQ(*entry, other);
    old = good;
    fault_clear();
    __asm__ volatile(FIXUP("lock cmpxchgq %3, (%2)") "sete %1"
                     : "+a"(old), "=q"(equal)
                     : "r"(entry), "r"(good)
                     : "cc", "memory");
    EXPECT_NO_FAULT();
    EXPECT_EQ(equal, 0);
    EXPECT_EQ(old, other);
    EXPECT_EQ(*entry, other);
    end();
}

TEST(table_write_logic)
{
    begin();
    probe_write(entry, good);
    PROBE("lock andb $0xfd, (%0)", : : "r"(entry) : "memory", "cc");
    EXPECT_NO_FAULT();
    EXPECT_EQ(*entry, good & ~PTE_W);
    PROBE("lock orq %1, (%0)", : : "r"(entry), "r"(PTE_W) : "memory", "cc");
    EXPECT_NO_FAULT();
    EXPECT_EQ(*entry, good);
    PROBE("lock andq %1, (%0)", : : "r"(entry), "r"(~PTE_W) : "memory", "cc");
    EXPECT_NO_FAULT();
    EXPECT_EQ(*entry, good & ~PTE_W);
    end();
}

TEST(table_write_bits)
{
    uint8_t carry = 2;

    begin();
    probe_write(entry, good);
    fault_clear();
    __asm__ volatile(FIXUP("lock btrq $1, (%1)") "setc %0"
                     : "=q"(carry)
                     : "r"(entry)
                     : "memory", "cc");
    EXPECT_NO_FAULT();
    EXPECT_EQ(carry, 1);
    EXPECT_EQ(*entry, good & ~PTE_W);
    fault_clear();
    __asm__ volatile(FIXUP("lock btsq $1, (%1)") "setc %0"
                     : "=q"(carry)
                     : "r"(entry)
                     : "memory", "cc");
    EXPECT_NO_FAULT();
    EXPECT_EQ(carry, 0);
    EXPECT_EQ(*entry, good);
    end();
}

/* What would not be taken by a call comes back as the page fault it is. */
TEST(table_write_refused)
{
    static const unsigned long frames[] = {0x200, 0xfffffff0ul};

    begin();
    probe_write(entry, good);
    for (unsigned int i = 0; i < ARRAY_SIZE(frames); i++) {
        probe_write(entry, pte_make(frames[i], PTE_RW));
        EXPECT(fault_last()->taken);
        EXPECT_FAULT(VEC_PF, 3);
        EXPECT_EQ(*entry, good);
    }
    probe_write(entry, pte_make(mfn_of(boot_l4), PTE_RW));
    EXPECT_FAULT(VEC_PF, 3);
    EXPECT_EQ(*entry, good);
    end();
}

/* Tables above level 1: a fault (Xen), or the store done as a call would (Mortise). */
TEST(table_write_upper_levels)
{
    begin();
    for (unsigned int level = 2; level <= 4; level++) {
        probe_write(&tables.at[level][5], 0x1000);
        if (fault_last()->taken) {
            EXPECT_FAULT(VEC_PF, 3);
            EXPECT_EQ(tables.at[level][5], 0);
        } else {
            EXPECT_EQ(tables.at[level][5], 0x1000);
        }
        probe_write(&tables.at[level][6], pte_make(0x200, PTE_RW));
        EXPECT_FAULT(VEC_PF, 3);
        EXPECT_EQ(tables.at[level][6], 0);
    }
    end();
}

/* Misaligned, too wide, or half outside: never applied in part. */
TEST(table_write_odd_shapes)
{
    begin();
    probe_write(entry, good);
    probe_write((char *)entry + 4, 0);
    EXPECT(fault_last()->taken);
    EXPECT_EQ(*entry, good);
    PROBE("movl $0x07070707, (%0)", : : "r"((char *)entry + 1) : "memory");
    EXPECT(fault_last()->taken);
    EXPECT_EQ(*entry, good);
    PROBE("movups %%xmm0, (%0)", : : "r"((uint64_t)entry & ~15ul) : "memory");
    EXPECT(fault_last()->taken);
    EXPECT_EQ(*entry, good);
    end();
}

/* Eight bytes that straddle the page's end touch two tables at once. */
TEST(table_write_over_the_edge)
{
    begin();
    probe_write((char *)tables.at[1] + PAGE_SIZE - 4, 0);
    EXPECT(fault_last()->taken);
    end();
}

static uint64_t user_store(uint64_t at)
{
    *(volatile uint64_t *)at = 0;
    return 0;
}

/* User mode's stores to a table that it can see are faults, never emulated. */
TEST(table_write_from_user_mode)
{
    begin();
    probe_write(entry, good);
    fault_clear();
    EXPECT_EQ(user_run(user_store, (uint64_t)entry, NULL), USER_FAULTED);
    EXPECT_FAULT(VEC_PF, 7);
    EXPECT_EQ(*entry, good);
    end();
}
