/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every hypercall number answers: those that nobody defined with -ENOSYS, also far outside
 * the table, and with garbage in the upper halves of the number's register.
 */
#include "harness.h"

TEST(call_unknown_numbers)
{
    static const unsigned long numbers[] = {11, 43, 44, 45, 46, 47, 49, 50, 51, 52,  53,   54,
                                            56, 57, 58, 59, 60, 61, 62, 63, 64, 100, 1000, 0x10000};

    for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++) {
        bool xens = numbers[i] == 49 && !subject_is_mortise(); /* its own way to go on */

        if (!xens && hcall_raw((long)numbers[i], 0, 0) != E(NOSYS)) {
            FAIL("call %lu does not answer -ENOSYS", numbers[i]);
        }
    }
    EXPECT_EQ(hcall_raw(-1, 0, 0), E(NOSYS));
    EXPECT_EQ(hcall_raw(1l << 62, 0, 0), E(NOSYS));
}

/* Known to older interfaces only, or left out: refused, not half done. */
TEST(call_compat_and_left_out)
{
    EXPECT_EQ(hcall(__HYPERVISOR_sched_op_compat, 77, 0), E(NOSYS));
    EXPECT_EQ(hcall(38, 0, NULL), E(NOSYS)); /* tmem */
    if (subject_is_mortise()) {
        static const unsigned int out[] = {6, 16, 19, 27, 31, 34, 37, 39, 41, 42};

        for (unsigned int i = 0; i < ARRAY_SIZE(out); i++) {
            EXPECT_EQ(hcall(out[i], 0, NULL), E(NOSYS));
        }
    }
}

TEST(call_console_io)
{
    static char text[8];

    EXPECT_EQ(hcall(__HYPERVISOR_console_io, CONSOLEIO_write, 0, text), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_console_io, CONSOLEIO_read, 0, text), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_console_io, CONSOLEIO_read, sizeof(text), text), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_console_io, CONSOLEIO_write, 16, 0x1000), E(FAULT));
    EXPECT_EQ(hcall(__HYPERVISOR_console_io, CONSOLEIO_write, 16, 0xffff830000000000ul), E(FAULT));
    EXPECT_EQ(hcall(__HYPERVISOR_console_io, 2, 0, text), E(NOSYS));
}

TEST(call_vm_assist)
{
    static const unsigned int known[] = {VMASST_TYPE_4gb_segments, VMASST_TYPE_writable_pagetables,
                                         VMASST_TYPE_pae_extended_cr3,
                                         VMASST_TYPE_runstate_update_flag};

    for (unsigned int i = 0; i < ARRAY_SIZE(known); i++) {
        EXPECT_EQ(hcall(__HYPERVISOR_vm_assist, VMASST_CMD_disable, known[i]), 0);
        EXPECT_EQ(hcall(__HYPERVISOR_vm_assist, VMASST_CMD_enable, known[i]), 0);
    }
    hcall(__HYPERVISOR_vm_assist, VMASST_CMD_disable, VMASST_TYPE_4gb_segments);
    EXPECT_EQ(hcall(__HYPERVISOR_vm_assist, 2, 0), E(NOSYS));
    EXPECT_EQ(hcall(__HYPERVISOR_vm_assist, VMASST_CMD_enable, 31), E(INVAL));
    EXPECT_EQ(hcall(__HYPERVISOR_vm_assist, VMASST_CMD_enable, 64), E(INVAL));
    EXPECT_EQ(hcall(__HYPERVISOR_vm_assist, VMASST_CMD_enable, 0x80000000u), E(INVAL));
}

/* The calls of the hypercall page leave every register but rax, rcx and r11 alone. */
TEST(call_registers_kept)
{
    uint64_t rbx = 0x1111, rbp_, rdi = 1000, rsi = 0x55, rdx = 0x66;

    register uint64_t r8 __asm__("r8") = 0x88;
    register uint64_t r9 __asm__("r9") = 0x99;
    register uint64_t r10 __asm__("r10") = 0xaa;
    register uint64_t r15 __asm__("r15") = 0xff;
    uint64_t rax = __HYPERVISOR_xen_version;

    __asm__ volatile("syscall\n movq %%rbp, %8"
                     : "+a"(rax), "+b"(rbx), "+D"(rdi), "+S"(rsi), "+d"(rdx), "+r"(r8), "+r"(r9),
                       "+r"(r10), "=r"(rbp_), "+r"(r15)
                     :
                     : "rcx", "r11", "memory");
    EXPECT_EQ(rax, E(NOSYS));
    EXPECT_EQ(rbx, 0x1111);
    EXPECT_EQ(rdi, 1000);
    EXPECT_EQ(rsi, 0x55);
    EXPECT_EQ(rdx, 0x66);
    EXPECT_EQ(r8, 0x88);
    EXPECT_EQ(r9, 0x99);
    EXPECT_EQ(r10, 0xaa);
    EXPECT_EQ(r15, 0xff);
    EXPECT_EQ(rbp_, (uint64_t)__builtin_frame_address(0));
}

/* A call returns with the flags that the kernel had: also TF, DF and AC in its frame. */
TEST(call_flags_kept)
{
    uint64_t before = 0, after = 0, rax = __HYPERVISOR_xen_version;

    __asm__ volatile("std\n stc\n pushfq\n popq %0\n syscall\n pushfq\n popq %1\n cld"
                     : "=&r"(before), "=&r"(after), "+a"(rax)
                     : "D"(1000)
                     : "rcx", "r11", "memory", "cc");
    EXPECT_EQ(after, before);
}
