/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mmuext_op, errno by errno; and the count of operations that were done, whichever way a list ends.
 */
#include "harness.h"

#define NOWHERE ((void *)0x1000)

static mmuext_op_t list[6];

static long ext(mmuext_op_t *ops, unsigned int count, unsigned int *done)
{
    return hcall(__HYPERVISOR_mmuext_op, ops, count, done, DOMID_SELF);
}

static void flushes(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(list); i++) {
        list[i] = (mmuext_op_t){.cmd = i & 1 ? MMUEXT_INVLPG_LOCAL : MMUEXT_TLB_FLUSH_LOCAL};
    }
}

TEST(mmuext_done)
{
    unsigned int done;

    for (unsigned int bad = 0; bad <= ARRAY_SIZE(list); bad++) {
        flushes();
        if (bad < ARRAY_SIZE(list)) {
            list[bad].cmd = 77;
        }
        done = 0x7777;
        EXPECT_EQ(ext(list, ARRAY_SIZE(list), &done), bad < ARRAY_SIZE(list) ? E(NOSYS) : 0);
        EXPECT_EQ(done, bad);
    }
    flushes();
    list[4] = (mmuext_op_t){.cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = mfn_of(page_alloc())};
    done = 0x7777;
    EXPECT_EQ(ext(list, ARRAY_SIZE(list), &done), E(INVAL));
    EXPECT_EQ(done, 4);
    done = 0x7777;
    EXPECT_EQ(ext(list, 0, &done), 0);
    EXPECT_EQ(done, 0);
    done = 0x7777;
    EXPECT_EQ(ext(NOWHERE, 1, &done), E(FAULT));
    EXPECT_EQ(done, 0);
    flushes();
    EXPECT_ON(ext(list, 1, NOWHERE), E(FAULT), 0); /* Xen does not look whether it could */
}

/* The list runs into a hole. */
TEST(mmuext_done_at_hole)
{
    char *first = page_alloc(), *hole = page_alloc();
    mmuext_op_t *ops = (mmuext_op_t *)hole - 2;
    unsigned int done = 0x7777;

    REQUIRE(hole == first + PAGE_SIZE);
    flushes();
    memcpy(ops, list, 2 * sizeof(*ops));
    REQUIRE(va_set(hole, 0) == 0);
    EXPECT_EQ(ext(ops, 5, &done), E(FAULT));
    EXPECT_EQ(done, 2);
    REQUIRE(page_unprotect(hole) == 0);
}

/* An L1 with one bad entry each: foreign, a device's, of a bit that there is not. */
TEST(mmuext_pin_bad_l1)
{
    static const struct {
        const char *what;
        uint64_t entry;
    } bad[] = {
        {"no frame", 0xfffffffful << PAGE_SHIFT | PTE_RO},
        {"a frame of the hypervisor's", 0x200ul << PAGE_SHIFT | PTE_RO},
        {"beyond the CPU's width", 1ul << 50 | PTE_RO},
        {"the local APIC", 0xfee00ul << PAGE_SHIFT | PTE_RW},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
        uint64_t *l1 = page_alloc();

        l1[0] = pte_make(mfn_of(boot_l4), PTE_RO);
        l1[511] = bad[i].entry;
        REQUIRE(page_protect(l1) == 0);
        if (pin(1, l1) != (subject_is_mortise() ? E(INVAL) : i == 1 ? E(BUSY) : E(PERM))) {
            FAIL("an L1 that maps %s is pinned, or otherwise refused", bad[i].what);
        }
        EXPECT_EQ(unpin(l1), E(INVAL));
        REQUIRE(page_unprotect(l1) == 0);
    }
}

/* Roots that are no L4, for both tables of the vCPU. */
TEST(mmuext_roots)
{
    char *page = page_alloc();

    EXPECT_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(page), 0), E(INVAL)); /* mapped writable */
    EXPECT_EQ(mmuext(MMUEXT_NEW_BASEPTR, 0xfffffffful, 0), E(INVAL));
    EXPECT_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(page), 0), E(INVAL));
    EXPECT_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, 0xfffffffful, 0), E(INVAL));
    EXPECT_EQ(mmuext(MMUEXT_NEW_BASEPTR, start_info->shared_info >> PAGE_SHIFT, 0), E(INVAL));
    EXPECT_EQ(mmuext(MMUEXT_NEW_BASEPTR, mfn_of(boot_l4), 0), 0);
}
