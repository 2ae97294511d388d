/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the emulation of instructions on control and debug registers.
 *
 * A guest chooses TS in CR0 and TSD, DE and OSXSAVE in CR4; every other bit is fixed. A write to
 * CR4 that asks for others is not refused, since kernels that don't know where they run ask for
 * many: the guest reads what it got.
 */
#include "pv/control.h"
#include "cpu/asm.h"
#include "cpu/control.h"
#include "lib/errno.h"
#include "pv/cpuid.h"
#include "pv/emulate.h"
#include "pv/mmu.h"
#include "pv/register_calls.h"

#define CR0_KEPT ~(uint64_t)CR0_TS

uint64_t pv_cr4_initial(void)
{
    return CR4_GUEST_FIXED;
}

uint64_t pv_cr4_make(const struct vcpu *v, uint64_t asked)
{
    return CR4_GUEST_FIXED | (asked & cpuid_policy_cr4(pv_policy(v->domain)));
}

void pv_cr4_load(const struct vcpu *v)
{
    uint64_t cr4 = cpu_cr4() | (v->pv->cr4 & CR4_TSD);
    uint64_t flags = irq_save();

    if (v->domain->pv->tsc_trapped)
        cr4 |= CR4_TSD;
    cpu_write_cr4(cr4);
    irq_restore(flags);
}

uint64_t pv_cr0(const struct vcpu *v)
{
    return CR0_HV | (v->pv->ctrlreg_ts ? CR0_TS : 0);
}

bool pv_xsetbv(struct vcpu *v, uint32_t reg, uint64_t value)
{
    uint64_t flags;
    int rc;

    if (!(v->pv->cr4 & CR4_OSXSAVE) || value & ~pv_policy(v->domain)->xcr0)
        return false;
    flags = irq_save();
    rc = fpu_xsetbv(&v->pv->fpu, reg, value);
    irq_restore(flags);
    return !rc;
}

static bool read_cr(const struct vcpu *v, unsigned int nr, uint64_t *value)
{
    switch (nr) {
    case 0:
        *value = pv_cr0(v);
        return true;
    case 2:
        *value = v->info->arch.cr2;
        return true;
    case 3:
        *value = xen_pfn_to_cr3(v->pv->kernel_l4.n);
        return true;
    case 4:
        *value = v->pv->cr4;
        return true;
    default:
        return false;
    }
}

static bool write_cr0_guest(struct vcpu *v, uint64_t value)
{
    if ((value ^ pv_cr0(v)) & CR0_KEPT)
        return false;
    (void)do_fpu_taskswitch(value & CR0_TS);
    return true;
}

static enum emulated write_cr(struct vcpu *v, unsigned int nr, uint64_t value)
{
    int rc;

    switch (nr) {
    case 0:
        return write_cr0_guest(v, value) ? EMULATED_DONE : EMULATED_NOT;
    case 2:
        v->info->arch.cr2 = value;
        return EMULATED_DONE;
    case 3:
        rc = pv_set_kernel_l4(v, mfn(xen_cr3_to_pfn(value)));
        if (rc == -ERESTART)
            return EMULATED_AGAIN;
        return rc ? EMULATED_NOT : EMULATED_DONE;
    case 4:
        v->pv->cr4 = pv_cr4_make(v, value);
        pv_cr4_load(v);
        return EMULATED_DONE;
    default:
        return EMULATED_NOT;
    }
}

/* LMSW with a register operand: of bits 0 to 3 only TS may change, and PE stays. */
static enum emulated lmsw(struct emulation *e)
{
    uint64_t now = pv_cr0(e->v), value;

    if (e->insn.memory)
        return EMULATED_NOT;
    value = register_get(e->regs, e->insn.rm, 2, true) & 0xf;
    return write_cr0_guest(e->v, (now & ~0xeUL) | value | CR0_PE) ? EMULATED_DONE : EMULATED_NOT;
}

/* A page of the guest's own in its own tables: it needs no privilege. */
static enum emulated guest_invlpg(struct emulation *e)
{
    uint64_t gpr[16];

    registers_read(e->regs, gpr);
    if (e->insn.segment == SEG_FS || e->insn.segment == SEG_GS)
        return EMULATED_NOT;
    invlpg(insn_address(&e->insn, gpr, e->next));
    return EMULATED_DONE;
}

enum emulated emulate_control(struct emulation *e)
{
    struct insn *i = &e->insn;
    uint64_t value;

    switch ((enum insn_op)i->op) {
    case OP_READ_CR:
        if (!read_cr(e->v, i->reg, &value))
            return EMULATED_NOT;
        register_set(e->regs, i->rm, i->size, true, value);
        return EMULATED_DONE;
    case OP_WRITE_CR:
        return write_cr(e->v, i->reg, register_get(e->regs, i->rm, i->size, true));
    case OP_READ_DR:
        if (i->reg > 7)
            return EMULATED_NOT;
        register_set(e->regs, i->rm, i->size, true, (uint64_t)do_get_debugreg(i->reg));
        return EMULATED_DONE;
    case OP_WRITE_DR:
        return do_set_debugreg(i->reg, register_get(e->regs, i->rm, i->size, true)) ? EMULATED_NOT
                                                                                    : EMULATED_DONE;
    case OP_CLTS:
        (void)do_fpu_taskswitch(0);
        return EMULATED_DONE;
    case OP_LMSW:
        return lmsw(e);
    case OP_INVLPG:
        return guest_invlpg(e);
    default:
        return EMULATED_NOT;
    }
}
