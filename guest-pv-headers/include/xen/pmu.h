/* SPDX-License-Identifier: MIT */
/*
 * pmu.h: HYPERVISOR_xenpmu_op(cmd, struct xen_pmu_params), a guest's performance counters.
 *
 * Each vCPU gives a page; on an overflow the hypervisor fills xen_pmu_data there and raises
 * VIRQ_XENPMU. Mortise answers -ENOSYS; guests then do without.
 */
#ifndef __XEN_PUBLIC_PMU_H__
#define __XEN_PUBLIC_PMU_H__

#include "xen.h"
#include "arch-x86/pmu.h"

#define XENPMU_VER_MAJ 0
#define XENPMU_VER_MIN 1

#define XENPMU_mode_get    0
#define XENPMU_mode_set    1
#define XENPMU_feature_get 2
#define XENPMU_feature_set 3
#define XENPMU_init        4 /* the calling vCPU's page begins */
#define XENPMU_finish      5 /* and ends */
#define XENPMU_lvtpc_set   6 /* take over lapic_lvtpc from the page */
#define XENPMU_flush       7 /* write the counters to the hardware */

#define XENPMU_MODE_OFF  0
#define XENPMU_MODE_SELF (1 << 0) /* a domain counts itself */
#define XENPMU_MODE_HV   (1 << 1) /* the control domain counts the hypervisor too */
#define XENPMU_MODE_ALL  (1 << 2) /* the control domain counts everything */

#define XENPMU_FEATURE_INTEL_BTS (1 << 0)
#define XENPMU_FEATURE_IPC_ONLY  (1 << 1)
#define XENPMU_FEATURE_ARCH_ONLY (1 << 2)

#ifndef __ASSEMBLY__

typedef struct xen_pmu_params {
    struct {
        uint32_t maj;
        uint32_t min;
    } version;     /* in and out */
    uint64_t val;  /* in: mode, feature or frame; out: what is set */
    uint32_t vcpu; /* in */
    uint32_t pad;
} xen_pmu_params_t;
DEFINE_XEN_GUEST_HANDLE(xen_pmu_params_t);

/* The shared page. */
XEN_ABI_EXT struct xen_pmu_data {
    uint32_t vcpu_id; /* by the hypervisor: who was interrupted, and where */
    uint32_t pcpu_id;
    domid_t domain_id;
    uint8_t pad[6];
    xen_pmu_arch_t pmu;
};

#endif /* __ASSEMBLY__ */

#endif
