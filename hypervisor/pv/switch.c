/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what of a PV vCPU lives in the CPU while it runs: tables, segments, debug registers, FPU.
 */
#include "cpu/asm.h"
#include "cpu/descriptors.h"
#include "cpu/fixup.h"
#include "kern/softirq.h"
#include "mm/tlb.h"
#include "pv/control.h"
#include "pv/descriptor_tables.h"
#include "pv/pv.h"

#define SEGMENT(name)                                                                              \
    static inline uint16_t read_##name(void)                                                       \
    {                                                                                              \
        uint16_t sel;                                                                              \
        __asm__ volatile("mov %%" #name ", %0" : "=r"(sel));                                       \
        return sel;                                                                                \
    }                                                                                              \
    /* Loads the selector, or nothing when the guest's tables have no such segment any more. */    \
    static inline void load_##name(uint16_t sel)                                                   \
    {                                                                                              \
        __asm__ volatile("1: mov %k0, %%" #name "\n"                                               \
                         "jmp 3f\n"                                                                \
                         "2: xorl %k0, %k0\n"                                                      \
                         "mov %k0, %%" #name "\n"                                                  \
                         "3:\n" FIXUP("1b", "2b")                                                  \
                         : "+r"(sel)::"memory");                                                   \
    }
SEGMENT(ds)
SEGMENT(es)
SEGMENT(fs)
SEGMENT(gs)

static void debug_registers_clear(const struct pv_vcpu *pv)
{
    if (pv->debugreg[7] & 0xff)
        write_dr7(0x400);
}

static void debug_registers_load(const struct pv_vcpu *pv)
{
    if (!(pv->debugreg[7] & 0xff))
        return;
    write_dr0(pv->debugreg[0]);
    write_dr1(pv->debugreg[1]);
    write_dr2(pv->debugreg[2]);
    write_dr3(pv->debugreg[3]);
    write_dr7(pv->debugreg[7]);
}

void pv_save(struct vcpu *v)
{
    struct pv_vcpu *pv = v->pv;

    pv->kernel_mode = guest_in_kernel();
    v->regs.ds = read_ds();
    v->regs.es = read_es();
    v->regs.fs = read_fs();
    v->regs.gs = read_gs();
    pv->fs_base = rdmsr(MSR_FS_BASE);
    pv->gs_base_kernel = rdmsr(pv->kernel_mode ? MSR_GS_BASE : MSR_KERNEL_GS_BASE);
    pv->gs_base_user = rdmsr(pv->kernel_mode ? MSR_KERNEL_GS_BASE : MSR_GS_BASE);
    debug_registers_clear(pv);
    fpu_save(&pv->fpu);
}

void pv_load(struct vcpu *v)
{
    struct pv_vcpu *pv = v->pv;

    this_cpu()->guest_kernel = pv->kernel_mode;
    descriptors_use_own(); /* the guest's GDT is about to go, or to be another's */
    tlb_guest_loading();
    pv_use_windows(v);
    this_cpu()->loaded_cr3 = 0;
    tlb_load_cr3(mfn_to_paddr(pv->kernel_mode ? pv->kernel_l4 : pv->user_l4).a, true);
    descriptor_tables_load(v);
    load_ds((uint16_t)v->regs.ds);
    load_es((uint16_t)v->regs.es);
    load_fs((uint16_t)v->regs.fs);
    load_gs((uint16_t)v->regs.gs);
    wrmsr(MSR_FS_BASE, pv->fs_base);
    wrmsr(MSR_GS_BASE, pv->kernel_mode ? pv->gs_base_kernel : pv->gs_base_user);
    wrmsr(MSR_KERNEL_GS_BASE, pv->kernel_mode ? pv->gs_base_user : pv->gs_base_kernel);
    debug_registers_load(pv);
    pv_cr4_load(v);
    fpu_load(&pv->fpu);
    if (pv->ctrlreg_ts)
        write_cr0(read_cr0() | CR0_TS);
    if (unlikely(READ_ONCE(v->nmi_pending)))
        softirq_raise(SOFTIRQ_EXIT); /* it came while the vCPU was not on a CPU */
}

void pv_use_windows(struct vcpu *v)
{
    window_cache_use(&v->pv->windows);
}
