/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Multicalls: each member's result, a failing one that stops nobody, arrays in bad places, and
 * members that change privilege or the tables under the call's own feet (XSA-213).
 */
#include "harness.h"

static long multicall(multicall_entry_t *calls, unsigned int count)
{
    return hcall(__HYPERVISOR_multicall, calls, count);
}

static void version_call(multicall_entry_t *call, unsigned long command, void *argument)
{
    *call = (multicall_entry_t){.op = __HYPERVISOR_xen_version};
    call->args[0] = command;
    call->args[1] = (unsigned long)argument;
    call->result = 0x7777;
}

TEST(multicall_results)
{
    static multicall_entry_t calls[5];

    version_call(&calls[0], XENVER_version, NULL);
    version_call(&calls[1], 1000, NULL);
    version_call(&calls[2], XENVER_pagesize, NULL);
    version_call(&calls[3], XENVER_extraversion, (void *)0x1000);
    calls[4] = (multicall_entry_t){.op = 1000, .result = 0x7777};
    EXPECT_EQ(multicall(calls, 5), 0);
    EXPECT_EQ(calls[0].result, 4 << 16 | 17);
    EXPECT_EQ(calls[1].result, E(NOSYS));
    EXPECT_EQ(calls[2].result, PAGE_SIZE);
    EXPECT_EQ(calls[3].result, E(FAULT));
    EXPECT_EQ(calls[4].result, E(NOSYS));
    EXPECT_EQ(calls[0].op, __HYPERVISOR_xen_version);
    EXPECT_EQ(calls[0].args[0], XENVER_version);
}

TEST(multicall_bad_arrays)
{
    EXPECT_EQ(multicall((multicall_entry_t *)0x1000, 1), E(FAULT));
    EXPECT_EQ(multicall((multicall_entry_t *)0xffff830000000000ul, 1), E(FAULT));
    EXPECT_EQ(multicall((multicall_entry_t *)0x0000800000000000ul, 1), E(FAULT));
    EXPECT_EQ(multicall((multicall_entry_t *)0x1000, 0), 0);
    EXPECT_EQ(multicall((multicall_entry_t *)0x1000, 0xffffffff), E(FAULT));
}

/* The array ends at a hole: the members before it are done, then -EFAULT. */
TEST(multicall_across_hole)
{
    char *pages = page_alloc(), *hole = page_alloc();
    multicall_entry_t *calls = (multicall_entry_t *)hole - 2;

    REQUIRE(hole == pages + PAGE_SIZE);
    version_call(&calls[0], XENVER_version, NULL);
    version_call(&calls[1], XENVER_version, NULL);
    REQUIRE(va_set(hole, 0) == 0);
    EXPECT_EQ(multicall(calls, 3), E(FAULT));
    EXPECT_EQ(calls[0].result, 4 << 16 | 17);
    EXPECT_EQ(calls[1].result, 4 << 16 | 17);
    REQUIRE(page_unprotect(hole) == 0);
}

/* A read-only array: results have no place, and nothing may be written anyway. */
TEST(multicall_read_only_array)
{
    multicall_entry_t *calls = page_alloc();

    version_call(&calls[0], XENVER_version, NULL);
    version_call(&calls[1], XENVER_version, NULL);
    REQUIRE(page_protect(calls) == 0);
    EXPECT_EQ(multicall(calls, 2), E(FAULT));
    EXPECT_EQ(calls[0].result, 0x7777);
    EXPECT_EQ(calls[1].result, 0x7777);
    REQUIRE(page_unprotect(calls) == 0);
}

TEST(multicall_nested)
{
    static multicall_entry_t outer[2], inner[1];

    version_call(&inner[0], XENVER_version, NULL);
    outer[0] = (multicall_entry_t){.op = __HYPERVISOR_multicall};
    outer[0].args[0] = (unsigned long)inner;
    outer[0].args[1] = 1;
    version_call(&outer[1], XENVER_pagesize, NULL);
    EXPECT_EQ(multicall(outer, 2), 0);
    EXPECT_EQ(outer[0].result, E(INVAL));
    EXPECT_EQ(outer[1].result, PAGE_SIZE);
    EXPECT_EQ(inner[0].result, 0x7777);
}

TEST(multicall_many)
{
    static multicall_entry_t calls[512];

    for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
        version_call(&calls[i], XENVER_pagesize, NULL);
    }
    EXPECT_EQ(multicall(calls, ARRAY_SIZE(calls)), 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
        EXPECT_EQ(calls[i].result, PAGE_SIZE);
    }
}

/* As Linux does it: entries and the flush in one call, seen in force behind it. */
TEST(multicall_mmu)
{
    static multicall_entry_t calls[3];
    char *window = page_alloc(), *other = page_alloc();
    static mmu_update_t update;
    static struct mmuext_op flush = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};

    window[0] = 'w';
    other[0] = 'o';
    update.ptr = machine_of(pte_find((unsigned long)window, 1));
    update.val = pte_make(mfn_of(other), PTE_RW);
    calls[0] = (multicall_entry_t){.op = __HYPERVISOR_mmu_update};
    calls[0].args[0] = (unsigned long)&update;
    calls[0].args[1] = 1;
    calls[0].args[3] = DOMID_SELF;
    calls[1] = (multicall_entry_t){.op = __HYPERVISOR_mmuext_op};
    calls[1].args[0] = (unsigned long)&flush;
    calls[1].args[1] = 1;
    calls[1].args[3] = DOMID_SELF;
    version_call(&calls[2], XENVER_pagesize, NULL);
    EXPECT_EQ(multicall(calls, 3), 0);
    EXPECT_EQ(calls[0].result | calls[1].result, 0);
    EXPECT_EQ(calls[2].result, PAGE_SIZE);
    EXPECT_EQ(*(volatile char *)window, 'o');
    REQUIRE(page_unprotect(window) == 0);
}

/* Blocking inside one: the other members still run. */
TEST(multicall_yield)
{
    static multicall_entry_t calls[3];

    version_call(&calls[0], XENVER_pagesize, NULL);
    calls[1] = (multicall_entry_t){.op = __HYPERVISOR_sched_op, .result = 0x7777};
    calls[1].args[0] = SCHEDOP_yield;
    version_call(&calls[2], XENVER_pagesize, NULL);
    EXPECT_EQ(multicall(calls, 3), 0);
    EXPECT_EQ(calls[1].result, 0);
    EXPECT_EQ(calls[2].result, PAGE_SIZE);
}

/* The call's array unmapped by its own first member. */
TEST(multicall_unmaps_itself)
{
    multicall_entry_t *calls = page_alloc();

    calls[0] = (multicall_entry_t){.op = __HYPERVISOR_update_va_mapping};
    calls[0].args[0] = (unsigned long)calls;
    calls[0].args[2] = UVMF_INVLPG;
    version_call(&calls[1], XENVER_pagesize, NULL);
    EXPECT_EQ(multicall(calls, 2), E(FAULT));
    EXPECT_EQ(page_unprotect(calls), 0);
    EXPECT_EQ(calls[1].result, 0x7777);
}

static uint64_t user_marker(uint64_t argument)
{
    return argument + 5;
}

/*
 * XSA-213: an iret to user mode as a member; what follows must not run on the user's tables
 * with the kernel's rights.
 */
TEST(multicall_iret_to_user)
{
    static multicall_entry_t calls[2];
    struct regs regs;
    uint64_t result = 0;

    version_call(&calls[1], XENVER_pagesize, NULL);
    calls[0] = (multicall_entry_t){.op = __HYPERVISOR_iret, .result = 0x7777};
    user_regs(&regs, user_marker, 0);
    EXPECT_EQ(user_enter_multicall(&regs, calls, 2, &result), USER_RETURNED);
    /* The second member never ran: the call ended where the privilege did. */
    EXPECT_EQ(calls[1].result, 0x7777);
    EXPECT_EQ(user_run(user_marker, 1, &result), USER_RETURNED);
    EXPECT_EQ(result, 6);
}
