/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control registers and the small privileged instructions: what a PV kernel reads and may
 * change, and what it gets for the rest.
 */
#include "harness.h"

#define CR0_TS 0x8ul

TEST(control_reads)
{
    uint64_t cr0 = 0, cr2 = 1, cr3 = 0, cr4 = 0;

    PROBE("movq %%cr0, %0", : "=r"(cr0));
    EXPECT_NO_FAULT();
    EXPECT_EQ(cr0 & ~CR0_TS, 0x80050033);
    probe_read((void *)(SCRATCH_VA + 0x42));
    PROBE("movq %%cr2, %0", : "=r"(cr2));
    EXPECT_NO_FAULT();
    EXPECT_EQ(cr2, SCRATCH_VA + 0x42);
    PROBE("movq %%cr3, %0", : "=r"(cr3));
    EXPECT_NO_FAULT();
    EXPECT_EQ(cr3 & PTE_MFN_MASK, (uint64_t)mfn_of(boot_l4) << PAGE_SHIFT);
    PROBE("movq %%cr4, %0", : "=r"(cr4));
    EXPECT_NO_FAULT();
    EXPECT_EQ(cr4 & 0x660, 0x660);
    PROBE("movq %%cr8, %0", : "=r"(cr4));
    EXPECT_FAULT(VEC_GP, 0);
}

TEST(control_ts)
{
    uint64_t cr0 = 0;

    PROBE("movq %%cr0, %0", : "=r"(cr0));
    PROBE("movq %0, %%cr0", : : "r"(cr0 | CR0_TS));
    EXPECT_NO_FAULT();
    PROBE("movq %%cr0, %0", : "=r"(cr0));
    EXPECT_EQ(cr0 & CR0_TS, CR0_TS);
    PROBE("fnop", : : :);
    EXPECT_FAULT(VEC_NM, 0);
    /* The bounce itself cleared it: guests count on that. */
    PROBE("movq %%cr0, %0", : "=r"(cr0));
    EXPECT_EQ(cr0 & CR0_TS, 0);
    PROBE("fnop", : : :);
    EXPECT_NO_FAULT();
    PROBE("movq %0, %%cr0", : : "r"(cr0 | CR0_TS));
    PROBE("clts", : : :);
    EXPECT_NO_FAULT();
    PROBE("fnop", : : :);
    EXPECT_NO_FAULT();
}

/* Other bits of CR0 don't change: refused or ignored. */
TEST(control_cr0_fixed)
{
    uint64_t cr0 = 0, after = 0;

    PROBE("movq %%cr0, %0", : "=r"(cr0));
    PROBE("movq %0, %%cr0", : : "r"(cr0 & ~0x80000000ul));
    PROBE("movq %%cr0, %0", : "=r"(after));
    EXPECT_EQ(after, cr0);
    PROBE("movq %0, %%cr0", : : "r"(cr0 & ~0x10000ul));
    PROBE("movq %%cr0, %0", : "=r"(after));
    EXPECT_EQ(after, cr0);
}

TEST(control_cr3_write)
{
    PROBE("movq %0, %%cr3", : : "r"((uint64_t)mfn_of(boot_l4) << PAGE_SHIFT) : "memory");
    EXPECT_NO_FAULT();
    PROBE("movq %0, %%cr3", : : "r"(0x200000ul) : "memory");
    EXPECT_FAULT(VEC_GP, 0);
    PROBE("movq %0, %%cr3", : : "r"(0xffffffff000ul) : "memory");
    EXPECT_FAULT(VEC_GP, 0);
}

/* Bits of CR4 that are the hypervisor's don't stick, whatever the answer is. */
TEST(control_cr4_write)
{
    uint64_t cr4 = 0, after = 0;

    PROBE("movq %%cr4, %0", : "=r"(cr4));
    PROBE("movq %0, %%cr4", : : "r"(cr4));
    EXPECT_NO_FAULT();
    PROBE("movq %0, %%cr4", : : "r"(cr4 | 1ul << 13 | 1ul << 20 | 1ul << 21));
    PROBE("movq %%cr4, %0", : "=r"(after));
    EXPECT_EQ(after & (1ul << 13 | 1ul << 20 | 1ul << 21), 0);
    PROBE("movq %0, %%cr4", : : "r"(cr4 & ~0x20ul));
    PROBE("movq %%cr4, %0", : "=r"(after));
    EXPECT_EQ(after & 0x20, 0x20);
}

TEST(control_small)
{
    PROBE("wbinvd", : : : "memory");
    EXPECT_NO_FAULT();
    PROBE("invd", : : : "memory");
    EXPECT(!fault_last()->taken || fault_last()->regs.entry == VEC_GP);
    PROBE("hlt", : : :);
    EXPECT_FAULT(VEC_GP, 0);
    PROBE("rdpmc", : : "c"(0) : "rax", "rdx");
    EXPECT(!fault_last()->taken || fault_last()->regs.entry == VEC_GP);
    PROBE("rdtsc", : : : "rax", "rdx");
    EXPECT_NO_FAULT();
    PROBE("pushfq\n popfq", : : : "memory", "cc");
    EXPECT_NO_FAULT();
    PROBE("xsetbv", : : "c"(0), "a"(0), "d"(0));
    EXPECT(fault_last()->taken);
}

/* With an I/O privilege level a kernel may say cli and sti; neither touches the real flag. */
TEST(control_cli_sti)
{
    struct physdev_set_iopl iopl = {.iopl = 1};
    uint64_t flags;

    REQUIRE(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl) == 0);
    PROBE("cli", : : : "memory");
    EXPECT_NO_FAULT();
    __asm__ volatile("pushfq\n popq %0" : "=r"(flags));
    EXPECT_EQ(flags & 0x200, 0x200);
    PROBE("sti", : : : "memory");
    EXPECT_NO_FAULT();
    iopl.iopl = 0;
    REQUIRE(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl) == 0);
}

static uint64_t user_clts(uint64_t argument)
{
    __asm__ volatile("clts");
    return argument;
}

static uint64_t user_read_cr(uint64_t argument)
{
    __asm__ volatile("movq %%cr3, %0" : "=r"(argument));
    return argument;
}

static uint64_t user_wbinvd(uint64_t argument)
{
    __asm__ volatile("wbinvd");
    return argument;
}

TEST(control_user_mode)
{
    EXPECT_EQ(user_run(user_clts, 0, NULL), USER_FAULTED);
    EXPECT_FAULT(VEC_GP, 0);
    EXPECT_EQ(user_run(user_read_cr, 0, NULL), USER_FAULTED);
    EXPECT_FAULT(VEC_GP, 0);
    EXPECT_EQ(user_run(user_wbinvd, 0, NULL), USER_FAULTED);
    EXPECT_FAULT(VEC_GP, 0);
}
