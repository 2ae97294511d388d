/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what this CPU can do: found once on the boot CPU, compared on the others.
 */
#ifndef CPU_FEATURES_H
#define CPU_FEATURES_H

#include "cpu/cpuid.h"
#include "lib/types.h"

#define XCR0_X87 0x1UL
#define XCR0_SSE 0x2UL
#define XCR0_AVX 0x4UL

struct cpu_features {
    char vendor[13];
    uint32_t family, model, stepping;
    uint32_t max_leaf, max_ext_leaf;
    uint8_t phys_bits, virt_bits;
    bool intel, amd;
    bool x2apic, tsc_deadline, invariant_tsc, arat;
    bool nx, pge, pat, smep, smap, umip, fsgsbase, gbpages, pcid, invpcid;
    bool xsave, xsaveopt, xsavec, fxsr;
    bool rdtscp, mce;
    bool fxsave_skips_pointers; /* AMD: no x87 error pointers without an exception */
    bool lfence_serialises;     /* AMD: LFENCE waits for all before it, or was made to */
    bool cpuid_faulting;        /* MSR_MISC_FEATURES_ENABLES bit 0 works */
    bool ibpb, l1tf;
    uint64_t xcr0;       /* state components that are offered and switched */
    uint32_t xsave_size; /* bytes of a save area with all of xcr0; 512 with FXSAVE */
};

extern struct cpu_features cpu_features;

/* Pure: all but what needs an MSR to be known (cpuid_faulting; l1tf is what the model suggests). */
void features_parse(struct cpu_features *f, cpuid_reader read);

/* Pure: the name of something in `first` that we or guests rely on and `other` lacks; or NULL. */
const char *features_missing(const struct cpu_features *first, const struct cpu_features *other);

/* Pure: bytes of an XSAVE area in the standard form with these components. */
uint32_t xsave_area_size(uint64_t xcr0, cpuid_reader read);

/* Pure: whether XCR0 may hold a value: with x87, no AVX without SSE, nothing not offered. */
bool xcr0_legal(uint64_t value, uint64_t offered);

void features_detect(void);    /* boot CPU */
void features_check_cpu(void); /* another CPU: panics naming what it lacks */

#endif
