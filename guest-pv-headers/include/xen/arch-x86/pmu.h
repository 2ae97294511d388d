/* SPDX-License-Identifier: MIT */
/*
 * arch-x86/pmu.h: performance counter state of an x86 vCPU. Included by pmu.h.
 *
 * counters, ctrls and their kin are byte offsets from the start of the context to the arrays in
 * regs.
 */
#ifndef __XEN_PUBLIC_ARCH_X86_PMU_H__
#define __XEN_PUBLIC_ARCH_X86_PMU_H__

#include "../xen.h"

/* xen_pmu_arch.pmu_flags */
#define PMU_CACHED      (1 << 0) /* by the guest: do not touch the hardware yet */
#define PMU_SAMPLE_USER (1 << 1) /* by the hypervisor, as the two below */
#define PMU_SAMPLE_REAL (1 << 2) /* real mode */
#define PMU_SAMPLE_PV   (1 << 3)

#define XENPMU_REGS_PAD_SZ 64
#define XENPMU_CTXT_PAD_SZ 128

#ifndef __ASSEMBLY__

typedef struct xen_pmu_amd_ctxt {
    uint32_t counters;
    uint32_t ctrls;
    XEN_ABI_EXT uint64_t regs[XEN_FLEX_ARRAY_DIM];
} xen_pmu_amd_ctxt_t;
DEFINE_XEN_GUEST_HANDLE(xen_pmu_amd_ctxt_t);

typedef struct xen_pmu_cntr_pair {
    uint64_t counter;
    uint64_t control;
} xen_pmu_cntr_pair_t;
DEFINE_XEN_GUEST_HANDLE(xen_pmu_cntr_pair_t);

/* Members from global_ctrl to debugctl are MSRs of those names. */
typedef struct xen_pmu_intel_ctxt {
    uint32_t fixed_counters;
    uint32_t arch_counters;
    uint64_t global_ctrl;
    uint64_t global_ovf_ctrl;
    uint64_t global_status;
    uint64_t fixed_ctrl;
    uint64_t ds_area;
    uint64_t pebs_enable;
    uint64_t debugctl;
    XEN_ABI_EXT uint64_t regs[XEN_FLEX_ARRAY_DIM];
} xen_pmu_intel_ctxt_t;
DEFINE_XEN_GUEST_HANDLE(xen_pmu_intel_ctxt_t);

/* What was running when the counter overflowed. */
typedef struct xen_pmu_regs {
    uint64_t ip;
    uint64_t sp;
    uint64_t flags;
    uint16_t cs;
    uint16_t ss;
    uint8_t cpl;
    uint8_t pad[3];
} xen_pmu_regs_t;
DEFINE_XEN_GUEST_HANDLE(xen_pmu_regs_t);

XEN_ABI_EXT typedef struct xen_pmu_arch {
    union {
        xen_pmu_regs_t regs; /* by the hypervisor */
        uint8_t pad[XENPMU_REGS_PAD_SZ];
    } r;
    uint64_t pmu_flags;
    union {
        uint32_t lapic_lvtpc; /* by the guest, until XENPMU_lvtpc_set */
        uint64_t pad;
    } l;
    union {
        xen_pmu_amd_ctxt_t amd;
        xen_pmu_intel_ctxt_t intel;
        uint8_t pad[XENPMU_CTXT_PAD_SZ];
    } c; /* saved and loaded by the hypervisor */
} xen_pmu_arch_t;
DEFINE_XEN_GUEST_HANDLE(xen_pmu_arch_t);

#endif /* __ASSEMBLY__ */

#endif
