/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The iret hypercall's edges: a return to a bad address is the guest's own fault, by its fail-
 * safe callback or by an exception, or its end, and never the hypervisor's (XSA-7, XSA-193);
 * selectors and flags that a guest may not have are replaced or refused.
 */
#include "harness.h"

static uint64_t user_flags(uint64_t argument)
{
    uint64_t flags;

    __asm__ volatile("pushfq\n popq %0" : "=r"(flags));
    return argument + flags;
}

static uint64_t user_cs(uint64_t argument)
{
    uint64_t cs;

    __asm__ volatile("movq %%cs, %0" : "=r"(cs));
    return argument + cs;
}

/* IOPL, IF, VIF, VM and NT are not the guest's to set. */
TEST(iret_user_flags)
{
    struct regs regs;
    uint64_t flags = 0;

    user_regs(&regs, user_flags, 0);
    regs.rflags = 0x202 | 3ul << 12 | 0x400ul | 1ul << 21;
    EXPECT_EQ(user_enter(&regs, &flags), USER_RETURNED);
    EXPECT_EQ(flags >> 12 & 3, 0);
    EXPECT_EQ(flags & 0x200, 0x200);
    EXPECT_EQ(flags >> 17 & 1, 0);
    user_regs(&regs, user_flags, 0);
    regs.rflags = 0x2;
    EXPECT_EQ(user_enter(&regs, &flags), USER_RETURNED);
    EXPECT_EQ(flags & 0x200, 0x200);
}

TEST(iret_user_selectors)
{
    struct regs regs;
    uint64_t cs = 0;

    user_regs(&regs, user_cs, 0);
    EXPECT_EQ(user_enter(&regs, &cs), USER_RETURNED);
    EXPECT_EQ(cs, FLAT_USER_CS);
}

/*
 * Returns what RAX was when user mode began; an instruction pointer a little off ends in the ud2s.
 */
__asm__(".text\n"
        "    ud2\n ud2\n ud2\n ud2\n"
        "user_rax:\n"
        "    ret\n"
        "    ud2\n ud2\n");
extern char user_rax[];

static void expect_rax(uint64_t value, bool multicall)
{
    multicall_entry_t call = {.op = __HYPERVISOR_iret};
    struct regs regs;
    uint64_t result = 0;

    user_regs(&regs, NULL, 0);
    regs.rip = (uint64_t)user_rax;
    regs.rax = value;
    EXPECT_EQ(multicall ? user_enter_multicall(&regs, &call, 1, &result)
                        : user_enter(&regs, &result),
              USER_RETURNED);
    EXPECT_EQ(result, value);
}

/* RAX is the guest's: none of its values is an errno that means something to the hypervisor. */
TEST(iret_any_rax)
{
    expect_rax(0, false);
    expect_rax(1ul << 63, false);
    for (long value = -600; value < 600; value++) {
        expect_rax((uint64_t)value, false);
    }
    expect_rax((uint64_t)-85, true);
}

static struct regs came;
static bool caught;

static bool catch_all(struct regs *regs)
{
    if (regs->entry == ENTRY_SYSCALL || regs->entry == ENTRY_EVENT) {
        return false;
    }
    came = *regs;
    caught = true;
    user_leave(USER_FAULTED, 0);
}

/* A user frame that can't be: some entry must come, and the machine must live. */
static void spoil(uint64_t rip, uint64_t cs, uint64_t ss, uint64_t rsp)
{
    struct regs regs;

    caught = false;
    trap_hook(catch_all);
    user_regs(&regs, user_cs, 0);
    regs.rip = rip != 0 ? rip : regs.rip;
    regs.cs = cs != 0 ? cs : regs.cs;
    regs.ss = ss != 0 ? ss : regs.ss;
    regs.rsp = rsp != 0 ? rsp : regs.rsp;
    EXPECT_EQ(user_enter(&regs, NULL), USER_FAULTED);
    EXPECT(caught);
}

TEST(iret_user_bad_rip)
{
    spoil(0x0000800000000000ul, 0, 0, 0);
    EXPECT_EITHER(came.entry, ENTRY_FAILSAFE, VEC_GP);
    spoil(0xffff7fffffffffffUL, 0, 0, 0);
    EXPECT_EITHER(came.entry, ENTRY_FAILSAFE, VEC_GP);
    spoil(0xffff800000000000ul, 0, 0, 0);
    EXPECT_EQ(came.entry, VEC_PF);
    spoil(0x1000, 0, 0, 0);
    EXPECT_EQ(came.entry, VEC_PF);
    EXPECT_EQ(came.code, 0x14);
}

TEST(iret_user_bad_cs)
{
    static const uint64_t selectors[] = {0x1003, FLAT_USER_SS, 0xfffb, 3};

    for (unsigned int i = 0; i < ARRAY_SIZE(selectors); i++) {
        spoil(0, selectors[i], 0, 0);
        EXPECT_EITHER(came.entry, ENTRY_FAILSAFE, VEC_GP);
    }
}

TEST(iret_user_bad_ss)
{
    spoil(0, 0, 0x1003, 0);
    EXPECT_EITHER(came.entry, ENTRY_FAILSAFE, VEC_GP);
    /* A code selector in SS. */
    spoil(0, 0, FLAT_USER_CS, 0);
    EXPECT_EITHER(came.entry, ENTRY_FAILSAFE, VEC_GP);
}

/* The stack pointer is not looked at by the way out: the first push is what faults. */
TEST(iret_user_bad_rsp)
{
    struct regs regs;

    trap_hook(NULL);
    user_regs(&regs, user_flags, 0);
    regs.rsp = 0x1000;
    EXPECT_EQ(user_enter(&regs, NULL), USER_FAULTED);
    EXPECT_FAULT(VEC_PF, 6);
    regs.rsp = 0x0000800000001000ul;
    EXPECT_EQ(user_enter(&regs, NULL), USER_FAULTED);
    EXPECT_EITHER(fault_last()->regs.entry, VEC_SS, VEC_GP);
}

/* Through the sysret way (VGCF_in_syscall) the same bad addresses must not reach ring 0. */
TEST(iret_sysret_bad_rip)
{
    iret_flags = VGCF_in_syscall;
    spoil(0x0000800000000000ul, 0, 0, 0);
    EXPECT_EITHER(came.entry, ENTRY_FAILSAFE, VEC_GP);
    iret_flags = VGCF_in_syscall;
    spoil(0x00007ffffffff000ul, 0, 0, 0);
    iret_flags = 0;
}

TEST_FATAL(iret_frame_unmapped)
{
    __asm__ volatile("movq $0x1000, %%rsp\n movl $23, %%eax\n syscall" : : : "memory");
}

TEST_FATAL(iret_frame_in_hypervisor)
{
    __asm__ volatile("movq %0, %%rsp\n movl $23, %%eax\n syscall"
                     :
                     : "r"(0xffff830000001000ul)
                     : "memory");
}

TEST_FATAL(iret_frame_wraps)
{
    __asm__ volatile("movq $-16, %%rsp\n movl $23, %%eax\n syscall" : : : "memory");
}

/* No user L4 was given: a return to user mode ends the domain. */
TEST_FATAL(iret_no_user_tables)
{
    struct regs regs;

    REQUIRE(mmuext(MMUEXT_NEW_USER_BASEPTR, 0, 0) == 0);
    user_regs(&regs, user_cs, 0);
    user_enter(&regs, NULL);
}

/*
 * The frame lies where the user's tables show nothing, as kernels that keep their memory from their
 * users have it: all of it is read before the tables change.
 */
__asm__(".text\n"
        "user_stop_and_add:\n"
        "    int3\n"
        "    leaq (%rcx, %r11), %rax\n"
        "    ret\n");
uint64_t user_stop_and_add(uint64_t argument);

static uint64_t hidden_flags;

static bool leave_from_hidden_frame(struct regs *regs)
{
    uint64_t *frame = (uint64_t *)(SCRATCH_VA + PAGE_SIZE) - 9;

    if (regs->entry != VEC_BP) {
        return false;
    }
    frame[0] = 0;
    frame[1] = 0x1100;
    frame[2] = 0x22;
    frame[3] = hidden_flags;
    frame[4] = regs->rip;
    frame[5] = regs->cs;
    frame[6] = regs->rflags;
    frame[7] = regs->rsp;
    frame[8] = regs->ss;
    __asm__ volatile("movq %0, %%rsp\n movl $23, %%eax\n syscall\n ud2" : : "r"(frame) : "memory");
    return true;
}

TEST(iret_frame_hidden_from_user)
{
    uint64_t sum = 0;
    void *page = page_alloc();

    REQUIRE(tables_make(SCRATCH_VA) != NULL);
    REQUIRE(va_set((void *)SCRATCH_VA, pte_make(mfn_of(page), PTE_RW)) == 0);
    for (hidden_flags = 0; hidden_flags <= VGCF_in_syscall; hidden_flags += VGCF_in_syscall) {
        trap_hook(leave_from_hidden_frame);
        EXPECT_EQ(user_run(user_stop_and_add, 0, &sum), USER_RETURNED);
        trap_hook(NULL);
        if (hidden_flags == 0) {
            EXPECT_EQ(sum, 0x1122);
        }
    }
    REQUIRE(va_set((void *)SCRATCH_VA, 0) == 0);
}
