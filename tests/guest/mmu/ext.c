/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mmuext_op beside pinning: base pointers, flushes, page clearing and copying, counts.
 */
#include "harness.h"

TEST(ext_counts)
{
    struct mmuext_op ops[3] = {
        {.cmd = MMUEXT_TLB_FLUSH_LOCAL}, {.cmd = MMUEXT_TLB_FLUSH_LOCAL}, {.cmd = 1000}};
    unsigned int done = 77;

    EXPECT_EQ(hcall(__HYPERVISOR_mmuext_op, ops, 0, &done, DOMID_SELF), 0);
    EXPECT_EQ(done, 0);
    EXPECT_EQ(hcall(__HYPERVISOR_mmuext_op, ops, 2, &done, DOMID_SELF), 0);
    EXPECT_EQ(done, 2);
    EXPECT_EQ(hcall(__HYPERVISOR_mmuext_op, ops, 3, &done, DOMID_SELF), E(NOSYS));
    EXPECT_EQ(done, 2);
    EXPECT_EQ(hcall(__HYPERVISOR_mmuext_op, 0x1000, 1, NULL, DOMID_SELF), E(FAULT));
    EXPECT_EQ(hcall(__HYPERVISOR_mmuext_op, 0xffff830000000000ul, 1, NULL, DOMID_SELF), E(FAULT));
    EXPECT_EQ(hcall(__HYPERVISOR_mmuext_op, ops, 1, NULL, 4321), E(SRCH));
}

TEST(ext_unknown)
{
    static const unsigned int commands[] = {14, 21, 22, 100, 0xffffffff};

    for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
        EXPECT_EQ(mmuext(commands[i], 0, 0), E(NOSYS));
    }
    EXPECT_EQ(mmuext(MMUEXT_MARK_SUPER, mfn_of(page_alloc()), 0), E(OPNOTSUPP));
    EXPECT_EQ(mmuext(MMUEXT_UNMARK_SUPER, mfn_of(page_alloc()), 0), E(OPNOTSUPP));
}

TEST(ext_flushes)
{
    unsigned long mask = 1;

    EXPECT_EQ(mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0), 0);
    EXPECT_EQ(mmuext(MMUEXT_TLB_FLUSH_ALL, 0, 0), 0);
    EXPECT_EQ(mmuext(MMUEXT_INVLPG_LOCAL, (unsigned long)boot_l4, 0), 0);
    EXPECT_EQ(mmuext(MMUEXT_INVLPG_ALL, (unsigned long)boot_l4, 0), 0);
    EXPECT_EQ(mmuext(MMUEXT_TLB_FLUSH_MULTI, 0, (unsigned long)&mask), 0);
    EXPECT_EQ(mmuext(MMUEXT_INVLPG_MULTI, (unsigned long)boot_l4, (unsigned long)&mask), 0);
    EXPECT_EQ(mmuext(MMUEXT_FLUSH_CACHE, 0, 0), 0);
    EXPECT_EQ(mmuext(MMUEXT_FLUSH_CACHE_GLOBAL, 0, 0), 0);
    /* Addresses that can't be anybody's are no error worth a crash. */
    mmuext(MMUEXT_INVLPG_LOCAL, 0x0000800000000000ul, 0);
    mmuext(MMUEXT_INVLPG_ALL, 0xffff830000000000ul, 0);
    EXPECT_EITHER(mmuext(MMUEXT_TLB_FLUSH_MULTI, 0, 0x1000), E(INVAL), E(FAULT));
    EXPECT_EITHER(mmuext(MMUEXT_INVLPG_MULTI, (unsigned long)boot_l4, 0x1000), E(INVAL), E(FAULT));
}

/* INVLPG does what it says: an entry changed without a flush is seen only behind it. */
TEST(ext_invlpg_takes_effect)
{
    char *window = page_alloc(), *other = page_alloc();

    window[0] = 'w';
    other[0] = 'o';
    EXPECT_EQ(*(volatile char *)window, 'w');
    EXPECT_EQ(pte_set(pte_find((unsigned long)window, 1), pte_make(mfn_of(other), PTE_RW)), 0);
    EXPECT_EQ(mmuext(MMUEXT_INVLPG_LOCAL, (unsigned long)window, 0), 0);
    EXPECT_EQ(*(volatile char *)window, 'o');
    REQUIRE(page_unprotect(window) == 0);
}

TEST(ext_new_baseptr)
{
    struct tables tables;
    uint64_t *l4 = page_alloc();

    tables_build(&tables);
    EXPECT_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(boot_l4), 0), 0);
    memcpy(l4, boot_l4, PAGE_SIZE);
    memset(&l4[256], 0, 16 * sizeof(*l4));
    EXPECT(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(l4), 0) != 0);
    REQUIRE(page_protect(l4) == 0);
    /* Not pinned: the load itself takes the type and drops it again. */
    EXPECT_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(l4), 0), 0);
    EXPECT(page_unprotect(l4) != 0);
    EXPECT_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(boot_l4), 0), 0);
    EXPECT_EQ(page_unprotect(l4), 0);
    /* Unpinned while loaded: it stays until another is loaded. */
    REQUIRE(page_protect(l4) == 0);
    EXPECT_EQ(pin(4, l4), 0);
    EXPECT_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(l4), 0), 0);
    EXPECT_EQ(unpin(l4), 0);
    EXPECT(page_unprotect(l4) != 0);
    EXPECT_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(boot_l4), 0), 0);
    EXPECT_EQ(page_unprotect(l4), 0);
}

TEST(ext_bad_baseptr)
{
    static const unsigned long frames[] = {0xfffffffful, ~0ul, 0xb8, 0xfee00, 0x200};
    struct tables tables;

    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 3) == 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(frames); i++) {
        EXPECT(mmuext(MMUEXT_NEW_BASEPTR, frames[i], 0) != 0);
        if (mmuext(MMUEXT_NEW_USER_BASEPTR, frames[i], 0) == 0) {
            FAIL("frame %lx was taken for the user's tables", frames[i]);
            mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(user_l4), 0);
        }
    }
    REQUIRE(pin(3, tables.at[3]) == 0);
    EXPECT(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(tables.at[3]), 0) != 0);
    EXPECT(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(tables.at[3]), 0) != 0);
    EXPECT(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(tables.at[0]), 0) != 0);
    REQUIRE(unpin(tables.at[3]) == 0);
    tables_unprotect(&tables);
    REQUIRE(user_run((uint64_t(*)(uint64_t))(void *)pfn_of, VIRT_BASE, NULL) == USER_RETURNED);
}

TEST(ext_new_user_baseptr)
{
    struct tables tables;

    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 4) == 0);
    EXPECT_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(tables.at[4]), 0), 0);
    EXPECT(page_unprotect(tables.at[4]) != 0);
    EXPECT_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, 0, 0), 0);
    EXPECT_EQ(page_unprotect(tables.at[4]), 0);
    tables_unprotect(&tables);
    EXPECT_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(user_l4), 0), 0);
}

TEST(ext_clear_and_copy)
{
    char *from = page_alloc(), *to = page_alloc();
    struct tables tables;

    memset(from, 0x5a, PAGE_SIZE);
    EXPECT_EQ(mmuext(MMUEXT_COPY_PAGE, mfn_of(to), mfn_of(from)), 0);
    EXPECT_EQ(memcmp(to, from, PAGE_SIZE), 0);
    EXPECT_EQ(mmuext(MMUEXT_CLEAR_PAGE, mfn_of(to), 0), 0);
    EXPECT_EQ(to[0] | to[2000] | to[4095], 0);
    /* Not into a table, nor from or to a frame of nobody's. */
    tables_build(&tables);
    REQUIRE(tables_protect(&tables, 1) == 0 && pin(1, tables.at[1]) == 0);
    EXPECT(mmuext(MMUEXT_CLEAR_PAGE, mfn_of(tables.at[1]), 0) != 0);
    EXPECT(mmuext(MMUEXT_COPY_PAGE, mfn_of(tables.at[1]), mfn_of(from)) != 0);
    EXPECT(tables.at[1][0] != 0);
    EXPECT(mmuext(MMUEXT_CLEAR_PAGE, 0xfffffffful, 0) != 0);
    EXPECT(mmuext(MMUEXT_COPY_PAGE, mfn_of(to), 0xfffffffful) != 0);
    EXPECT(mmuext(MMUEXT_CLEAR_PAGE, 0x200, 0) != 0);
    REQUIRE(unpin(tables.at[1]) == 0);
    tables_unprotect(&tables);
}
