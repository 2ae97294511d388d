/* SPDX-License-Identifier: MIT */
/*
 * xen-mca.h: HYPERVISOR_mca(struct xen_mc), machine checks.
 *
 * The hypervisor queues what the hardware reported and raises VIRQ_MCA; the control domain fetches
 * an item, then fetches again with XEN_MC_ACK and the id to drop it. An item is mc_info with a
 * chain of records in mi_data, each starting with its type and size.
 */
#ifndef __XEN_PUBLIC_ARCH_X86_MCA_H__
#define __XEN_PUBLIC_ARCH_X86_MCA_H__

#include "../xen.h"

#define __HYPERVISOR_mca          __HYPERVISOR_arch_0
#define VIRQ_MCA                  VIRQ_ARCH_0
#define XEN_MCA_INTERFACE_VERSION 0x01ecc003

/* xen_mc.cmd */
#define XEN_MC_fetch        1
#define XEN_MC_notifydomain 2
#define XEN_MC_physcpuinfo  3
#define XEN_MC_msrinject    4
#define XEN_MC_mceinject    5
#if defined(__XEN__) || defined(__XEN_TOOLS__)
#define XEN_MC_inject_v2 6
#endif

/* xen_mc_fetch.flags on the way in */
#define XEN_MC_NONURGENT 0x0001 /* corrected errors */
#define XEN_MC_URGENT    0x0002
#define XEN_MC_ACK       0x0004

/* flags on the way out */
#define XEN_MC_OK           0x0
#define XEN_MC_FETCHFAILED  0x1
#define XEN_MC_NODATA       0x2 /* nothing waits */
#define XEN_MC_NOMATCH      0x4 /* another error came in between */
#define XEN_MC_CANNOTHANDLE 0x8 /* the guest has no handler */
#define XEN_MC_NOTDELIVERED 0x10

#define XEN_MC_VCPUID_INVALID 0xffff

/* mcinfo_common.type */
#define MC_TYPE_GLOBAL   0
#define MC_TYPE_BANK     1
#define MC_TYPE_EXTENDED 2
#define MC_TYPE_RECOVERY 3

/* mcinfo_global.mc_flags */
#define MC_FLAG_CORRECTABLE   (1 << 0)
#define MC_FLAG_UNCORRECTABLE (1 << 1)
#define MC_FLAG_RECOVERABLE   (1 << 2)
#define MC_FLAG_POLLED        (1 << 3) /* how it was noticed, as the three below */
#define MC_FLAG_RESET         (1 << 4)
#define MC_FLAG_CMCI          (1 << 5)
#define MC_FLAG_MCE           (1 << 6)

/* mcinfo_recovery.action_flags, .action_types */
#define REC_ACTION_RECOVERED   (0x1 << 0)
#define REC_ACTION_NONE        (0x1 << 1)
#define REC_ACTION_NEED_RESET  (0x1 << 2)
#define MC_ACTION_PAGE_OFFLINE (0x1 << 0)
#define MC_ACTION_CPU_OFFLINE  (0x1 << 1)
#define MC_ACTION_CACHE_SHRINK (0x1 << 2)

#define MAX_UNION_SIZE          16   /* bytes of an action */
#define MCINFO_HYPERCALLSIZE    1024 /* bytes */
#define MCINFO_MAXSIZE          768  /* bytes of one item */
#define MCINFO_FLAGS_UNCOMPLETE 0x1  /* records did not fit */

#define __MC_MSR_ARRAYSIZE 8
#if __XEN_INTERFACE_VERSION__ <= 0x00040d00
#define __MC_NMSRS 1
#endif

/* mcinfo_logical_cpu.mc_cpu_caps: which CPUID word is where */
#define MC_NCAPS        7
#define MC_CAPS_STD_EDX 0 /* 1 */
#define MC_CAPS_AMD_EDX 1 /* 0x80000001 */
#define MC_CAPS_TM      2 /* 0x80860001 */
#define MC_CAPS_LINUX   3 /* Linux's own */
#define MC_CAPS_STD_ECX 4 /* 1 */
#define MC_CAPS_VIA     5 /* 0xc0000001 */
#define MC_CAPS_AMD_ECX 6 /* 0x80000001 */

/* xen_mc_msrinject */
#define MC_MSRINJ_MAXMSRS     8
#define MC_MSRINJ_F_INTERPOSE 0x1 /* later reads see the values, the MSRs stay */
#define MC_MSRINJ_F_GPADDR    0x2 /* addresses are those of mcinj_domid */

#if defined(__XEN__) || defined(__XEN_TOOLS__)
/* xen_mc_inject_v2.flags */
#define XEN_MC_INJECT_TYPE_MASK     0x7
#define XEN_MC_INJECT_TYPE_MCE      0x0
#define XEN_MC_INJECT_TYPE_CMCI     0x1
#define XEN_MC_INJECT_TYPE_LMCE     0x2
#define XEN_MC_INJECT_CPU_BROADCAST 0x8
#endif

#ifndef __ASSEMBLY__

typedef struct mcinfo_common {
    uint16_t type; /* MC_TYPE_* */
    uint16_t size; /* bytes, this header included */
} xen_mcinfo_common_t;

struct mcinfo_global {
    xen_mcinfo_common_t common;
    uint16_t mc_domid; /* who was running */
    uint16_t mc_vcpuid;
    uint32_t mc_socketid; /* where */
    uint16_t mc_coreid;
    uint16_t mc_core_threadid;
    uint32_t mc_apicid;
    uint32_t mc_flags;   /* MC_FLAG_* */
    uint64_t mc_gstatus; /* IA32_MCG_STATUS */
};

/* One bank; the five words are its MSRs and the time. */
struct mcinfo_bank {
    xen_mcinfo_common_t common;
    uint16_t mc_bank;
    uint16_t mc_domid; /* owner of mc_addr, for the control domain */
    uint64_t mc_status;
    uint64_t mc_addr;
    uint64_t mc_misc;
    uint64_t mc_ctrl2;
    uint64_t mc_tsc;
};

typedef struct mcinfo_msr {
    uint64_t reg;
    uint64_t value;
} xen_mcinfo_msr_t;

struct mcinfo_extended {
    xen_mcinfo_common_t common;
    uint32_t mc_msrs; /* entries used */
    xen_mcinfo_msr_t mc_msr[32];
};

typedef struct page_offline_action {
    uint64_t mfn;
    uint64_t status;
} xen_page_offline_action_t;

typedef struct cpu_offline_action {
    uint32_t mc_socketid;
    uint16_t mc_coreid;
    uint16_t mc_core_threadid;
} xen_cpu_offline_action_t;

/* What the hypervisor did about it. */
struct mcinfo_recovery {
    xen_mcinfo_common_t common;
    uint16_t mc_bank;
    uint8_t action_flags; /* REC_ACTION_* */
    uint8_t action_types; /* MC_ACTION_* */
    union {
        xen_page_offline_action_t page_retire;
        xen_cpu_offline_action_t cpu_offline;
        uint8_t pad[MAX_UNION_SIZE];
    } action_info;
};

typedef struct mc_info {
    uint32_t mi_nentries; /* records */
    uint32_t flags;       /* MCINFO_FLAGS_* */
    uint64_t mi_data[(MCINFO_MAXSIZE - 1) / 8];
} mc_info_t;
DEFINE_XEN_GUEST_HANDLE(mc_info_t);

typedef struct mcinfo_logical_cpu {
    uint32_t mc_cpunr;
    uint32_t mc_chipid;
    uint16_t mc_coreid;
    uint16_t mc_threadid;
    uint32_t mc_apicid;
    uint32_t mc_clusterid;
    uint32_t mc_ncores;
    uint32_t mc_ncores_active;
    uint32_t mc_nthreads;
    int32_t mc_cpuid_level;
    uint32_t mc_family;
    uint32_t mc_vendor;
    uint32_t mc_model;
    uint32_t mc_step;
    char mc_vendorid[16];
    char mc_brandid[64];
    uint32_t mc_cpu_caps[MC_NCAPS];
    uint32_t mc_cache_size; /* KiB */
    uint32_t mc_cache_alignment;
    int32_t mc_nmsrvals; /* entries of mc_msrvalues */
    xen_mcinfo_msr_t mc_msrvalues[__MC_MSR_ARRAYSIZE];
} xen_mc_logical_cpu_t;
DEFINE_XEN_GUEST_HANDLE(xen_mc_logical_cpu_t);

/* Walking the records of an item. */
#define x86_mcinfo_nentries(_mi) ((_mi)->mi_nentries)
#define x86_mcinfo_first(_mi)    ((struct mcinfo_common *)(_mi)->mi_data)
#define x86_mcinfo_next(_mic)    ((struct mcinfo_common *)((uint8_t *)(_mic) + (_mic)->size))

/* Sets ret to the first record of a type, or to a null pointer. */
#define x86_mcinfo_lookup(_ret, _mi, _type)                                                        \
    do {                                                                                           \
        struct mc_info *in_ = (_mi);                                                               \
        uint32_t left_ = in_ ? x86_mcinfo_nentries(in_) : 0;                                       \
        struct mcinfo_common *at_ = left_ ? x86_mcinfo_first(in_) : 0;                             \
                                                                                                   \
        while (left_ && at_->type != (_type)) {                                                    \
            at_ = x86_mcinfo_next(at_);                                                            \
            left_--;                                                                               \
        }                                                                                          \
        (_ret) = left_ ? at_ : 0;                                                                  \
    } while (0)

typedef struct xen_mc_fetch {
    uint32_t flags; /* in and out: XEN_MC_* */
    uint32_t _pad0;
    uint64_t fetch_id; /* out; in with XEN_MC_ACK */
    XEN_GUEST_HANDLE(mc_info_t) data;
} xen_mc_fetch_t;
DEFINE_XEN_GUEST_HANDLE(xen_mc_fetch_t);

typedef struct xen_mc_notifydomain {
    uint16_t mc_domid;  /* in */
    uint16_t mc_vcpuid; /* in */
    uint32_t flags;     /* in and out */
} xen_mc_notifydomain_t;
DEFINE_XEN_GUEST_HANDLE(xen_mc_notifydomain_t);

typedef struct xen_mc_physcpuinfo {
    uint32_t ncpus; /* in: room; out: how many there are */
    uint32_t _pad0;
    XEN_GUEST_HANDLE(xen_mc_logical_cpu_t) info; /* out; null asks for the number */
} xen_mc_physcpuinfo_t;

typedef struct xen_mc_msrinject {
    uint32_t mcinj_cpunr; /* in: pCPU */
    uint32_t mcinj_flags; /* in: MC_MSRINJ_F_* */
    uint32_t mcinj_count; /* in: entries used */
    domid_t mcinj_domid;  /* in */
    uint16_t _pad0;
    xen_mcinfo_msr_t mcinj_msr[MC_MSRINJ_MAXMSRS];
} xen_mc_msrinject_t;

typedef struct xen_mc_mceinject {
    unsigned int mceinj_cpunr; /* in: pCPU */
} xen_mc_mceinject_t;

#if defined(__XEN__) || defined(__XEN_TOOLS__)
typedef struct xen_mc_inject_v2 {
    uint32_t flags;
    xenctl_bitmap_t cpumap;
} xen_mc_inject_v2_t;
#endif

typedef struct xen_mc {
    uint32_t cmd;
    uint32_t interface_version; /* XEN_MCA_INTERFACE_VERSION */
    union {
        xen_mc_fetch_t mc_fetch;
        xen_mc_notifydomain_t mc_notifydomain;
        xen_mc_physcpuinfo_t mc_physcpuinfo;
        xen_mc_msrinject_t mc_msrinject;
        xen_mc_mceinject_t mc_mceinject;
#if defined(__XEN__) || defined(__XEN_TOOLS__)
        xen_mc_inject_v2_t mc_inject_v2;
#endif
    } u;
} xen_mc_t;
DEFINE_XEN_GUEST_HANDLE(xen_mc_t);

#endif /* __ASSEMBLY__ */

#endif
