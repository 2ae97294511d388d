/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the calls that set handlers, stack and segments of the current vCPU.
 */
#include "pv/register_calls.h"

#include <xen/callback.h>
#include <xen/nmi.h>

#include "cpu/asm.h"
#include "cpu/fixup.h"
#include "kern/softirq.h"
#include "lib/refusal.h"
#include "mm/guest_access.h"
#include "mm/guest_copy.h"
#include "mm/tlb.h"

bool pv_address_ok(uint64_t va)
{
    int64_t top = (int64_t)va >> 47;

    return (top == 0 || top == -1) && (va < HV_VIRT_START || va >= HV_VIRT_END);
}

/* Entries up to the first with address 0; bound: 256, since a table has no more vectors. */
long do_set_trap_table(uint64_t traps)
{
    struct pv_vcpu *pv = current()->pv;
    struct trap_info t;
    unsigned int i;

    if (!traps) {
        for (i = 0; i < 256; i++)
            pv->traps[i] = (struct trap_info){0};
        return 0;
    }
    for (i = 0; i < 256; i++) {
        if (copy_from_guest(&t, guest_element(traps, t, i), sizeof(t)))
            return refuse(RULE_GUEST_MEMORY, traps, -EFAULT);
        if (!t.address)
            break;
        if (!pv_address_ok(t.address))
            return refuse(RULE_CALLBACK_ADDRESS, t.address, -EINVAL);
        pv->traps[t.vector] = t;
    }
    return 0;
}

long do_stack_switch(uint64_t ss, uint64_t sp)
{
    pv_set_kernel_stack(current()->pv, ss, sp);
    return 0;
}

/* The callback of an NMI is gate 2 of the trap table: whichever call came last has set it. */
static void nmi_gate_set(struct pv_vcpu *pv, uint64_t address)
{
    struct trap_info t = {.vector = TRAP_NMI, .cs = FLAT_KERNEL_CS, .address = address};

    TI_SET_IF(&t, 1);
    pv->traps[TRAP_NMI] = t;
}

static int callback_set(struct pv_vcpu *pv, unsigned int type, uint64_t address, unsigned int flags)
{
    bool masks = flags & CALLBACKF_mask_events;

    if (!pv_address_ok(address))
        return refuse(RULE_CALLBACK_ADDRESS, address, -EINVAL);
    switch (type) {
    case CALLBACKTYPE_event:
        pv->event_callback = address;
        return 0;
    case CALLBACKTYPE_failsafe:
        pv->failsafe_callback = address;
        pv->failsafe_masks = masks;
        return 0;
    case CALLBACKTYPE_syscall:
        pv->syscall_callback = address;
        pv->syscall_masks = masks;
        return 0;
    case CALLBACKTYPE_syscall32:
        pv->syscall32_callback = address;
        pv->syscall32_masks = masks;
        return 0;
    case CALLBACKTYPE_sysenter:
        pv->sysenter_callback = address;
        pv->sysenter_masks = masks;
        return 0;
    case CALLBACKTYPE_nmi:
        nmi_gate_set(pv, address);
        return 0;
    default:
        return refuse(RULE_UNKNOWN_OPERATION, type, -ENOSYS);
    }
}

long do_set_callbacks(uint64_t event, uint64_t failsafe, uint64_t syscall)
{
    struct pv_vcpu *pv = current()->pv;

    if (!pv_address_ok(event) || !pv_address_ok(failsafe) || !pv_address_ok(syscall))
        return refuse(RULE_CALLBACK_ADDRESS, event, -EINVAL);
    pv->event_callback = event;
    pv->failsafe_callback = failsafe;
    pv->syscall_callback = syscall;
    return 0;
}

static long callback_unregister(struct pv_vcpu *pv, unsigned int type)
{
    switch (type) {
    case CALLBACKTYPE_event:
    case CALLBACKTYPE_failsafe:
    case CALLBACKTYPE_syscall:
    case CALLBACKTYPE_syscall32:
    case CALLBACKTYPE_sysenter:
        return refuse(RULE_UNKNOWN_OPERATION, type, -EINVAL); /* a guest can't do without them */
    case CALLBACKTYPE_nmi:
        pv->traps[TRAP_NMI] = (struct trap_info){0};
        return 0;
    default:
        return refuse(RULE_UNKNOWN_OPERATION, type, -ENOSYS);
    }
}

long do_callback_op(uint64_t cmd, uint64_t arg)
{
    struct pv_vcpu *pv = current()->pv;
    struct callback_register reg;
    struct callback_unregister unreg;

    switch ((uint32_t)cmd) {
    case CALLBACKOP_register:
        if (copy_from_guest(&reg, gva(arg), sizeof(reg)))
            return refuse(RULE_GUEST_MEMORY, arg, -EFAULT);
        return callback_set(pv, reg.type, reg.address, reg.flags);
    case CALLBACKOP_unregister:
        if (copy_from_guest(&unreg, gva(arg), sizeof(unreg)))
            return refuse(RULE_GUEST_MEMORY, arg, -EFAULT);
        return callback_unregister(pv, unreg.type);
    default:
        return refuse(RULE_UNKNOWN_OPERATION, cmd, -ENOSYS);
    }
}

long do_nmi_op(uint64_t op, uint64_t arg)
{
    struct vcpu *v = current();
    struct xennmi_callback cb;

    switch ((uint32_t)op) {
    case XENNMI_register_callback:
        if (copy_from_guest(&cb, gva(arg), sizeof(cb)))
            return refuse(RULE_GUEST_MEMORY, arg, -EFAULT);
        return callback_set(v->pv, CALLBACKTYPE_nmi, cb.handler_address, 0);
    case XENNMI_unregister_callback:
        return callback_unregister(v->pv, CALLBACKTYPE_nmi);
    default:
        return refuse(RULE_UNKNOWN_OPERATION, op, -ENOSYS);
    }
}

long do_fpu_taskswitch(uint64_t set)
{
    if (set) {
        current()->pv->ctrlreg_ts = 1;
        write_cr0(read_cr0() | CR0_TS);
    } else {
        current()->pv->ctrlreg_ts = 0;
        clts();
    }
    return 0;
}

/* Loads GS for user mode: the selector's base goes where SWAPGS finds it. */
static void load_user_gs(uint16_t sel)
{
    uint64_t flags = irq_save();

    __asm__ volatile("swapgs\n"
                     "1: mov %k0, %%gs\n"
                     "jmp 3f\n"
                     "2: xorl %k0, %k0\n"
                     "mov %k0, %%gs\n"
                     "3: mfence; swapgs\n" FIXUP("1b", "2b")
                     : "+r"(sel)::"memory");
    irq_restore(flags);
}

long do_set_segment_base(uint64_t which, uint64_t base)
{
    which = (uint32_t)which;
    if (which <= SEGBASE_GS_KERNEL && !pv_address_ok(base))
        return refuse(RULE_SEGMENT_BASE, base, -EINVAL);
    switch (which) {
    case SEGBASE_FS:
        wrmsr(MSR_FS_BASE, base);
        return 0;
    case SEGBASE_GS_USER:
        wrmsr(MSR_KERNEL_GS_BASE, base);
        return 0;
    case SEGBASE_GS_KERNEL:
        wrmsr(MSR_GS_BASE, base);
        return 0;
    case SEGBASE_GS_USER_SEL:
        load_user_gs((uint16_t)base);
        return 0;
    default:
        return refuse(RULE_UNKNOWN_OPERATION, which, -EINVAL);
    }
}

long do_vm_assist(uint64_t cmd, uint64_t type)
{
    struct domain *d = current()->domain;

    type = (uint32_t)type;
    if (type >= 64 || !(VM_ASSISTS >> type & 1))
        return refuse(RULE_UNKNOWN_OPERATION, type, -EINVAL);
    switch ((uint32_t)cmd) {
    case VMASST_CMD_enable:
        __atomic_or_fetch(&d->vm_assist, BIT(type), __ATOMIC_SEQ_CST);
        return 0;
    case VMASST_CMD_disable:
        __atomic_and_fetch(&d->vm_assist, ~BIT(type), __ATOMIC_SEQ_CST);
        return 0;
    default:
        return refuse(RULE_UNKNOWN_OPERATION, cmd, -ENOSYS);
    }
}

/* What the guest's kernel left on its stack for HYPERVISOR_iret. */
struct iret_frame {
    uint64_t rax, r11, rcx, flags, rip, cs, rflags, rsp, ss;
};

#define IRET_WORD(name)   "1: movq %c[at_" #name "](%[from]), %[" #name "]\n" FIXUP("1b", "9f")
#define IRET_OUT(name)    [name] "=&r"(f->name)
#define IRET_OFFSET(name) [at_##name] "i"(offsetof(struct iret_frame, name))

/*
 * Without R11 and RCX, which SYSRET does not bring back. In one piece, so that all stay in
 * registers until they are checked.
 */
static inline bool iret_frame_load(struct iret_frame *f, uint64_t at)
{
    uint32_t bad = 0;

    if (unlikely(!gva_range_ok(gva(at), sizeof(*f))))
        return false;
    guest_access_begin();
    __asm__ volatile(IRET_WORD(rax) IRET_WORD(flags) IRET_WORD(rip) IRET_WORD(cs) IRET_WORD(rflags)
                         IRET_WORD(rsp) IRET_WORD(ss) "2:\n"
                                                      ".subsection 1\n"
                                                      "9: movl $1, %k[fault]\n"
                                                      "jmp 2b\n"
                                                      ".previous\n"
                     : IRET_OUT(rax), IRET_OUT(flags), IRET_OUT(rip), IRET_OUT(cs),
                       IRET_OUT(rflags), IRET_OUT(rsp), IRET_OUT(ss), [fault] "+r"(bad)
                     : [from] "r"(at), IRET_OFFSET(rax), IRET_OFFSET(flags), IRET_OFFSET(rip),
                       IRET_OFFSET(cs), IRET_OFFSET(rflags), IRET_OFFSET(rsp), IRET_OFFSET(ss));
    guest_access_end();
    return !bad;
}

static void iret_end_of_nmi(struct vcpu *v)
{
    v->pv->in_nmi = false;
    if (v->nmi_pending)
        softirq_raise(SOFTIRQ_EXIT);
}

static noinline long iret_impossible(uint64_t at, const char *why)
{
    domain_crash(current()->domain, "IRET from a frame at %lx: %s", at, why);
    return 0;
}

/* A word of the frame that goes into the registers as it is. */
static inline bool iret_word(uint64_t *to, const uint64_t *from)
{
    uint32_t bad = 0;
    uint64_t word;

    guest_access_begin();
    guest_load_u64(word, from, bad);
    guest_access_end();
    *to = word;
    return !bad;
}

/* R11 and RCX, from the same range, and the way out that restores them. */
static inline __attribute__((always_inline)) bool iret_scratch_load(struct cpu_user_regs *regs,
                                                                    uint64_t at)
{
    const struct iret_frame *from = (const struct iret_frame *)at;

    regs->entry_vector = 0;
    return iret_word(&regs->r11, &from->r11) && iret_word(&regs->rcx, &from->rcx);
}

static noinline long iret_from_nmi(uint64_t rax)
{
    iret_end_of_nmi(current());
    return (long)rax;
}

/* RAX is the guest's own choice: entry.S does not take it for -ERESTART. */
long do_iret(void)
{
    struct cpu_user_regs *regs = guest_regs();
    uint64_t at = regs->rsp;
    struct iret_frame f;
    struct pv_vcpu *pv;
    struct vcpu *v;

    if (unlikely(!iret_frame_load(&f, at)))
        return iret_impossible(at, "it is not there");
    /* else it leaves as it came, by SYSRET; while the kernel's tables are loaded */
    if ((!(f.flags & VGCF_in_syscall) || unlikely((uint16_t)f.cs == SEL_GUEST_CS32)) &&
        unlikely(!iret_scratch_load(regs, at)))
        return iret_impossible(at, "it is not all there");
    v = current();
    pv = v->pv;
    if ((f.cs & 3) == 3) {
        if (unlikely(mfn_eq(pv->user_l4, MFN_INVALID)))
            return iret_impossible(at, "no tables for user mode");
        pv_enter(frame_cpu(regs), false, pv->user_l4);
    }
    if (unlikely(v->domain->vm_assist >> VMASST_TYPE_architectural_iopl & 1))
        pv->iopl = (f.rflags & RFLAGS_IOPL) >> 12;
    if (likely(f.rflags & RFLAGS_IF)) {
        v->info->evtchn_upcall_mask = 0;
    } else {
        barrier(); /* a branch: it is hardly ever taken */
        v->info->evtchn_upcall_mask = 1;
    }
    regs->rip = f.rip;
    regs->cs = (uint16_t)f.cs | 3;
    regs->rflags =
        (f.rflags & ~(uint64_t)(RFLAGS_IOPL | RFLAGS_VM | RFLAGS_NT | RFLAGS_VIF | RFLAGS_VIP)) |
        RFLAGS_IF | RFLAGS_FIXED;
    regs->rsp = f.rsp;
    regs->ss = (uint16_t)f.ss | 3;
    return unlikely(pv->in_nmi) ? iret_from_nmi(f.rax) : (long)f.rax;
}
