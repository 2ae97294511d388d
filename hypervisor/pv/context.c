/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the first state of a vCPU: checked as a whole, then taken over.
 */
#include "cpu/regs.h"
#include "lib/refusal.h"
#include "lib/string.h"
#include "pv/control.h"
#include "mm/type.h"
#include "pv/descriptor_tables.h"
#include "pv/register_calls.h"
#include "pv/table.h"

static bool context_ok(const struct vcpu_guest_context *c)
{
    unsigned int i;

    for (i = 0; i < 256; i++) {
        if (!pv_address_ok(c->trap_ctxt[i].address))
            return false;
    }
    return pv_address_ok(c->fs_base) && pv_address_ok(c->gs_base_kernel) &&
           pv_address_ok(c->gs_base_user) && pv_address_ok(c->event_callback_eip) &&
           pv_address_ok(c->failsafe_callback_eip) && pv_address_ok(c->syscall_callback_eip) &&
           pv_address_ok(c->user_regs.rip) && !(c->ldt_base & ~PAGE_MASK) && c->ldt_ents <= 8192 &&
           pv_address_ok(c->ldt_base) && pv_address_ok(c->ldt_base + c->ldt_ents * 8);
}

/* The frame that a control register in CR3's format names. */
static mfn_t cr3_mfn(uint64_t cr3)
{
    return mfn(cr3 >> PAGE_SHIFT | cr3 << (64 - PAGE_SHIFT));
}

static int tables_take(struct vcpu *v, const struct vcpu_guest_context *c)
{
    mfn_t m = cr3_mfn(c->ctrlreg[3]);
    int rc;

    rc = frame_get_type(m, v->domain->id, TYPE_L4);
    if (rc)
        return rc == -ERESTART ? rc : refuse(RULE_FRAME_TYPE, m.n, -EINVAL);
    v->pv->kernel_l4 = m;
    if (!c->ctrlreg[1])
        return 0;
    m = cr3_mfn(c->ctrlreg[1] & ~1UL);
    rc = frame_get_type(m, v->domain->id, TYPE_L4);
    if (!rc) {
        v->pv->user_l4 = m;
        if (!mfn_eq(m, v->pv->kernel_l4))
            l4_show_m2p(m, false);
        return 0;
    }
    frame_put_type(frame_of(v->pv->kernel_l4));
    v->pv->kernel_l4 = MFN_INVALID;
    return rc == -ERESTART ? rc : refuse(RULE_FRAME_TYPE, m.n, -EINVAL);
}

static void registers_take(struct vcpu *v, const struct vcpu_guest_context *c)
{
    struct pv_vcpu *pv = v->pv;

    v->regs = c->user_regs;
    v->regs.cs |= 3;
    v->regs.ss |= 3;
    v->regs.entry_vector = 0;
    pv->iopl = (uint32_t)(v->regs.rflags & RFLAGS_IOPL) >> 12;
    v->regs.rflags = (v->regs.rflags &
                      ~(uint64_t)(RFLAGS_IOPL | RFLAGS_VM | RFLAGS_NT | RFLAGS_VIF | RFLAGS_VIP)) |
                     RFLAGS_IF | RFLAGS_FIXED;
    memcpy(pv->traps, c->trap_ctxt, sizeof(c->trap_ctxt));
    pv_set_kernel_stack(pv, c->kernel_ss, c->kernel_sp);
    pv->event_callback = c->event_callback_eip;
    pv->failsafe_callback = c->failsafe_callback_eip;
    pv->syscall_callback = c->syscall_callback_eip;
    pv->syscall_masks = c->flags & VGCF_syscall_disables_events;
    pv->failsafe_masks = c->flags & VGCF_failsafe_disables_events;
    pv->kernel_mode = (c->flags & VGCF_in_kernel) || mfn_eq(pv->user_l4, MFN_INVALID);
    pv->fs_base = c->fs_base;
    pv->gs_base_kernel = c->gs_base_kernel;
    pv->gs_base_user = c->gs_base_user;
    pv->ldt_base = c->ldt_base;
    pv->ldt_entries = (uint32_t)c->ldt_ents;
    __atomic_or_fetch(&v->domain->vm_assist, c->vm_assist & VM_ASSISTS, __ATOMIC_SEQ_CST);
    pv->ctrlreg_ts = !!(c->ctrlreg[0] & CR0_TS);
    pv->cr4 = pv_cr4_make(v, c->ctrlreg[4]);
    if (c->flags & VGCF_I387_VALID)
        fpu_set_legacy(&pv->fpu, &c->fpu_ctxt);
}

int pv_set_context(struct vcpu *v, const struct vcpu_guest_context *c)
{
    uint64_t gdt[GDT_FRAMES];
    int rc;

    if (!context_ok(c) || c->gdt_ents > GDT_FRAMES * 512)
        return refuse(RULE_CONTEXT, v->id, -EINVAL);
    if (v->initialised)
        return refuse(RULE_CONTEXT, v->id, -EEXIST);
    rc = tables_take(v, c);
    if (rc)
        return rc;
    memcpy(gdt, c->gdt_frames, sizeof(gdt));
    rc = gdt_set(v, gdt, (unsigned int)c->gdt_ents);
    if (rc) {
        if (!mfn_eq(v->pv->user_l4, MFN_INVALID))
            frame_put_type(frame_of(v->pv->user_l4));
        frame_put_type(frame_of(v->pv->kernel_l4));
        v->pv->kernel_l4 = v->pv->user_l4 = MFN_INVALID;
        return rc;
    }
    registers_take(v, c);
    v->initialised = true;
    return 0;
}

int pv_change_context(struct vcpu *v, const struct vcpu_guest_context *c)
{
    const struct pv_vcpu *pv = v->pv;
    uint64_t user = c->ctrlreg[1] ? cr3_mfn(c->ctrlreg[1] & ~1UL).n : MFN_INVALID.n;
    unsigned int i, gdt_pages = DIV_ROUND_UP(pv->gdt_entries, 512);
    bool same = cr3_mfn(c->ctrlreg[3]).n == pv->kernel_l4.n && user == pv->user_l4.n &&
                c->gdt_ents == pv->gdt_entries && c->ldt_base == pv->ldt_base &&
                c->ldt_ents == pv->ldt_entries;

    for (i = 0; same && i < gdt_pages; i++)
        same = c->gdt_frames[i] == pv->gdt[i].n;
    if (!context_ok(c))
        return refuse(RULE_CONTEXT, v->id, -EINVAL);
    if (!same)
        return refuse(RULE_VCPU_STATE, v->id, -EOPNOTSUPP);
    registers_take(v, c);
    return 0;
}

static void tables_tell(const struct pv_vcpu *pv, struct vcpu_guest_context *c)
{
    unsigned int i;

    c->ldt_base = pv->ldt_base;
    c->ldt_ents = pv->ldt_entries;
    c->gdt_ents = pv->gdt_entries;
    for (i = 0; i < DIV_ROUND_UP(pv->gdt_entries, 512); i++)
        c->gdt_frames[i] = pv->gdt[i].n;
    c->ctrlreg[1] = mfn_eq(pv->user_l4, MFN_INVALID) ? 0 : xen_pfn_to_cr3(pv->user_l4.n);
    c->ctrlreg[3] = xen_pfn_to_cr3(pv->kernel_l4.n);
}

void pv_get_context(const struct vcpu *v, struct vcpu_guest_context *c)
{
    const struct pv_vcpu *pv = v->pv;

    fpu_get_legacy(&pv->fpu, &c->fpu_ctxt);
    c->flags = VGCF_I387_VALID | (pv->kernel_mode ? VGCF_in_kernel : 0) |
               (pv->failsafe_masks ? VGCF_failsafe_disables_events : 0) |
               (pv->syscall_masks ? VGCF_syscall_disables_events : 0) |
               (bit_test(&v->pause_flags, VPF_DOWN) ? 0 : VGCF_online);
    c->user_regs = v->regs;
    c->user_regs.entry_vector = 0;
    c->user_regs.rflags |= (uint64_t)pv->iopl << 12;
    memcpy(c->trap_ctxt, pv->traps, sizeof(c->trap_ctxt));
    tables_tell(pv, c);
    c->kernel_ss = pv->kernel_ss;
    c->kernel_sp = pv->kernel_sp;
    c->ctrlreg[0] = pv_cr0(v);
    c->ctrlreg[4] = pv->cr4;
    memcpy(c->debugreg, pv->debugreg, sizeof(c->debugreg));
    c->event_callback_eip = pv->event_callback;
    c->failsafe_callback_eip = pv->failsafe_callback;
    c->syscall_callback_eip = pv->syscall_callback;
    c->vm_assist = v->domain->vm_assist;
    c->fs_base = pv->fs_base;
    c->gs_base_kernel = pv->gs_base_kernel;
    c->gs_base_user = pv->gs_base_user;
}
