/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * User mode (user.h).  The user L4 has the image's slot and nothing else; tests add what
 * they need to it.  The stack for entries from user mode is the rest of the caller's own.
 */
#include "harness.h"

uint64_t *user_l4;
static char user_stacks[STACK_COUNT][4 * PAGE_SIZE] __attribute__((aligned(16)));
static uint64_t user_results[STACK_COUNT];

__asm__(".text\n"
        "user_exit:\n"
        "    movq %rax, %rdi\n"
        "    movl $1000, %eax\n"
        "    syscall\n"
        "    ud2\n");
extern char user_exit[];

void user_start(void)
{
    static uint64_t table[512] __attribute__((aligned(4096)));

    user_l4 = table;
    table[511] = (boot_l4[511] & PTE_MFN_MASK) | PTE_RW;
    REQUIRE(page_protect(table) == 0);
    REQUIRE(pin(4, table) == 0);
    REQUIRE(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(table), 0) == 0);
}

void user_regs(struct regs *regs, uint64_t (*function)(uint64_t), uint64_t argument)
{
    uint64_t *top = (uint64_t *)(user_stacks[this_cpu()->id] + sizeof(user_stacks[0])) - 2;

    *top = (uint64_t)user_exit;
    *regs = (struct regs){
        .rip = (uint64_t)function,
        .cs = FLAT_USER_CS,
        .rflags = 0x202,
        .rsp = (uint64_t)top,
        .ss = FLAT_USER_SS,
        .rdi = argument,
    };
}

/* Leaves by frame_leave(), or through `calls` with the iret's frame on the stack. */
static void leave(const struct regs *regs, void *calls, unsigned long count)
{
    uint64_t frame[9] __attribute__((aligned(16))) = {
        regs->rax, 0, 0, 0, regs->rip, regs->cs, regs->rflags, regs->rsp, regs->ss,
    };

    if (calls == NULL) {
        frame_leave(regs);
    }
    /* The user's rdi is what the call left of the array's address. */
    __asm__ volatile("movq %0, %%rsp\n movl $13, %%eax\n syscall\n ud2"
                     :
                     : "r"(frame), "D"(calls), "S"(count)
                     : "memory");
    __builtin_unreachable();
}

static enum user_end enter(const struct regs *regs, void *calls, unsigned long count,
                           uint64_t *result)
{
    struct cpu *cpu = this_cpu();
    int end = context_save(&cpu->user_return);

    if (end == 0) {
        unsigned long stack = (unsigned long)__builtin_frame_address(0) - 2048;

        REQUIRE(hcall(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, stack & ~15ul) == 0);
        cpu->in_user = true;
        leave(regs, calls, count);
    }
    cpu->in_user = false;
    if (result != NULL) {
        *result = user_results[cpu->id];
    }
    return (enum user_end)end;
}

enum user_end user_enter(const struct regs *regs, uint64_t *result)
{
    return enter(regs, NULL, 0, result);
}

enum user_end user_enter_multicall(const struct regs *regs, void *calls, unsigned long count,
                                   uint64_t *result)
{
    return enter(regs, calls, count, result);
}

enum user_end user_run(uint64_t (*function)(uint64_t), uint64_t argument, uint64_t *result)
{
    struct regs regs;

    user_regs(&regs, function, argument);
    return user_enter(&regs, result);
}

void user_leave(enum user_end end, uint64_t result)
{
    struct cpu *cpu = this_cpu();

    user_results[cpu->id] = result;
    upcalls_mask();
    context_restore(&cpu->user_return, end);
}
