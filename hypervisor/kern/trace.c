/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the printing of registers and of the hypervisor's own stack. It is used when things are
 * broken: it believes nothing that it reads, and touches only this CPU's stacks.
 */
#include "kern/trace.h"
#include "cpu/layout.h"
#include "cpu/percpu.h"
#include "lib/printk.h"

#define FRAMES_MAX 32

void trace_registers(const struct cpu_user_regs *r)
{
    pr_err("rip %04x:%016lx rflags %08lx rsp %04x:%016lx\n", r->cs, r->rip, r->rflags, r->ss,
           r->rsp);
    pr_err("rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", r->rax, r->rbx, r->rcx, r->rdx);
    pr_err("rsi %016lx rdi %016lx rbp %016lx r8  %016lx\n", r->rsi, r->rdi, r->rbp, r->r8);
    pr_err("r9  %016lx r10 %016lx r11 %016lx r12 %016lx\n", r->r9, r->r10, r->r11, r->r12);
    pr_err("r13 %016lx r14 %016lx r15 %016lx\n", r->r13, r->r14, r->r15);
}

void trace_address(uint64_t address)
{
    uint64_t offset = address - IMAGE_START;
    long i = offset < IMAGE_MAX ? symbol_find(symbols_table, symbols_count, offset) : -1;

    if (i < 0)
        pr_err("  %016lx\n", address);
    else
        pr_err("  %016lx %s+0x%lx\n", address, symbols_names + symbols_table[i].name,
               offset - symbols_table[i].offset);
}

/* Both words of a frame lie in this CPU's block of stacks, and not in its guard page. */
static bool frame_ok(uint64_t rbp)
{
    uint64_t base = (uint64_t)this_cpu() & ~(uint64_t)(STACK_SIZE - 1);
    uint64_t at = rbp - base;

    return !(rbp & 7) && at < STACK_SIZE - 16 && at / PAGE_SIZE != STACK_GUARD_PAGE &&
           (at + 15) / PAGE_SIZE != STACK_GUARD_PAGE;
}

void trace_stack(uint64_t rbp)
{
    unsigned int i;

    for (i = 0; i < FRAMES_MAX && frame_ok(rbp); i++) {
        const uint64_t *frame = (const uint64_t *)rbp;

        if (!frame[1])
            break;
        trace_address(frame[1]);
        if (frame[0] <= rbp && frame[0] >> STACK_SHIFT == rbp >> STACK_SHIFT)
            break; /* stacks grow down: an older frame is higher */
        rbp = frame[0];
    }
}
