/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pinning and unpinning: each level once, nothing twice, nothing that is writable somewhere or
 * of another type; a refused pin leaves the frame and everything under it as it was
 * (XSA-287, XSA-291, XSA-299, XSA-310: references kept or dropped on the way out).
 */
#include "harness.h"

static void build(struct tables *tables)
{
    tables_build(tables);
    REQUIRE(tables_protect(tables, 4) == 0);
}

/* Everything under `tables` is free again: each page takes a writable mapping. */
static void expect_free(const struct tables *tables)
{
    for (unsigned int level = 0; level <= 4; level++) {
        EXPECT_EQ(page_unprotect(tables->at[level]), 0);
    }
}

TEST(pin_each_level)
{
    struct tables tables;

    build(&tables);
    for (unsigned int level = 1; level <= 4; level++) {
        EXPECT_EQ(pin(level, tables.at[level]), 0);
        EXPECT_EQ(unpin(tables.at[level]), 0);
    }
    expect_free(&tables);
}

TEST(pin_twice)
{
    struct tables tables;

    build(&tables);
    for (unsigned int level = 1; level <= 4; level++) {
        EXPECT_EQ(pin(level, tables.at[level]), 0);
        EXPECT_EQ(pin(level, tables.at[level]), E(INVAL));
        EXPECT_EQ(unpin(tables.at[level]), 0);
        EXPECT_EQ(unpin(tables.at[level]), E(INVAL));
    }
    expect_free(&tables);
}

TEST(pin_all_at_once)
{
    struct tables tables;

    build(&tables);
    for (unsigned int level = 1; level <= 4; level++) {
        EXPECT_EQ(pin(level, tables.at[level]), 0);
    }
    /* From the top: the lower ones stay for their own pins. */
    for (unsigned int level = 4; level >= 1; level--) {
        EXPECT(page_unprotect(tables.at[level]) != 0);
        EXPECT_EQ(unpin(tables.at[level]), 0);
        EXPECT_EQ(page_unprotect(tables.at[level]), 0);
    }
    expect_free(&tables);
}

TEST(pin_writable_frame)
{
    uint64_t *table = page_alloc();

    for (unsigned int level = 1; level <= 4; level++) {
        EXPECT(pin(level, table) != 0);
        table[0] = 0;
    }
    EXPECT_EQ(page_protect(table), 0);
    EXPECT_EQ(pin(1, table), 0);
    EXPECT_EQ(unpin(table), 0);
    EXPECT_EQ(page_unprotect(table), 0);
}

TEST(pin_wrong_level)
{
    struct tables tables;

    build(&tables);
    EXPECT_EQ(pin(4, tables.at[4]), 0);
    for (unsigned int level = 1; level <= 4; level++) {
        for (unsigned int as = 1; as <= 4; as++) {
            if (as != level && pin(as, tables.at[level]) == 0) {
                FAIL("an L%u in use was pinned as L%u", level, as);
            }
        }
    }
    EXPECT_EQ(unpin(tables.at[4]), 0);
    expect_free(&tables);
}

/* One bad entry in the middle: refused, and no trace left in the type of any frame. */
TEST(pin_bad_entry)
{
    for (unsigned int level = 1; level <= 4; level++) {
        struct tables tables;
        uint64_t *other = page_alloc();

        tables_build(&tables);
        /* A writable page as a table; for an L1 a frame that nobody has. */
        tables.at[level][200] =
            level == 1 ? pte_make(0xffffffff0ul, PTE_RW) : pte_make(mfn_of(other), PTE_RW);
        REQUIRE(tables_protect(&tables, 4) == 0);
        EXPECT(pin(level, tables.at[level]) != 0);
        expect_free(&tables);
        tables.at[level][200] = 0;
        REQUIRE(tables_protect(&tables, 4) == 0);
        EXPECT_EQ(pin(level, tables.at[level]), 0);
        EXPECT_EQ(unpin(tables.at[level]), 0);
        expect_free(&tables);
    }
}

TEST(pin_bad_frames)
{
    static const unsigned long frames[] = {0xffffffffful, 0x000ffffffffful, ~0ul, 0xfee00, 0xb8};

    for (unsigned int i = 0; i < ARRAY_SIZE(frames); i++) {
        for (unsigned int level = 1; level <= 4; level++) {
            if (mmuext(MMUEXT_PIN_L1_TABLE + level - 1, frames[i], 0) == 0) {
                FAIL("frame %lx was pinned as L%u", frames[i], level);
            }
        }
        EXPECT(mmuext(MMUEXT_UNPIN_TABLE, frames[i], 0) != 0);
    }
    /* shared_info is the hypervisor's frame, though the guest maps it. */
    EXPECT(mmuext(MMUEXT_PIN_L1_TABLE, start_info->shared_info >> PAGE_SHIFT, 0) != 0);
}

/* Mappings of tables: read-only always, writable never while they are tables. */
TEST(pin_maps_read_only)
{
    struct tables tables;
    char *window = page_alloc();

    build(&tables);
    REQUIRE(pin(4, tables.at[4]) == 0);
    for (unsigned int level = 1; level <= 4; level++) {
        uint64_t mfn = mfn_of(tables.at[level]);

        EXPECT_EQ(va_set(window, pte_make(mfn, PTE_RO)), 0);
        EXPECT(va_set(window, pte_make(mfn, PTE_RW)) != 0);
        EXPECT_EQ(*pte_find((unsigned long)window, 1) & PTE_MFN_MASK, mfn << PAGE_SHIFT);
        EXPECT_EQ(*pte_find((unsigned long)window, 1) & PTE_W, 0);
    }
    EXPECT_EQ(page_unprotect(window), 0);
    REQUIRE(unpin(tables.at[4]) == 0);
    expect_free(&tables);
}

/* An L1 may map itself read-only, and other tables too, but not writable. */
TEST(pin_l1_maps_tables)
{
    uint64_t *table = page_alloc();

    table[0] = pte_make(mfn_of(table), PTE_RO);
    table[1] = pte_make(mfn_of(boot_l4), PTE_RO);
    REQUIRE(page_protect(table) == 0);
    EXPECT_EQ(pin(1, table), 0);
    EXPECT(pte_set(&table[2], pte_make(mfn_of(table), PTE_RW)) != 0);
    EXPECT(pte_set(&table[2], pte_make(mfn_of(boot_l4), PTE_RW)) != 0);
    EXPECT_EQ(unpin(table), 0);
    EXPECT_EQ(page_unprotect(table), 0);
}

/* A frame under several tables: its type lives until the last lets it go. */
TEST(pin_shared_l1)
{
    uint64_t *first = page_alloc(), *second = page_alloc(), *shared = page_alloc();

    first[0] = first[1] = second[511] = pte_make(mfn_of(shared), PTE_RW);
    REQUIRE(page_protect(first) == 0 && page_protect(second) == 0 && page_protect(shared) == 0);
    EXPECT_EQ(pin(2, first), 0);
    EXPECT_EQ(pin(2, second), 0);
    EXPECT_EQ(unpin(first), 0);
    EXPECT(page_unprotect(shared) != 0);
    EXPECT_EQ(pte_set(&second[511], 0), 0);
    EXPECT_EQ(page_unprotect(shared), 0);
    EXPECT_EQ(unpin(second), 0);
    EXPECT_EQ(page_unprotect(first) | page_unprotect(second), 0);
}
