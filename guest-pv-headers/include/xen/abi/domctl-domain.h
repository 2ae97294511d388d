/* SPDX-License-Identifier: MIT */
/*
 * domctl-domain.h: control calls about a whole domain. Included by domctl.h.
 *
 * Making one, listing it, its memory, its devices' permissions. Amounts of memory are in frames
 * unless the name says kb or mb.
 */
#ifndef XEN_ABI_DOMCTL_DOMAIN_H
#define XEN_ABI_DOMCTL_DOMAIN_H

/* xen_domctl_createdomain.flags */
#define _XEN_DOMCTL_CDF_hvm          0 /* hardware-assisted */
#define XEN_DOMCTL_CDF_hvm           (1U << _XEN_DOMCTL_CDF_hvm)
#define _XEN_DOMCTL_CDF_hap          1 /* with nested paging */
#define XEN_DOMCTL_CDF_hap           (1U << _XEN_DOMCTL_CDF_hap)
#define _XEN_DOMCTL_CDF_s3_integrity 2 /* checked across the host's sleep */
#define XEN_DOMCTL_CDF_s3_integrity  (1U << _XEN_DOMCTL_CDF_s3_integrity)
#define _XEN_DOMCTL_CDF_oos_off      3
#define XEN_DOMCTL_CDF_oos_off       (1U << _XEN_DOMCTL_CDF_oos_off)
#define _XEN_DOMCTL_CDF_xs_domain    4 /* runs the store */
#define XEN_DOMCTL_CDF_xs_domain     (1U << _XEN_DOMCTL_CDF_xs_domain)
#define _XEN_DOMCTL_CDF_iommu        5 /* devices may be passed through */
#define XEN_DOMCTL_CDF_iommu         (1U << _XEN_DOMCTL_CDF_iommu)
#define _XEN_DOMCTL_CDF_nested_virt  6
#define XEN_DOMCTL_CDF_nested_virt   (1U << _XEN_DOMCTL_CDF_nested_virt)
#define XEN_DOMCTL_CDF_vpmu          (1U << 7)
#define XEN_DOMCTL_CDF_MAX           XEN_DOMCTL_CDF_vpmu

/* xen_domctl_createdomain.iommu_opts */
#define _XEN_DOMCTL_IOMMU_no_sharept 0
#define XEN_DOMCTL_IOMMU_no_sharept  (1U << _XEN_DOMCTL_IOMMU_no_sharept)
#define XEN_DOMCTL_IOMMU_MAX         XEN_DOMCTL_IOMMU_no_sharept

/* xen_domctl_createdomain.grant_opts: highest version of the table it may use */
#define XEN_DOMCTL_GRANT_version_mask 0xf
#define XEN_DOMCTL_GRANT_version(v)   ((v)&XEN_DOMCTL_GRANT_version_mask)

struct xen_domctl_createdomain {
    uint32_t ssidref;
    xen_domain_handle_t handle;
    uint32_t flags;           /* XEN_DOMCTL_CDF_* */
    uint32_t iommu_opts;      /* XEN_DOMCTL_IOMMU_* */
    uint32_t max_vcpus;       /* all limits are fixed here */
    uint32_t max_evtchn_port; /* highest port */
    int32_t max_grant_frames; /* below 0: the hypervisor's default, as the next */
    int32_t max_maptrack_frames;
    uint32_t grant_opts;   /* XEN_DOMCTL_GRANT_version() */
    uint32_t vmtrace_size; /* bytes a vCPU */
    uint32_t cpupool_id;
    struct xen_arch_domainconfig arch;
};

/* xen_domctl_getdomaininfo.flags; bits 16 to 23 are SHUTDOWN_* when shutdown is set */
#define _XEN_DOMINF_dying        0
#define XEN_DOMINF_dying         (1U << _XEN_DOMINF_dying)
#define _XEN_DOMINF_hvm_guest    1
#define XEN_DOMINF_hvm_guest     (1U << _XEN_DOMINF_hvm_guest)
#define _XEN_DOMINF_shutdown     2
#define XEN_DOMINF_shutdown      (1U << _XEN_DOMINF_shutdown)
#define _XEN_DOMINF_paused       3 /* by a control call */
#define XEN_DOMINF_paused        (1U << _XEN_DOMINF_paused)
#define _XEN_DOMINF_blocked      4 /* every vCPU waits for an event */
#define XEN_DOMINF_blocked       (1U << _XEN_DOMINF_blocked)
#define _XEN_DOMINF_running      5 /* some vCPU is on a pCPU */
#define XEN_DOMINF_running       (1U << _XEN_DOMINF_running)
#define _XEN_DOMINF_debugged     6
#define XEN_DOMINF_debugged      (1U << _XEN_DOMINF_debugged)
#define _XEN_DOMINF_xs_domain    7
#define XEN_DOMINF_xs_domain     (1U << _XEN_DOMINF_xs_domain)
#define _XEN_DOMINF_hap          8
#define XEN_DOMINF_hap           (1U << _XEN_DOMINF_hap)
#define XEN_DOMINF_shutdownmask  255
#define XEN_DOMINF_shutdownshift 16

#define XEN_INVALID_MAX_VCPU_ID (~0U) /* the domain has no vCPU yet */

/* Asked for a number that is free, it answers with the next domain above. All out. */
typedef struct xen_domctl_getdomaininfo {
    domid_t domain;
    uint16_t pad1;
    uint32_t flags; /* XEN_DOMINF_* */
    uint64_aligned_t tot_pages;
    uint64_aligned_t max_pages;
    uint64_aligned_t outstanding_pages; /* claimed, not yet given */
    uint64_aligned_t shr_pages;
    uint64_aligned_t paged_pages;
    uint64_aligned_t shared_info_frame; /* of the guest's numbering */
    uint64_aligned_t cpu_time;          /* ns, all vCPUs */
    uint32_t nr_online_vcpus;
    uint32_t max_vcpu_id;
    uint32_t ssidref;
    xen_domain_handle_t handle;
    uint32_t cpupool;
    uint8_t gpaddr_bits; /* width of a guest-physical address */
    uint8_t pad2[7];
    struct xen_arch_domainconfig arch_config;
} xen_domctl_getdomaininfo_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_getdomaininfo_t);

/*
 * getpageframeinfo3 turns frame numbers into types: bits 28 to 30 the level of a page table, 31
 * pinned; or XTAB for a frame that is not the domain's, XALLOC for one that restore allocates
 * only, BROKEN.
 */
#define XEN_DOMCTL_PFINFO_LTAB_SHIFT    28
#define XEN_DOMCTL_PFINFO_NOTAB         (0x0U << 28)
#define XEN_DOMCTL_PFINFO_L1TAB         (0x1U << 28)
#define XEN_DOMCTL_PFINFO_L2TAB         (0x2U << 28)
#define XEN_DOMCTL_PFINFO_L3TAB         (0x3U << 28)
#define XEN_DOMCTL_PFINFO_L4TAB         (0x4U << 28)
#define XEN_DOMCTL_PFINFO_LTABTYPE_MASK (0x7U << 28)
#define XEN_DOMCTL_PFINFO_LPINTAB       (0x1U << 31)
#define XEN_DOMCTL_PFINFO_XTAB          (0xfU << 28)
#define XEN_DOMCTL_PFINFO_XALLOC        (0xeU << 28)
#define XEN_DOMCTL_PFINFO_BROKEN        (0xdU << 28)
#define XEN_DOMCTL_PFINFO_LTAB_MASK     (0xfU << 28)

struct xen_domctl_getpageframeinfo3 {
    uint64_aligned_t num;                 /* in: entries */
    XEN_GUEST_HANDLE_64(xen_pfn_t) array; /* in: frames; out: types */
};

struct xen_domctl_max_mem {
    uint64_aligned_t max_memkb; /* in: KiB */
};

struct xen_domctl_nodeaffinity {
    struct xenctl_bitmap nodemap;
};

struct xen_domctl_setdomainhandle {
    xen_domain_handle_t handle;
};

struct xen_domctl_setdebugging {
    uint8_t enable; /* stop the domain when it crashes */
};

struct xen_domctl_hypercall_init {
    uint64_aligned_t gmfn; /* in: frame that becomes a hypercall page */
};

struct xen_domctl_settimeoffset {
    int64_aligned_t time_offset_seconds; /* of the domain's wall clock from UTC */
};

struct xen_domctl_address_size {
    uint32_t size; /* 32 or 64 bits */
};

struct xen_domctl_set_target {
    domid_t target; /* whom this domain may manage */
};

struct xen_domctl_subscribe {
    uint32_t port; /* event raised when the domain shuts down, see suspend */
};

struct xen_domctl_set_virq_handler {
    uint32_t virq; /* a global one, to go to this domain */
};

/* domain and vCPU time stamps: 0 trap if need be, 1 always trap, 2 never, 3 never and TSC_AUX */
struct xen_domctl_tsc_info {
    uint32_t tsc_mode;
    uint32_t gtsc_khz;
    uint32_t incarnation; /* restores so far */
    uint32_t pad;
    uint64_aligned_t elapsed_nsec; /* since the domain's time 0 */
};

struct xen_domctl_vnuma {
    uint32_t nr_vnodes;
    uint32_t nr_vmemranges;
    uint32_t nr_vcpus;
    uint32_t pad;
    XEN_GUEST_HANDLE_64(uint) vdistance;
    XEN_GUEST_HANDLE_64(uint) vcpu_to_vnode;
    XEN_GUEST_HANDLE_64(uint) vnode_to_pnode;
    XEN_GUEST_HANDLE_64(xen_vmemrange_t) vmemrange;
};

struct xen_domctl_irq_permission {
    uint32_t pirq;
    uint8_t allow_access;
    uint8_t pad[3];
};

struct xen_domctl_iomem_permission {
    uint64_aligned_t first_mfn;
    uint64_aligned_t nr_mfns;
    uint8_t allow_access;
};

struct xen_domctl_ioport_permission {
    uint32_t first_port;
    uint32_t nr_ports;
    uint8_t allow_access;
};

struct xen_domctl_cacheflush {
    xen_pfn_t start_pfn, nr_pfns;
};

/* Memory set aside for a translated domain's own tables. */
struct xen_domctl_paging_mempool {
    uint64_aligned_t size; /* bytes */
};

#endif
