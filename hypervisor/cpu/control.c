/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the control registers. Features that a kernel has to manage and that are not offered to
 * guests (FSGSBASE, PKU, CET, UMIP, PCID) stay off in CR4, so that a guest can't use them whatever
 * it reads from CPUID.
 */
#include "cpu/control.h"
#include "cpu/asm.h"
#include "cpu/features.h"
#include "cpu/percpu.h"

#define MISC_FEATURES_CPUID_FAULT 1

static uint64_t cr4_now[MAX_CPUS], xcr0_now[MAX_CPUS];
static uint64_t cr4_base __read_mostly;

static void xsetbv0(uint64_t v)
{
    __asm__ volatile("xsetbv" ::"c"(0), "a"((uint32_t)v), "d"((uint32_t)(v >> 32)) : "memory");
}

uint64_t cpu_cr4(void)
{
    return cr4_base;
}

static uint64_t choose_cr4(const struct cpu_features *f)
{
    return CR4_PAE | CR4_DE | CR4_OSFXSR | CR4_OSXMMEXCPT | (f->mce ? CR4_MCE : 0) |
           (f->pge ? CR4_PGE : 0) | (f->smep ? CR4_SMEP : 0) | (f->smap ? CR4_SMAP : 0) |
           (f->xsave ? CR4_OSXSAVE : 0);
}

void cpu_init_registers(void)
{
    const struct cpu_features *f = &cpu_features;
    unsigned int cpu = cpu_id();

    cr4_base = choose_cr4(f);
    cr4_now[cpu] = cr4_base;
    write_cr4(cr4_base);
    write_cr0(CR0_HV);
    if (f->xsave) {
        xcr0_now[cpu] = f->xcr0;
        xsetbv0(f->xcr0);
    }
    /* not what firmware may have left on: with FFXSR an FXSAVE of ours would leave out XMM */
    wrmsr(MSR_EFER, (rdmsr(MSR_EFER) & (EFER_LME | EFER_LMA)) | EFER_SCE | EFER_NX);
    wrmsr(MSR_PAT, PAT_GUEST);
    if (f->rdtscp)
        wrmsr(MSR_TSC_AUX, 0);
    if (f->cpuid_faulting)
        wrmsr(MSR_MISC_FEATURES_ENABLES, MISC_FEATURES_CPUID_FAULT);
}

void cpu_write_cr4(uint64_t cr4)
{
    unsigned int cpu = cpu_id();

    if (cr4_now[cpu] == cr4)
        return;
    cr4_now[cpu] = cr4;
    write_cr4(cr4);
}

void cpu_write_xcr0(uint64_t xcr0)
{
    unsigned int cpu = cpu_id();

    if (!cpu_features.xsave || xcr0_now[cpu] == xcr0)
        return;
    xcr0_now[cpu] = xcr0;
    xsetbv0(xcr0);
}

void cpu_set_ts(bool set)
{
    if (set)
        write_cr0(CR0_HV | CR0_TS);
    else
        clts();
}
