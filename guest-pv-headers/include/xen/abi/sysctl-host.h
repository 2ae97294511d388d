/* SPDX-License-Identifier: MIT */
/*
 * sysctl-host.h: control calls that describe the host and share it out. Included by sysctl.h.
 *
 * Memory is in frames unless the name says bytes; arrays take their room in and give their length
 * out.
 */
#ifndef XEN_ABI_SYSCTL_HOST_H
#define XEN_ABI_SYSCTL_HOST_H

/* xen_sysctl_physinfo.capabilities */
#define _XEN_SYSCTL_PHYSCAP_hvm                0
#define XEN_SYSCTL_PHYSCAP_hvm                 (1u << _XEN_SYSCTL_PHYSCAP_hvm)
#define _XEN_SYSCTL_PHYSCAP_pv                 1
#define XEN_SYSCTL_PHYSCAP_pv                  (1u << _XEN_SYSCTL_PHYSCAP_pv)
#define _XEN_SYSCTL_PHYSCAP_directio           2 /* an IOMMU is in use */
#define XEN_SYSCTL_PHYSCAP_directio            (1u << _XEN_SYSCTL_PHYSCAP_directio)
#define _XEN_SYSCTL_PHYSCAP_hap                3
#define XEN_SYSCTL_PHYSCAP_hap                 (1u << _XEN_SYSCTL_PHYSCAP_hap)
#define _XEN_SYSCTL_PHYSCAP_shadow             4
#define XEN_SYSCTL_PHYSCAP_shadow              (1u << _XEN_SYSCTL_PHYSCAP_shadow)
#define _XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share 5
#define XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share  (1u << _XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share)
#define XEN_SYSCTL_PHYSCAP_vmtrace             (1u << 6)
#define XEN_SYSCTL_PHYSCAP_vpmu                (1u << 7)
#define XEN_SYSCTL_PHYSCAP_gnttab_v1           (1u << 8)
#define XEN_SYSCTL_PHYSCAP_gnttab_v2           (1u << 9)
#define XEN_SYSCTL_PHYSCAP_MAX                 XEN_SYSCTL_PHYSCAP_gnttab_v2

/* All out. */
struct xen_sysctl_physinfo {
    uint32_t threads_per_core;
    uint32_t cores_per_socket;
    uint32_t nr_cpus; /* on line */
    uint32_t max_cpu_id;
    uint32_t nr_nodes;
    uint32_t max_node_id;
    uint32_t cpu_khz;
    uint32_t capabilities; /* XEN_SYSCTL_PHYSCAP_* */
    uint32_t arch_capabilities;
    uint32_t pad;
    uint64_aligned_t total_pages;
    uint64_aligned_t free_pages;
    uint64_aligned_t scrub_pages;       /* free, and still to be zeroed */
    uint64_aligned_t outstanding_pages; /* claimed */
    uint64_aligned_t max_mfn;
    uint32_t hw_cap[8]; /* words of CPUID */
};

/* The list starts at the first domain whose number is at least first_domain. */
struct xen_sysctl_getdomaininfolist {
    domid_t first_domain; /* in */
    uint32_t max_domains; /* in: room */
    XEN_GUEST_HANDLE_64(xen_domctl_getdomaininfo_t) buffer;
    uint32_t num_domains; /* out */
};

typedef struct xen_sysctl_cpuinfo {
    uint64_aligned_t idletime; /* ns */
} xen_sysctl_cpuinfo_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_cpuinfo_t);

struct xen_sysctl_getcpuinfo {
    uint32_t max_cpus;                              /* in: room */
    XEN_GUEST_HANDLE_64(xen_sysctl_cpuinfo_t) info; /* out: indexed by pCPU */
    uint32_t nr_cpus;                               /* out */
};

/* Free memory whose addresses have between min and max bits, 0 for no limit. */
struct xen_sysctl_availheap {
    uint32_t min_bitwidth;
    uint32_t max_bitwidth;
    int32_t node;                 /* in: -1 for all */
    uint64_aligned_t avail_bytes; /* out */
};

/* Answers where there is nothing to say. */
#define XEN_INVALID_CORE_ID   (~0U)
#define XEN_INVALID_SOCKET_ID (~0U)
#define XEN_INVALID_NODE_ID   (~0U)
#define XEN_INVALID_MEM_SZ    (~0U)
#define XEN_INVALID_NODE_DIST (~0U)
#define XEN_INVALID_DEV       (XEN_INVALID_NODE_ID - 1)

typedef struct xen_sysctl_cputopo {
    uint32_t core;
    uint32_t socket;
    uint32_t node;
} xen_sysctl_cputopo_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_cputopo_t);

struct xen_sysctl_cputopoinfo {
    uint32_t num_cpus;
    XEN_GUEST_HANDLE_64(xen_sysctl_cputopo_t) cputopo; /* null asks for the number */
};

typedef struct xen_sysctl_meminfo {
    uint64_t memsize; /* bytes */
    uint64_t memfree; /* bytes */
} xen_sysctl_meminfo_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_meminfo_t);

struct xen_sysctl_numainfo {
    uint32_t num_nodes;
    XEN_GUEST_HANDLE_64(xen_sysctl_meminfo_t) meminfo;
    XEN_GUEST_HANDLE_64(uint32) distance; /* num_nodes squared, row by row */
};

struct xen_sysctl_pcitopoinfo {
    uint32_t num_devs;                              /* in: entries; out: how many were done */
    XEN_GUEST_HANDLE_64(physdev_pci_device_t) devs; /* in */
    XEN_GUEST_HANDLE_64(uint32) nodes;              /* out */
};

/* Pools of pCPUs, each with a scheduler. */
#define XEN_SYSCTL_CPUPOOL_OP_CREATE     1
#define XEN_SYSCTL_CPUPOOL_OP_DESTROY    2
#define XEN_SYSCTL_CPUPOOL_OP_INFO       3 /* of the pool, or the next above */
#define XEN_SYSCTL_CPUPOOL_OP_ADDCPU     4
#define XEN_SYSCTL_CPUPOOL_OP_RMCPU      5
#define XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN 6
#define XEN_SYSCTL_CPUPOOL_OP_FREEINFO   7 /* pCPUs in no pool */
#define XEN_SYSCTL_CPUPOOL_PAR_ANY       0xFFFFFFFF

struct xen_sysctl_cpupool_op {
    uint32_t op;                 /* in: XEN_SYSCTL_CPUPOOL_OP_* */
    uint32_t cpupool_id;         /* in and out */
    uint32_t sched_id;           /* in for CREATE, out for INFO */
    uint32_t domid;              /* in for MOVEDOMAIN */
    uint32_t cpu;                /* in for ADDCPU and RMCPU */
    uint32_t n_dom;              /* out of INFO */
    struct xenctl_bitmap cpumap; /* out of INFO and FREEINFO */
};

struct xen_sysctl_sched_id {
    uint32_t sched_id; /* out: XEN_SCHEDULER_* */
};

#define ARINC653_MAX_DOMAINS_PER_SCHEDULE 64

/* A table of slots that repeats; times in ns. */
typedef struct xen_sysctl_arinc653_schedule {
    uint64_aligned_t major_frame;
    uint8_t num_sched_entries;
    struct {
        xen_domain_handle_t dom_handle;
        uint32_t vcpu_id;
        uint64_aligned_t runtime;
    } sched_entries[ARINC653_MAX_DOMAINS_PER_SCHEDULE];
} xen_sysctl_arinc653_schedule_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_arinc653_schedule_t);

#define XEN_SYSCTL_SCHED_RATELIMIT_MAX   500000 /* us */
#define XEN_SYSCTL_SCHED_RATELIMIT_MIN   100
#define XEN_SYSCTL_CSCHED_TSLICE_MAX     1000 /* ms */
#define XEN_SYSCTL_CSCHED_TSLICE_MIN     1
#define XEN_SYSCTL_CSCHED_MGR_DLY_MAX_US (100 * 1000)

struct xen_sysctl_credit_schedule {
    uint32_t tslice_ms;
    uint32_t ratelimit_us; /* shortest run before preemption */
    uint32_t vcpu_migr_delay_us;
};

struct xen_sysctl_credit2_schedule {
    uint32_t ratelimit_us;
};

#define XEN_SYSCTL_SCHEDOP_putinfo 0
#define XEN_SYSCTL_SCHEDOP_getinfo 1

struct xen_sysctl_scheduler_op {
    uint32_t cpupool_id; /* in */
    uint32_t sched_id;   /* in: must be the pool's */
    uint32_t cmd;        /* in: XEN_SYSCTL_SCHEDOP_* */
    union {
        struct xen_sysctl_sched_arinc653 {
            XEN_GUEST_HANDLE_64(xen_sysctl_arinc653_schedule_t) schedule;
        } sched_arinc653;
        struct xen_sysctl_credit_schedule sched_credit;
        struct xen_sysctl_credit2_schedule sched_credit2;
    } u;
};

#endif
