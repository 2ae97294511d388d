/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exceptions and system calls of user mode arrive in the kernel with user selectors, on the
 * kernel's stack, with the U bit of a page fault's code set; vectors whose gate user mode may
 * not use give #GP there.
 */
#include "harness.h"

static uint64_t user_value(uint64_t argument)
{
    return argument * 2 + 1;
}

static uint64_t user_ud2(uint64_t argument)
{
    __asm__ volatile("ud2");
    return argument;
}

static uint64_t user_read(uint64_t argument)
{
    return *(volatile uint64_t *)argument;
}

static uint64_t user_write(uint64_t argument)
{
    *(volatile uint64_t *)argument = 1;
    return 0;
}

static uint64_t user_div(uint64_t argument)
{
    __asm__ volatile("divl %0" : : "r"((uint32_t)argument), "a"(1), "d"(0));
    return 0;
}

static uint64_t user_int3(uint64_t argument)
{
    __asm__ volatile("int3");
    return argument;
}

static uint64_t user_int80(uint64_t argument)
{
    __asm__ volatile("int $0x80" : : "a"(argument));
    return argument;
}

static uint64_t user_int81(uint64_t argument)
{
    __asm__ volatile("int $0x81" : : "a"(argument));
    return argument;
}

static uint64_t user_int42(uint64_t argument)
{
    __asm__ volatile("int $0x42" : : "a"(argument));
    return argument;
}

static uint64_t user_syscall(uint64_t argument)
{
    __asm__ volatile("syscall" : "+a"(argument) : : "rcx", "r11", "memory");
    return argument;
}

static uint64_t user_jump(uint64_t argument)
{
    __asm__ volatile("jmp *%0" : : "r"(argument));
    return 0;
}

static const struct regs *user_fault(uint64_t (*function)(uint64_t), uint64_t argument,
                                     unsigned int vector, uint64_t code)
{
    const struct regs *regs = &fault_last()->regs;
    uint64_t result;

    fault_clear();
    EXPECT_EQ(user_run(function, argument, &result), USER_FAULTED);
    EXPECT_FAULT(vector, code);
    EXPECT_EQ(regs->cs & 0xffff, FLAT_USER_CS);
    EXPECT_EQ(regs->ss & 0xffff, FLAT_USER_SS);
    EXPECT_EQ(regs->rflags & 0x200, 0x200);
    return regs;
}

/* QEMU's interpreter names a 64-bit gate n * 16 in the code where hardware has n * 8. */
static void user_refused_vector(uint64_t (*function)(uint64_t), unsigned int vector)
{
    fault_clear();
    EXPECT_EQ(user_run(function, 0, NULL), USER_FAULTED);
    EXPECT_EQ(fault_last()->regs.entry, VEC_GP);
    EXPECT_EITHER(fault_last()->regs.code, vector << 3 | 2, vector << 4 | 2);
}

TEST(user_runs)
{
    uint64_t result = 0;

    EXPECT_EQ(user_run(user_value, 21, &result), USER_RETURNED);
    EXPECT_EQ(result, 43);
}

TEST(user_exceptions)
{
    user_fault(user_ud2, 0, VEC_UD, 0);
    user_fault(user_div, 0, VEC_DE, 0);
    user_fault(user_read, 0x0000800000000000ul, VEC_GP, 0);
    user_fault(user_int3, 0, VEC_BP, 0);
    user_fault(user_int80, 0, 0x80, 0);
    /* Registered with DPL 0: refused to user mode as on the bare machine. */
    user_refused_vector(user_int42, 0x42);
    user_refused_vector(user_int81, 0x81);
}

TEST(user_page_faults)
{
    char *page = page_alloc();

    user_fault(user_read, 0x1000, VEC_PF, 4);
    EXPECT_EQ(fault_last()->cr2, 0x1000);
    user_fault(user_write, 0x2000, VEC_PF, 6);
    user_fault(user_read, SCRATCH_VA, VEC_PF, 4);
    REQUIRE(page_protect(page) == 0);
    user_fault(user_write, (uint64_t)page, VEC_PF, 7);
    EXPECT_EQ(fault_last()->cr2, (uint64_t)page);
    user_fault(user_jump, 0x3000, VEC_PF, 0x14);
    REQUIRE(page_unprotect(page) == 0);
}

/* m2p_strict: the M2P is for the kernel, and the rest of the slots for nobody. */
TEST(user_hypervisor_range)
{
    probe_read((void *)MACH2PHYS_VIRT_START);
    EXPECT_NO_FAULT();
    probe_write((void *)MACH2PHYS_VIRT_START, 0);
    EXPECT_FAULT(VEC_PF, 3);
    probe_read((void *)0xffff830000000000ul);
    EXPECT(fault_last()->taken && fault_last()->regs.entry == VEC_PF);
    hcall(__HYPERVISOR_vm_assist, VMASST_CMD_enable, VMASST_TYPE_m2p_strict);
    fault_clear();
    /* On Xen the kernel's own translation of it may still be in the TLB, a global one. */
    if (subject_is_mortise()) {
        EXPECT_EQ(user_run(user_read, MACH2PHYS_VIRT_START, NULL), USER_FAULTED);
    }
    EXPECT_EQ(user_run(user_write, MACH2PHYS_VIRT_START, NULL), USER_FAULTED);
    EXPECT_EQ(user_run(user_read, 0xffff830000000000ul, NULL), USER_FAULTED);
    EXPECT_EQ(user_run(user_read, 0xffff87fffffff000ul, NULL), USER_FAULTED);
}

TEST(user_syscall)
{
    const struct regs *regs = user_fault(user_syscall, 0x1234, ENTRY_SYSCALL, 0);

    EXPECT_EQ(regs->rax, 0x1234);
    EXPECT_EQ(regs->r11 & 0x202, 0x202);
    EXPECT_EQ(regs->rcx, regs->rip);
    EXPECT(regs->rip > (uint64_t)user_syscall && regs->rip < (uint64_t)user_syscall + 64);
}

/* Hypercalls are the kernel's: from user mode the same instruction is a system call. */
TEST(user_no_hypercall)
{
    const struct regs *regs = user_fault(user_syscall, __HYPERVISOR_xen_version, ENTRY_SYSCALL, 0);

    EXPECT_EQ(regs->rax, __HYPERVISOR_xen_version);
}
