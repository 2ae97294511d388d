/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a vCPU finds again after another one ran on its CPU: its watchpoint, its TS bit, its segment
 * bases; and what the other never sees. And the I/O privilege level where a guest asked for the
 * architecture's own.
 */
#include "harness.h"

static volatile uint64_t watched;
static volatile unsigned int hits[2];
static volatile bool met_nm, other_has_fs;
static volatile uint64_t other_dr7;

static bool count_debug(struct regs *regs)
{
    if (regs->entry != VEC_DB) {
        return false;
    }
    hits[this_cpu()->id]++;
    regs->rflags |= 0x10000;
    return true;
}

static void other(void)
{
    trap_hook(count_debug);
    watched = 7;
    other_dr7 = (uint64_t)hcall(__HYPERVISOR_get_debugreg, 7);
    fault_clear();
    PROBE("fnop", : : :);
    met_nm = fault_last()->taken;
    PROBE("movq %%fs:0, %%rax", : : : "rax");
    other_has_fs = !fault_last()->taken;
}

TEST(switch_keeps_state)
{
    static uint64_t mine = 11;
    uint64_t base;

    REQUIRE(cpu_start(1) == 0);
    hits[0] = hits[1] = 0;
    trap_hook(count_debug);
    REQUIRE(hcall(__HYPERVISOR_set_segment_base, SEGBASE_FS, &mine) == 0);
    REQUIRE(hcall(__HYPERVISOR_set_debugreg, 0, &watched) == 0);
    REQUIRE(hcall(__HYPERVISOR_set_debugreg, 7, 0x1 | 0x9ul << 16) == 0);
    REQUIRE(hcall(__HYPERVISOR_fpu_taskswitch, 1) == 0);
    cpu_run(1, other); /* on this CPU: there is one */
    EXPECT(cpu_wait(1));
    EXPECT_EQ(hits[1], 0);
    EXPECT_EQ(other_dr7 & 0xff, 0);
    EXPECT(!met_nm);
    watched = 8;
    EXPECT_EQ(hits[0], 1);
    EXPECT_EQ(hcall(__HYPERVISOR_get_debugreg, 7) & 0xff, 1);
    trap_hook(NULL);
    PROBE("fnop", : : :);
    EXPECT_FAULT(VEC_NM, 0);
    EXPECT(!other_has_fs);
    __asm__ volatile("movq %%fs:0, %0" : "=r"(base));
    EXPECT_EQ(base, 11);
    hcall(__HYPERVISOR_set_debugreg, 7, 0);
    hcall(__HYPERVISOR_set_debugreg, 0, 0);
    hcall(__HYPERVISOR_set_segment_base, SEGBASE_FS, 0);
}

static unsigned int seen_iopl, next_iopl;

static bool note_iopl(struct regs *regs)
{
    if (regs->entry != VEC_UD || !regs_from_kernel(regs)) {
        return false;
    }
    seen_iopl = regs->rflags >> 12 & 3;
    regs->rflags = (regs->rflags & ~0x3000ul) | (uint64_t)next_iopl << 12;
    regs->rip += 2;
    return true;
}

static unsigned int iopl_in_frame(unsigned int next)
{
    next_iopl = next;
    __asm__ volatile("ud2");
    return seen_iopl;
}

static uint64_t user_in(uint64_t port)
{
    uint8_t value;

    __asm__ volatile("inb %%dx, %%al" : "=a"(value) : "d"((uint16_t)port));
    return value;
}

/* By vm_assist a guest reads and writes the level in its flags, as on the bare machine. */
TEST_ALONE(switch_architectural_iopl)
{
    struct physdev_set_iopl iopl = {.iopl = 1};

    trap_hook(note_iopl);
    REQUIRE(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl) == 0);
    EXPECT_EQ(iopl_in_frame(3), 0);
    EXPECT_EQ(iopl_in_frame(0), 0);
    REQUIRE(hcall(__HYPERVISOR_vm_assist, VMASST_CMD_enable, VMASST_TYPE_architectural_iopl) == 0);
    EXPECT_EQ(iopl_in_frame(3), 1);
    EXPECT_EQ(iopl_in_frame(2), 3);
    EXPECT_EQ(iopl_in_frame(0), 2);
    EXPECT_EQ(iopl_in_frame(0), 0);
    /* the kernel counts as ring 0 then, which always may; user mode is ring 3 */
    PROBE("inb $0x80, %%al", : : : "rax");
    EXPECT_NO_FAULT();
    EXPECT_EQ(user_run(user_in, 0x80, NULL), USER_FAULTED);
    EXPECT_FAULT(VEC_GP, 0);
    trap_hook(NULL);
}
