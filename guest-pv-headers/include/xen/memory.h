/* SPDX-License-Identifier: MIT */
/*
 * memory.h: HYPERVISOR_memory_op(cmd, argument), which frames a domain owns.
 *
 * An extent is 2^order frames, aligned to its size. Calls over lists of extents return how many
 * they did; the caller goes on from there. Frame numbers are MFNs for a PV guest where the text
 * says GMFN. Calls of the control tools are in abi/memory-tools.h.
 */
#ifndef __XEN_PUBLIC_MEMORY_H__
#define __XEN_PUBLIC_MEMORY_H__

#include "xen.h"
#include "physdev.h"

#define XENMEM_increase_reservation     0  /* struct xen_memory_reservation */
#define XENMEM_decrease_reservation     1  /* struct xen_memory_reservation */
#define XENMEM_maximum_ram_page         2  /* no argument; returns the highest MFN of RAM */
#define XENMEM_current_reservation      3  /* struct xen_memory_domain; returns frames */
#define XENMEM_maximum_reservation      4  /* struct xen_memory_domain; returns frames */
#define XENMEM_machphys_mfn_list        5  /* struct xen_machphys_mfn_list */
#define XENMEM_populate_physmap         6  /* struct xen_memory_reservation */
#define XENMEM_add_to_physmap           7  /* struct xen_add_to_physmap */
#define XENMEM_memory_map               9  /* struct xen_memory_map, the caller's */
#define XENMEM_machine_memory_map       10 /* struct xen_memory_map, the host's; privileged */
#define XENMEM_exchange                 11 /* struct xen_memory_exchange */
#define XENMEM_machphys_mapping         12 /* struct xen_machphys_mapping */
#define XENMEM_set_memory_map           13 /* struct xen_foreign_memory_map */
#define XENMEM_maximum_gpfn             14 /* struct xen_memory_domain; returns a PFN */
#define XENMEM_remove_from_physmap      15 /* struct xen_remove_from_physmap */
#define XENMEM_set_pod_target           16 /* struct xen_pod_target */
#define XENMEM_get_pod_target           17 /* struct xen_pod_target */
#define XENMEM_add_to_physmap_batch     23 /* struct xen_add_to_physmap_batch */
#define XENMEM_machphys_compat_mfn_list 25 /* struct xen_machphys_mfn_list, of 32-bit guests */
#define XENMEM_get_vnumainfo            26 /* struct xen_vnuma_topology_info */
#define XENMEM_acquire_resource         28 /* struct xen_mem_acquire_resource */

#if __XEN_INTERFACE_VERSION__ >= 0x00030209
/* xen_memory_reservation.mem_flags: bits 0..7 address width, 8..15 node + 1, then flags. */
#define XENMEMF_address_bits(x)     (x) /* 0: any */
#define XENMEMF_get_address_bits(x) ((x)&0xffu)
#define XENMEMF_node(x)             (((x) + 1) << 8)
#define XENMEMF_get_node(x)         ((((x) >> 8) - 1) & 0xffu)
#define XENMEMF_populate_on_demand  (1 << 16)
#define XENMEMF_exact_node_request  (1 << 17) /* that node or none */
#define XENMEMF_exact_node(n)       (XENMEMF_node(n) | XENMEMF_exact_node_request)
#define XENMEMF_vnode               (1 << 18) /* the node is a virtual one */
#endif

/* What add_to_physmap places at gpfn. */
#define XENMAPSPACE_shared_info      0
#define XENMAPSPACE_grant_table      1
#define XENMAPSPACE_gmfn             2
#define XENMAPSPACE_gmfn_range       3
#define XENMAPSPACE_gmfn_foreign     4 /* only in the batch */
#define XENMAPSPACE_dev_mmio         5
#define XENMAPIDX_grant_table_status 0x80000000 /* in idx: a status frame */

/* xen_mem_acquire_resource.type, .id and .frame */
#define XENMEM_resource_ioreq_server                0
#define XENMEM_resource_grant_table                 1
#define XENMEM_resource_vmtrace_buf                 2
#define XENMEM_resource_grant_table_id_shared       0
#define XENMEM_resource_grant_table_id_status       1
#define XENMEM_resource_ioreq_server_frame_bufioreq 0
#define XENMEM_resource_ioreq_server_frame_ioreq(n) (1 + (n))

#ifndef __ASSEMBLY__

/*
 * increase: MFNs out. decrease: GMFNs in. populate: PFNs in, GMFNs out, and the M2P is set.
 * claim_pages: no list, one extent count.
 */
typedef struct xen_memory_reservation {
    XEN_GUEST_HANDLE(xen_pfn_t) extent_start; /* first frame of each extent */
    xen_ulong_t nr_extents;
    unsigned int extent_order;
#if __XEN_INTERFACE_VERSION__ >= 0x00030209
    unsigned int mem_flags; /* XENMEMF_* */
#else
    unsigned int address_bits;
#endif
    domid_t domid;
} xen_memory_reservation_t;
DEFINE_XEN_GUEST_HANDLE(xen_memory_reservation_t);

/*
 * Gives back the frames of in and gets as many for the PFNs of out, whose list becomes MFNs. Both
 * sides come to the same number of frames of the same domain; the lists must not overlap.
 */
typedef struct xen_memory_exchange {
    struct xen_memory_reservation in;
    struct xen_memory_reservation out;
    xen_ulong_t nr_exchanged; /* in: 0; out: extents of in that are done */
} xen_memory_exchange_t;
DEFINE_XEN_GUEST_HANDLE(xen_memory_exchange_t);

struct xen_memory_domain {
    domid_t domid; /* in */
};

/* The frames that hold the M2P, one number for each 2 MiB; 0 is a hole. */
typedef struct xen_machphys_mfn_list {
    unsigned int max_extents;                 /* in: room */
    XEN_GUEST_HANDLE(xen_pfn_t) extent_start; /* out */
    unsigned int nr_extents;                  /* out */
} xen_machphys_mfn_list_t;
DEFINE_XEN_GUEST_HANDLE(xen_machphys_mfn_list_t);

/* Where the guest sees the M2P. All out. */
typedef struct xen_machphys_mapping {
    xen_ulong_t v_start, v_end; /* virtual addresses, v_end past the last */
    xen_ulong_t max_mfn;        /* highest frame that may be looked up */
} xen_machphys_mapping_t;
DEFINE_XEN_GUEST_HANDLE(xen_machphys_mapping_t);

/* Translated guests only, as the batch and remove. */
typedef struct xen_add_to_physmap {
    domid_t domid;
    uint16_t size;      /* frames, for gmfn_range */
    unsigned int space; /* XENMAPSPACE_* */
    xen_ulong_t idx;    /* in that space */
    xen_pfn_t gpfn;
} xen_add_to_physmap_t;
DEFINE_XEN_GUEST_HANDLE(xen_add_to_physmap_t);

typedef struct xen_add_to_physmap_batch {
    domid_t domid;
    uint16_t space; /* XENMAPSPACE_* */
    uint16_t size;  /* length of each list */
#if __XEN_INTERFACE_VERSION__ < 0x00040700
    domid_t foreign_domid;
#else
    union xen_add_to_physmap_batch_extra {
        domid_t foreign_domid; /* owner, for gmfn_foreign */
        uint16_t res0;         /* 0 for the rest */
    } u;
#endif
    XEN_GUEST_HANDLE(xen_ulong_t) idxs; /* in */
    XEN_GUEST_HANDLE(xen_pfn_t) gpfns;  /* in */
    XEN_GUEST_HANDLE(int) errs;         /* out: 0 or a negative errno each */
} xen_add_to_physmap_batch_t;
DEFINE_XEN_GUEST_HANDLE(xen_add_to_physmap_batch_t);

#if __XEN_INTERFACE_VERSION__ < 0x00040400
#define XENMEM_add_to_physmap_range XENMEM_add_to_physmap_batch
#define xen_add_to_physmap_range    xen_add_to_physmap_batch
typedef struct xen_add_to_physmap_batch xen_add_to_physmap_range_t;
DEFINE_XEN_GUEST_HANDLE(xen_add_to_physmap_range_t);
#endif

typedef struct xen_remove_from_physmap {
    domid_t domid;
    xen_pfn_t gpfn;
} xen_remove_from_physmap_t;
DEFINE_XEN_GUEST_HANDLE(xen_remove_from_physmap_t);

/* Records of 20 bytes as INT 15h, E820h gives them; a null buffer asks for the count. */
typedef struct xen_memory_map {
    unsigned int nr_entries; /* in: room; out: records */
    XEN_GUEST_HANDLE(void) buffer;
} xen_memory_map_t;
DEFINE_XEN_GUEST_HANDLE(xen_memory_map_t);

typedef struct xen_foreign_memory_map {
    domid_t domid;
    struct xen_memory_map map;
} xen_foreign_memory_map_t;
DEFINE_XEN_GUEST_HANDLE(xen_foreign_memory_map_t);

/* Populate on demand, for translated guests; in frames. */
typedef struct xen_pod_target {
    uint64_t target_pages;    /* in */
    uint64_t tot_pages;       /* out */
    uint64_t pod_cache_pages; /* out */
    uint64_t pod_entries;     /* out */
    domid_t domid;            /* in */
} xen_pod_target_t;

/* Frames of the hypervisor's that belong to a domain, to be mapped by its toolstack. */
typedef struct xen_mem_acquire_resource {
    domid_t domid;                          /* in */
    uint16_t type;                          /* in: XENMEM_resource_* */
    uint32_t id;                            /* in */
    uint32_t nr_frames;                     /* in; with a null list, out: how many there are */
    uint32_t pad;                           /* 0 */
    uint64_t frame;                         /* in: index of the first */
    XEN_GUEST_HANDLE(xen_pfn_t) frame_list; /* out: MFNs */
} xen_mem_acquire_resource_t;
DEFINE_XEN_GUEST_HANDLE(xen_mem_acquire_resource_t);

/* A virtual node's memory, in guest-physical bytes. */
typedef struct xen_vmemrange {
    uint64_t start, end;
    unsigned int flags;
    unsigned int nid;
} xen_vmemrange_t;
DEFINE_XEN_GUEST_HANDLE(xen_vmemrange_t);

/* Counts are room on the way in and what there is on the way out. */
typedef struct xen_vnuma_topology_info {
    domid_t domid;
    uint16_t pad;
    unsigned int nr_vnodes;
    unsigned int nr_vcpus;
    unsigned int nr_vmemranges;
    union {
        XEN_GUEST_HANDLE(uint) h;
        uint64_t pad;
    } vdistance; /* nr_vnodes squared */
    union {
        XEN_GUEST_HANDLE(uint) h;
        uint64_t pad;
    } vcpu_to_vnode;
    union {
        XEN_GUEST_HANDLE(xen_vmemrange_t) h;
        uint64_t pad;
    } vmemrange;
} xen_vnuma_topology_info_t;
DEFINE_XEN_GUEST_HANDLE(xen_vnuma_topology_info_t);

#endif /* __ASSEMBLY__ */

#if defined(__XEN__) || defined(__XEN_TOOLS__)
#include "abi/memory-tools.h"
#endif

#endif
