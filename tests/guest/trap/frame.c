/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The form of a bounce frame: without these bits Linux dies at once.  From the kernel CS has
 * RPL 0, the upcall mask of before lies in its bits 32 and up, and RFLAGS.IF is its inverse.
 */
#include "harness.h"

static void frame_check(bool masked)
{
    extern char frame_fault_at[], frame_stack_at[];
    uint64_t rsp = 0;

    (void)frame_stack_at;
    vcpu_info_self()->evtchn_upcall_mask = masked;
    PROBE("movq %%rsp, %0\n", : "=r"(rsp) : : "memory");
    fault_clear();
    __asm__ volatile("frame_fault_at:\n" FIXUP("ud2") : : "c"(0xcccc), "b"(0xbbbb) : "memory");
    EXPECT_FAULT(VEC_UD, 0);

    const struct regs *regs = &fault_last()->regs;

    EXPECT_EQ(regs->rip, (unsigned long)frame_fault_at);
    EXPECT_EQ(regs->cs & 0xffff, FLAT_KERNEL_CS & ~3ul);
    EXPECT_EQ(regs->cs >> 32 & 0xff, masked);
    EXPECT_EQ(regs->cs >> 16 & 0xffff, 0);
    EXPECT_EQ(regs->cs >> 40, 0);
    EXPECT_EQ(regs->rflags >> 9 & 1, !masked);
    EXPECT_EQ(regs->rflags >> 12 & 3, 0);
    EXPECT_EQ(regs->ss & 0xffff, FLAT_KERNEL_SS);
    EXPECT_EQ(regs->rsp, rsp);
    EXPECT_EQ(regs->rcx, 0xcccc);
    EXPECT_EQ(regs->rbx, 0xbbbb);
    /* Exceptions without TI_IF leave the mask as it was; the iret gave it back. */
    EXPECT_EQ(vcpu_info_self()->evtchn_upcall_mask, masked);
    upcalls_mask();
}

static unsigned int odd_depth;

static bool note_stack(struct regs *regs)
{
    if (regs->entry == VEC_UD) {
        odd_depth = (unsigned long)regs & 15;
        regs->rip += 2;
        return true;
    }
    return false;
}

TEST(frame_masked)
{
    frame_check(true);
}

TEST(frame_unmasked)
{
    frame_check(false);
}

/* A frame starts at an address of 16 bytes' alignment, whatever the stack was. */
TEST(frame_alignment)
{
    unsigned int depths[2] = {0, 0};

    trap_hook(note_stack);
    __asm__ volatile("ud2");
    depths[0] = odd_depth;
    __asm__ volatile("pushq $0\n ud2\n popq %%rax" : : : "rax");
    depths[1] = odd_depth;
    EXPECT_EQ(depths[0], depths[1]);
}

/* TI_GET_IF: a handler that asks for it runs with upcalls masked. */
static uint8_t mask_in_handler;

static bool note_mask(struct regs *regs)
{
    if (regs->entry == VEC_UD) {
        mask_in_handler = vcpu_info_self()->evtchn_upcall_mask;
        regs->rip += 2;
        return true;
    }
    return false;
}

TEST(frame_trap_masks_events)
{
    static trap_info_t table[2];

    trap_hook(note_mask);
    vcpu_info_self()->evtchn_upcall_mask = 0;
    __asm__ volatile("ud2");
    EXPECT_EQ(mask_in_handler, 0);
    table[0] = (trap_info_t){
        .vector = VEC_UD, .flags = 4, .cs = FLAT_KERNEL_CS, .address = (unsigned long)entry_6};
    REQUIRE(hcall(__HYPERVISOR_set_trap_table, table) == 0);
    __asm__ volatile("ud2");
    EXPECT_EQ(mask_in_handler, 1);
    EXPECT_EQ(vcpu_info_self()->evtchn_upcall_mask, 0);
    upcalls_mask();
}

/* The frame's IF decides the mask behind iret, not the mask that the handler left. */
static uint64_t flags_wanted;

static bool change_flags(struct regs *regs)
{
    if (regs->entry == VEC_UD) {
        regs->rflags = (regs->rflags & ~0x200ul) | flags_wanted;
        regs->rip += 2;
        return true;
    }
    return false;
}

TEST(frame_if_sets_mask)
{
    trap_hook(change_flags);
    flags_wanted = 0x200;
    __asm__ volatile("ud2");
    EXPECT_EQ(vcpu_info_self()->evtchn_upcall_mask, 0);
    flags_wanted = 0;
    __asm__ volatile("ud2");
    EXPECT_EQ(vcpu_info_self()->evtchn_upcall_mask, 1);
}
