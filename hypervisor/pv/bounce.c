/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns bounce frames: what the guest's kernel finds on its stack when one of its handlers starts.
 *
 *   from the top down: SS, RSP, RFLAGS, CS and mask, RIP, [error code], R11, RCX
 *   for the failsafe handler: GS, FS, ES, DS between RIP and R11
 *
 * RFLAGS.IF is the inverse of the event mask, which is also in bits 32 and up of CS; CS has RPL 0 when the kernel was interrupted.
 */
#include "cpu/asm.h"
#include "lib/printk.h"
#include "mm/guest_copy.h"
#include "pv/bounce.h"
#include "pv/pv.h"

#define CLEARED (RFLAGS_TF | RFLAGS_NT | RFLAGS_RF | RFLAGS_VM | RFLAGS_AC | RFLAGS_DF)

bool pv_bounce(struct cpu_user_regs *regs, const struct bounce *b)
{
    struct vcpu *v = current();
    struct vcpu_info *info = v->info;
    bool kernel = guest_in_kernel();
    uint64_t frame[14], sp;
    unsigned int n = 0;

    if (unlikely(!b->handler)) {
        domain_crash(v->domain, "no handler for what its vCPU %u met (vector %u, error code %x, rip %lx)", v->id,
                     regs->entry_vector, regs->error_code, regs->rip);
        return false;
    }
    frame[n++] = regs->rcx;
    frame[n++] = regs->r11;
    if (b->segments) {
        uint16_t sel;

        __asm__ volatile("mov %%ds, %0" : "=r"(sel));
        frame[n++] = sel;
        __asm__ volatile("mov %%es, %0" : "=r"(sel));
        frame[n++] = sel;
        __asm__ volatile("mov %%fs, %0" : "=r"(sel));
        frame[n++] = sel;
        __asm__ volatile("mov %%gs, %0" : "=r"(sel));
        frame[n++] = sel;
    }
    if (b->has_error)
        frame[n++] = b->error;
    frame[n++] = regs->rip;
    frame[n++] = (kernel ? regs->cs & 0xfffc : regs->cs) | (uint64_t)info->evtchn_upcall_mask << 32;
    frame[n++] = (regs->rflags & ~(uint64_t)(RFLAGS_IF | RFLAGS_IOPL)) | (info->evtchn_upcall_mask ? 0 : RFLAGS_IF) |
                 (v->domain->vm_assist >> VMASST_TYPE_architectural_iopl & 1 ? (uint64_t)v->pv->iopl << 12 : 0);
    frame[n++] = regs->rsp;
    frame[n++] = regs->ss;
    if (kernel) {
        sp = regs->rsp;
    } else {
        pv_enter_kernel();
        sp = v->pv->kernel_sp;
    }
    sp = (sp & ~0xfUL) - n * 8;
    if (unlikely(copy_to_guest(gva(sp), frame, n * 8))) {
        domain_crash(v->domain, "no stack at %lx for the handler at %lx", sp, b->handler);
        return false;
    }
    if (b->masks)
        info->evtchn_upcall_mask = 1;
    regs->rsp = sp;
    regs->rip = b->handler;
    regs->cs = SEL_GUEST_CS64;
    regs->ss = SEL_GUEST_DS;
    regs->rflags &= ~(uint64_t)CLEARED;
    regs->entry_vector = VECTOR_SYSCALL; /* RCX and R11 are on the stack: SYSRET may have them */
    return true;
}

/* The bounce of a trap in the guest's own table. */
static void inject(struct cpu_user_regs *regs, unsigned int vector, uint32_t error, bool has_error)
{
    const struct trap_info *t = &current()->pv->traps[vector];
    struct bounce b = {.handler = t->address, .error = error, .has_error = has_error, .masks = TI_GET_IF(t)};

    if (unlikely(!t->address))
        regs->entry_vector = vector; /* for the crash's text */
    pv_bounce(regs, &b);
}

static bool vector_has_error(unsigned int vector)
{
    return vector < 32 && (1U << vector & (1U << TRAP_DF | 1U << TRAP_TS | 1U << TRAP_NP | 1U << TRAP_SS | 1U << TRAP_GP |
                                           1U << TRAP_PF | 1U << TRAP_AC | 1U << TRAP_CP));
}

void pv_inject_trap(struct cpu_user_regs *regs, unsigned int vector, uint32_t error_code)
{
    inject(regs, vector, error_code, vector_has_error(vector));
}

void pv_inject_soft_trap(struct cpu_user_regs *regs, unsigned int vector)
{
    inject(regs, vector, 0, false);
}

void pv_inject_page_fault(struct cpu_user_regs *regs, uint64_t va, uint32_t error_code)
{
    error_code = (error_code & ~(uint32_t)PF_USER) | (guest_in_kernel() ? 0 : PF_USER);
    current()->info->arch.cr2 = va;
    inject(regs, TRAP_PF, error_code, true);
}

void pv_deliver_upcall(struct cpu_user_regs *regs)
{
    struct bounce b = {.handler = current()->pv->event_callback, .masks = true};

    irq_enable();
    if (b.handler)
        pv_bounce(regs, &b);
    else
        current()->info->evtchn_upcall_mask = 1; /* nobody to tell yet */
}
