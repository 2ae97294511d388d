/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what is printed when a guest is beyond help: registers, the top of its stack, a walk of its
 * tables, the last refusals.
 */
#include "dom/vcpu.h"
#include "lib/printk.h"
#include "lib/upcall.h"
#include "mm/guest_copy.h"
#include "pv/pv.h"
#include "pv/walk.h"

#define STACK_WORDS 16

static void print_registers(const struct cpu_user_regs *r, const struct vcpu *v)
{
    pr_err("vCPU %u in %s mode on CPU %u, L4 frame %lx, last fault address %lx\n", v->id,
           guest_in_kernel() ? "kernel" : "user", cpu_id(),
           guest_in_kernel() ? v->pv->kernel_l4.n : v->pv->user_l4.n, v->info->arch.cr2);
    pr_err("rip %04x:%016lx rflags %08lx events %s\n", r->cs, r->rip, r->rflags,
           v->info->evtchn_upcall_mask ? "masked" : "open");
    pr_err("rsp %04x:%016lx rax %016lx rcx %016lx\n", r->ss, r->rsp, r->rax, r->rcx);
    pr_err("rdx %016lx rsi %016lx rdi %016lx\n", r->rdx, r->rsi, r->rdi);
    pr_err("r8  %016lx r9  %016lx r10 %016lx\n", r->r8, r->r9, r->r10);
    if (r->error_code == FRAME_PART) {
        pr_err("r11 %016lx; a system call: the others are not here\n", r->r11);
        return;
    }
    pr_err("r11 %016lx rbx %016lx rbp %016lx\n", r->r11, r->rbx, r->rbp);
    pr_err("r12 %016lx r13 %016lx r14 %016lx\n", r->r12, r->r13, r->r14);
    pr_err("r15 %016lx\n", r->r15);
}

static void print_stack(uint64_t sp)
{
    uint64_t word;
    unsigned int i;

    pr_err("stack at %016lx:\n", sp);
    for (i = 0; i < STACK_WORDS; i++) {
        if (get_guest_u64(&word, gva(sp + i * 8)))
            break;
        pr_err("  %016lx\n", word);
    }
}

void pv_crash_dump(struct domain *d)
{
    const struct cpu_user_regs *r = guest_regs();
    struct vcpu *v = current();
    mfn_t l4;

    if (v->domain == d) {
        l4 = guest_in_kernel() ? v->pv->kernel_l4 : v->pv->user_l4;
        print_registers(r, v);
        print_stack(r->rsp);
        pv_walk_print(l4, r->rip);
        if (v->info->arch.cr2)
            pv_walk_print(l4, v->info->arch.cr2);
    }
    refusals_print(d);
}
