/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what a PV guest reads from CPUID: a whitelist over what the CPU says. Pure.
 *
 * A feature that a kernel has to manage is in the whitelist only when the hypervisor manages it for
 * the guest; everything else is off in the real CR4 and XCR0 too (cpu/control.c). No topology is
 * shown: every vCPU is a package.
 */
#ifndef PV_CPUID_POLICY_H
#define PV_CPUID_POLICY_H

#include "cpu/cpuid.h"
#include "cpu/features.h"
#include "lib/types.h"

#define POLICY_BASIC    0xe  /* leaves 0 to 0xd */
#define POLICY_EXT      0x22 /* leaves 0x80000000 to 0x80000021 */
#define POLICY_CACHES   8    /* subleaves of leaf 4 */
#define POLICY_FEATURES 2    /* subleaves of leaf 7 */
#define POLICY_XSTATES  3    /* subleaves of leaf 0xd: 0 is computed; 2 is AVX */

struct cpuid_policy {
    struct cpuid_leaf basic[POLICY_BASIC];
    struct cpuid_leaf cache[POLICY_CACHES];
    struct cpuid_leaf feature[POLICY_FEATURES];
    struct cpuid_leaf xstate[POLICY_XSTATES];
    struct cpuid_leaf ext[POLICY_EXT];
    uint64_t xcr0; /* components offered; 0: no XSAVE */
};

/* What depends on the vCPU that asks. */
struct cpuid_vcpu {
    uint64_t xcr0;
    bool hide_osxsave; /* asked in user mode, and the guest's own CR4 has it clear */
};

/* The host's policy for PV guests; `control`: for the control domain, which also sees MTRRs and the
 * invariant TSC. */
void cpuid_policy_default(struct cpuid_policy *p, const struct cpu_features *f, bool control,
                          cpuid_reader read);

/* The answer for a leaf outside 0x40000000 to 0x4fffffff; zeros for what is not there. */
struct cpuid_leaf cpuid_policy_read(const struct cpuid_policy *p, const struct cpuid_vcpu *v,
                                    uint32_t leaf, uint32_t sub);

/* Bits of CR4 that a guest with this policy may have set. */
uint64_t cpuid_policy_cr4(const struct cpuid_policy *p);

#endif
