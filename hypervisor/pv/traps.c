/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the guest's exceptions: most are bounced as they are, some are served here first (emulation,
 * LDT on demand).
 *
 * Entered with interrupts off, so that CR2 and DR6 are read before another fault can change them.
 */
#include "pv/traps.h"
#include "cpu/asm.h"
#include "cpu/exception.h"
#include "dev/lapic.h"
#include "kern/smp.h"
#include "kern/softirq.h"
#include "lib/printk.h"
#include "lib/upcall.h"
#include "mm/guest_copy.h"
#include "pv/bounce.h"
#include "pv/descriptor_tables.h"
#include "pv/pv.h"

/* The CPU looked for a descriptor in the vCPU's region and found no page. */
static void region_fault(struct cpu_user_regs *regs, struct vcpu *v, uint64_t va)
{
    uint64_t offset = va - pv_region(v);

    if (offset >= REGION_LDT * PAGE_SIZE && offset < (REGION_LDT + 16) * PAGE_SIZE) {
        if (ldt_map_page(v, va))
            return;
        pv_inject_trap(regs, TRAP_GP, (uint32_t)((offset - REGION_LDT * PAGE_SIZE) & 0xfff8) | 4);
    } else {
        pv_inject_trap(regs, TRAP_GP, (uint32_t)offset & 0xfff8);
    }
}

static noinline void page_fault(struct cpu_user_regs *regs)
{
    uint64_t va = read_cr2();
    uint32_t error = regs->error_code;
    struct vcpu *v = current();

    irq_enable();
    if (unlikely(!gva_range_ok(gva(va), 1))) {
        if (!(error & PF_USER) && va - pv_region(v) < 32 * PAGE_SIZE) {
            region_fault(regs, v, va);
            return;
        }
    } else if (guest_in_kernel() &&
               (error & (PF_PRESENT | PF_WRITE | PF_RESERVED)) == (PF_PRESENT | PF_WRITE)) {
        if (pv_emulate_table_write(regs, va))
            return;
    }
    pv_inject_page_fault(regs, va, error);
}

/*
 * INT n that the IDT refused: the guest's own table decides. The instruction is looked at, the
 * error code not trusted.
 */
static bool soft_interrupt(struct cpu_user_regs *regs)
{
    uint8_t code[2];
    unsigned int dpl;

    if (!(regs->error_code & 2) || copy_from_guest(code, gva(regs->rip), 2) || code[0] != 0xcd)
        return false;
    dpl = TI_GET_DPL(&current()->pv->traps[code[1]]);
    if (dpl < (guest_in_kernel() ? 1 : 3)) {
        pv_inject_trap(regs, TRAP_GP, (uint32_t)code[1] * 8 + 2);
        return true;
    }
    regs->rip += 2;
    pv_inject_soft_trap(regs, code[1]);
    return true;
}

static noinline void general_protection(struct cpu_user_regs *regs)
{
    irq_enable();
    if (regs->error_code ? soft_interrupt(regs) : pv_emulate_privileged(regs))
        return;
    pv_inject_trap(regs, TRAP_GP, regs->error_code);
}

static noinline void invalid_opcode(struct cpu_user_regs *regs)
{
    irq_enable();
    if (!pv_emulate_forced_cpuid(regs))
        pv_inject_trap(regs, TRAP_UD, 0);
}

static void device_not_available(struct cpu_user_regs *regs)
{
    clts();
    irq_enable();
    current()->pv->ctrlreg_ts = 0;
    pv_inject_trap(regs, TRAP_NM, 0);
}

static void debug(struct cpu_user_regs *regs)
{
    uint64_t dr6 = read_dr6();

    write_dr6(0xffff0ff0);
    irq_enable();
    current()->pv->debugreg[6] = dr6;
    pv_inject_trap(regs, TRAP_DB, 0);
}

static noinline void other_exception(struct cpu_user_regs *regs, unsigned int vector)
{
    switch (vector) {
    case TRAP_NM:
        device_not_available(regs);
        break;
    case TRAP_DB:
        debug(regs);
        break;
    case VECTOR_GUEST_INT80:
        irq_enable();
        if (TI_GET_DPL(&current()->pv->traps[vector]) < (guest_in_kernel() ? 1 : 3)) {
            regs->rip -= 2;
            pv_inject_trap(regs, TRAP_GP, vector * 8 + 2);
        } else {
            pv_inject_soft_trap(regs, vector);
        }
        break;
    default:
        irq_enable();
        pv_inject_trap(regs, vector, regs->error_code);
    }
}

/* Those that are met most go first. */
void exception_from_guest(struct cpu_user_regs *regs)
{
    unsigned int vector = regs->entry_vector;

    if (likely(vector == TRAP_PF))
        page_fault(regs);
    else if (vector == TRAP_GP)
        general_protection(regs);
    else if (vector == TRAP_UD)
        invalid_opcode(regs);
    else
        other_exception(regs, vector);
}

void pv_user_syscall32(struct cpu_user_regs *regs)
{
    struct pv_vcpu *pv = current()->pv;
    struct bounce b = {.handler = pv->syscall32_callback, .masks = pv->syscall32_masks};

    if (b.handler)
        pv_bounce(regs, &b);
    else
        pv_inject_trap(regs, TRAP_UD, 0);
}

void pv_user_sysenter(struct cpu_user_regs *regs)
{
    struct pv_vcpu *pv = current()->pv;
    struct bounce b = {.handler = pv->sysenter_callback, .masks = pv->sysenter_masks};

    if (b.handler && !guest_in_kernel())
        pv_bounce(regs, &b);
    else
        pv_inject_trap(regs, TRAP_GP, 0);
}

/*
 * IRET refused what the guest wanted to return to: its failsafe handler gets the frame, with the
 * segment selectors.
 */
void pv_iret_failed(struct cpu_user_regs *regs)
{
    struct pv_vcpu *pv = current()->pv;
    struct bounce b = {
        .handler = pv->failsafe_callback, .segments = true, .masks = pv->failsafe_masks};

    irq_enable();
    pv_bounce(regs, &b);
}

static inline uint64_t nmi_handler(const struct vcpu *v)
{
    return READ_ONCE(v->pv->traps[TRAP_NMI].address);
}

/*
 * An NMI that hit between the STI and the HLT of irq_enable_and_halt() has ended STI's shadow: an
 * interrupt that comes before HLT is served first, and what it asked for would wait for the next
 * one. So the idle loop looks again instead.
 */
static void do_not_halt(struct cpu_user_regs *regs)
{
    const uint8_t hlt = 0xf4;

    if (!(regs->cs & 3) && regs->rflags & RFLAGS_IF && *(const uint8_t *)regs->rip == hlt)
        regs->rip += sizeof(hlt);
}

/*
 * An NMI is the first vCPU's of the control domain, when it has a handler. Own stack, no lock, no
 * print. The message to this CPU itself brings it to its exit path, however long the guest would
 * stay outside; it may also have looked for work already.
 */
void nmi_handle(struct cpu_user_regs *regs)
{
    struct vcpu *v = control_domain ? control_domain->vcpus[0] : NULL;

    do_not_halt(regs);
    smp_stop_check();
    if (!v || !nmi_handler(v))
        return;
    WRITE_ONCE(v->nmi_pending, 1);
    softirq_raise(SOFTIRQ_EXIT);
    lapic_send_self(VECTOR_RESCHED);
}

/*
 * A hardware NMI's vCPU may be elsewhere, or asleep: it is woken, and finds its NMI on its own way
 * out (pv_load()).
 */
static void forward_nmi(struct vcpu *v)
{
    vcpu_kick(v);
    if (READ_ONCE(v->running) && v->cpu != cpu_id())
        softirq_raise_on(v->cpu, SOFTIRQ_EXIT);
}

static void exit_work(void)
{
    struct vcpu *v = current(), *first = control_domain ? control_domain->vcpus[0] : NULL;

    if (first && first != v && READ_ONCE(first->nmi_pending))
        forward_nmi(first);
    if (vcpu_is_idle(v) || !READ_ONCE(v->nmi_pending) ||
        v->pv->in_nmi) /* its IRET comes back here */
        return;
    WRITE_ONCE(v->nmi_pending, 0);
    if (!nmi_handler(v))
        return; /* nobody is there to tell */
    v->pv->in_nmi = true;
    pv_inject_trap(guest_regs(), TRAP_NMI, 0);
}

void pv_traps_init(void)
{
    softirq_register(SOFTIRQ_EXIT, exit_work);
}
