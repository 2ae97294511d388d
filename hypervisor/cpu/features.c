/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the features of the CPUs of this machine: the boot CPU's, which every other one must have
 * too.
 */
#include "cpu/features.h"
#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "lib/bits.h"
#include "lib/printk.h"

#define PLATFORM_INFO_CPUID_FAULTING BIT(31)
#define ARCH_CAP_RDCL_NO             BIT(0)

#define DE_CFG_LFENCE BIT(1)

struct cpu_features cpu_features __read_mostly;

static void read_features(struct cpu_features *f)
{
    uint64_t v;

    features_parse(f, cpuid);
    if (f->intel && rdmsr_safe(MSR_PLATFORM_INFO, &v))
        f->cpuid_faulting = v & PLATFORM_INFO_CPUID_FAULTING;
    if (f->max_leaf >= 7 && cpuid(7, 0).d & BIT(29) && rdmsr_safe(MSR_ARCH_CAPABILITIES, &v) &&
        v & ARCH_CAP_RDCL_NO)
        f->l1tf = false;
    if (f->amd && !f->lfence_serialises && rdmsr_safe(MSR_DE_CFG, &v))
        f->lfence_serialises = wrmsr_safe(MSR_DE_CFG, v | DE_CFG_LFENCE) &&
                               rdmsr_safe(MSR_DE_CFG, &v) && v & DE_CFG_LFENCE;
}

void features_detect(void)
{
    struct cpu_features *f = &cpu_features;

    read_features(f);
    if (!f->nx || !f->pge || !f->pat || !f->fxsr)
        panic("This CPU lacks%s%s%s%s, which Mortise needs", f->nx ? "" : " NX",
              f->pge ? "" : " PGE", f->pat ? "" : " PAT", f->fxsr ? "" : " FXSR");
    if (f->xsave && (f->xcr0 & (XCR0_X87 | XCR0_SSE)) != (XCR0_X87 | XCR0_SSE))
        panic("This CPU has XSAVE without SSE state");
}

void features_check_cpu(void)
{
    struct cpu_features f;
    const char *missing;

    read_features(&f);
    missing = features_missing(&cpu_features, &f);
    if (missing)
        panic("CPU %u is not like the first one: %s", cpu_id(), missing);
}
