/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns bounce frames: what the guest's kernel finds on its stack when one of its handlers starts.
 *
 *   from the top down: SS, RSP, RFLAGS, CS and mask, RIP, [error code], R11, RCX
 *   for the failsafe handler: GS, FS, ES, DS between RIP and R11
 *
 * RFLAGS.IF is the inverse of the event mask, which is also in bits 32 and up of CS; CS has RPL 0
 * when the kernel was interrupted.
 */
#include "cpu/asm.h"
#include "lib/printk.h"
#include "mm/guest_access.h"
#include "mm/guest_copy.h"
#include "pv/bounce.h"
#include "pv/traps.h"
#include "pv/pv.h"

#define FRAME_WORDS 12 /* of the longest one: failsafe */
#define CLEARED     (RFLAGS_TF | RFLAGS_NT | RFLAGS_RF | RFLAGS_VM | RFLAGS_AC | RFLAGS_DF)

/* RFLAGS as the handler sees them: IF is the inverse of the event mask, IOPL the guest's own. */
static inline uint64_t frame_rflags(uint64_t rflags, uint64_t mask, const struct vcpu *v)
{
    rflags &= ~(uint64_t)RFLAGS_IOPL; /* IF is on whenever the guest runs */
    if (unlikely(mask)) {
        barrier(); /* a branch: it is hardly ever taken */
        rflags &= ~(uint64_t)RFLAGS_IF;
    }
    if (unlikely(v->domain->vm_assist >> VMASST_TYPE_architectural_iopl & 1))
        rflags |= (uint64_t)v->pv->iopl << 12;
    return rflags;
}

static noinline __attribute__((cold)) bool no_stack(const struct vcpu *v, uint64_t sp,
                                                    uint64_t handler)
{
    domain_crash(v->domain, "no stack at %lx for the handler at %lx",
                 sp == NO_KERNEL_STACK ? v->pv->kernel_sp : sp, handler);
    return false;
}

void pv_set_kernel_stack(struct pv_vcpu *pv, uint64_t ss, uint64_t sp)
{
    uint64_t base = sp & ~0xfUL;

    pv->kernel_ss = ss | 3;
    pv->kernel_sp = sp;
    pv->kernel_stack =
        gva_range_ok(gva(base - FRAME_WORDS * 8), FRAME_WORDS * 8) ? base : NO_KERNEL_STACK;
}

static noinline __attribute__((cold)) void no_handler(const struct cpu_user_regs *regs,
                                                      const struct vcpu *v)
{
    domain_crash(v->domain,
                 "no handler for what its vCPU %u met (vector %d, error code %x, rip %lx)", v->id,
                 (int)regs->entry_vector, regs->error_code, regs->rip);
}

static inline void enter_handler(struct cpu_user_regs *regs, uint64_t handler, uint64_t sp)
{
    regs->rsp = sp;
    regs->rip = handler;
    regs->cs = SEL_GUEST_CS64;
    regs->ss = SEL_GUEST_DS;
    regs->rflags &= ~(uint64_t)CLEARED;
    regs->entry_vector = VECTOR_SYSCALL; /* RCX and R11 are on the stack: SYSRET may have them */
}

/*
 * Pushes the segment selectors of a failsafe frame; returns the lower stack pointer, 0 when there
 * is no stack.
 */
static uint64_t push_segments(uint64_t sp)
{
    uint64_t sel[4];

    __asm__ volatile("mov %%ds, %k0" : "=r"(sel[0]));
    __asm__ volatile("mov %%es, %k0" : "=r"(sel[1]));
    __asm__ volatile("mov %%fs, %k0" : "=r"(sel[2]));
    __asm__ volatile("mov %%gs, %k0" : "=r"(sel[3]));
    return copy_to_guest(gva(sp - sizeof(sel)), sel, sizeof(sel)) ? 0 : sp - sizeof(sel);
}

/*
 * Expanded where the kind of frame is known: most of its questions are then answered by the
 * compiler.
 */
static inline __attribute__((always_inline)) bool bounce(struct cpu_user_regs *regs,
                                                         const struct bounce *b)
{
    struct vcpu *v = current();
    bool kernel = guest_in_kernel();
    uint64_t mask, cs, rflags, sp, at;

    if (unlikely(!b->handler)) {
        no_handler(regs, v);
        return false;
    }
    mask = READ_ONCE(v->info->evtchn_upcall_mask);
    cs = (kernel ? regs->cs & 0xfffc : regs->cs) | mask << 32;
    rflags = frame_rflags(regs->rflags, mask, v);
    if (kernel) {
        sp = regs->rsp & ~0xfUL;
        if (unlikely(!gva_range_ok(gva(sp - FRAME_WORDS * 8), FRAME_WORDS * 8)))
            return no_stack(v, sp, b->handler);
    } else {
        pv_enter_kernel(v->pv);
        sp = v->pv->kernel_stack;
    }
    guest_access_begin();
    guest_store_word(sp, -8, regs->ss, fault);
    guest_store_word(sp, -16, regs->rsp, fault);
    guest_store_word(sp, -24, rflags, fault);
    guest_store_word(sp, -32, cs, fault);
    guest_store_word(sp, -40, regs->rip, fault);
    at = sp - 40;
    if (b->has_error) {
        at -= 8;
        guest_store_word(at, 0, b->error, fault);
    }
    if (unlikely(b->segments)) {
        guest_access_end();
        at = push_segments(at);
        if (!at)
            return no_stack(v, sp, b->handler);
        guest_access_begin();
    }
    guest_store_word(at, -8, regs->r11, fault);
    guest_store_word(at, -16, regs->rcx, fault);
    guest_access_end();
    if (b->masks)
        v->info->evtchn_upcall_mask = 1;
    enter_handler(regs, b->handler, at - 16);
    return true;
fault:
    guest_access_end();
    return no_stack(v, sp, b->handler);
}

bool pv_bounce(struct cpu_user_regs *regs, const struct bounce *b)
{
    return bounce(regs, b);
}

/* The same with interrupts off. */
static noinline __attribute__((cold)) void no_stack_off(const struct vcpu *v, uint64_t sp)
{
    irq_enable();
    no_stack(v, sp, v->pv->syscall_callback);
    irq_disable();
}

static noinline __attribute__((cold)) void no_handler_off(const struct cpu_user_regs *regs,
                                                          const struct vcpu *v)
{
    irq_enable();
    no_handler(regs, v);
    irq_disable();
}

/*
 * The bounce that is made most, on its own: SYSCALL has left RIP in RCX and RFLAGS in R11, and the
 * frame's selectors are those that the handler starts with, too. Interrupts are off, and stay off
 * until the guest runs.
 */
void pv_user_syscall(struct cpu_user_regs *regs)
{
    struct vcpu *v = frame_cpu(regs)->current;
    struct vcpu_info *info = v->info;
    struct pv_vcpu *pv = v->pv;
    uint64_t mask = READ_ONCE(info->evtchn_upcall_mask), sp = pv->kernel_stack;

    if (unlikely(!pv->syscall_callback)) {
        no_handler_off(regs, v);
        return;
    }
    pv_enter(frame_cpu(regs), true, pv->kernel_l4);
    guest_access_begin();
    guest_store_word(sp, -8, SEL_GUEST_DS, fault);
    guest_store_word(sp, -16, regs->rsp, fault);
    guest_store_word(sp, -24, frame_rflags(regs->rflags, mask, v), fault);
    guest_store_word(sp, -32, SEL_GUEST_CS64 | mask << 32, fault);
    guest_store_word(sp, -40, regs->rip, fault);
    guest_store_word(sp, -48, regs->rflags, fault);
    guest_store_word(sp, -56, regs->rip, fault);
    guest_access_end();
    if (pv->syscall_masks)
        info->evtchn_upcall_mask = 1;
    regs->rsp = sp - 56;
    regs->rip = pv->syscall_callback;
    regs->rflags &= ~(uint64_t)CLEARED;
    return;
fault:
    guest_access_end();
    no_stack_off(v, sp);
}

/* The bounce of a trap in the guest's own table. */
static inline __attribute__((always_inline)) void
inject(struct cpu_user_regs *regs, unsigned int vector, uint32_t error, bool has_error)
{
    const struct trap_info *t = &current()->pv->traps[vector];
    struct bounce b = {
        .handler = t->address, .error = error, .has_error = has_error, .masks = TI_GET_IF(t)};

    if (unlikely(!t->address))
        regs->entry_vector = vector; /* for the crash's text */
    bounce(regs, &b);
}

static bool vector_has_error(unsigned int vector)
{
    return vector < 32 &&
           (1U << vector & (1U << TRAP_DF | 1U << TRAP_TS | 1U << TRAP_NP | 1U << TRAP_SS |
                            1U << TRAP_GP | 1U << TRAP_PF | 1U << TRAP_AC | 1U << TRAP_CP));
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
        bounce(regs, &b);
    else
        current()->info->evtchn_upcall_mask = 1; /* nobody to tell yet */
}
