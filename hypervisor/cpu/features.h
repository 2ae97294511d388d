/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what this CPU can do: found once on the boot CPU, compared on the others.
 */
#ifndef CPU_FEATURES_H
#define CPU_FEATURES_H

#include "lib/types.h"

struct cpu_features {
    char vendor[13];
    uint32_t family, model, stepping;
    uint32_t max_leaf, max_ext_leaf;
    uint8_t phys_bits, virt_bits;
    bool intel, amd;
    bool x2apic, tsc_deadline, invariant_tsc, arat;
    bool nx, pge, pat, smep, smap, umip, fsgsbase, gbpages, pcid, invpcid;
    bool xsave, xsaveopt, xsavec, fxsr;
    bool cpuid_faulting; /* MSR_MISC_FEATURES_ENABLES bit 0 works */
    bool ibpb, l1tf;
    uint64_t xcr0;       /* state components that are offered and switched */
    uint32_t xsave_size; /* bytes of a save area with all of xcr0; 512 with FXSAVE */
};

extern struct cpu_features cpu_features;

void features_detect(void);     /* boot CPU */
void features_check_cpu(void);  /* another CPU: panics naming what it lacks */

#endif
