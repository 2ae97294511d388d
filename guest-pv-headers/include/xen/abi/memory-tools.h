/* SPDX-License-Identifier: MIT */
/*
 * memory-tools.h: memory calls that only control tools make. Included by memory.h.
 *
 * Claims, sharing counters, paging, access rights and reserved device memory. Sharing, paging and
 * access need hardware-assisted guests; their records are here so that tools compile.
 */
#ifndef XEN_ABI_MEMORY_TOOLS_H
#define XEN_ABI_MEMORY_TOOLS_H

#define XENMEM_get_sharing_freed_pages    18 /* no argument; returns frames saved */
#define XENMEM_get_sharing_shared_pages   19 /* no argument; returns frames shared */
#define XENMEM_paging_op                  20
#define XENMEM_access_op                  21
#define XENMEM_sharing_op                 22
#define XENMEM_claim_pages                24 /* struct xen_memory_reservation: set frames aside */
#define XENMEM_reserved_device_memory_map 27

#define XENMEM_paging_op_nominate 0
#define XENMEM_paging_op_evict    1
#define XENMEM_paging_op_prep     2

#define XENMEM_access_op_set_access       0
#define XENMEM_access_op_get_access       1
#define XENMEM_access_op_set_access_multi 4

#define XENMEM_sharing_op_nominate_gfn  0
#define XENMEM_sharing_op_nominate_gref 1
#define XENMEM_sharing_op_share         2
#define XENMEM_sharing_op_debug_gfn     3
#define XENMEM_sharing_op_debug_mfn     4
#define XENMEM_sharing_op_debug_gref    5
#define XENMEM_sharing_op_add_physmap   6
#define XENMEM_sharing_op_audit         7
#define XENMEM_sharing_op_range_share   8
#define XENMEM_sharing_op_fork          9
#define XENMEM_sharing_op_fork_reset    10

/* Errors of sharing: the source's or the client's handle is stale. */
#define XENMEM_SHARING_OP_S_HANDLE_INVALID (-10)
#define XENMEM_SHARING_OP_C_HANDLE_INVALID (-9)

/* A gfn field that holds a grant reference has bit 62 set. */
#define XENMEM_SHARING_OP_FIELD_IS_GREF_FLAG (xen_mk_ullong(1) << 62)
#define XENMEM_SHARING_OP_FIELD_MAKE_GREF(field, val)                                              \
    (field) = ((val) | XENMEM_SHARING_OP_FIELD_IS_GREF_FLAG)
#define XENMEM_SHARING_OP_FIELD_IS_GREF(field)  ((field)&XENMEM_SHARING_OP_FIELD_IS_GREF_FLAG)
#define XENMEM_SHARING_OP_FIELD_GET_GREF(field) ((field) & ~XENMEM_SHARING_OP_FIELD_IS_GREF_FLAG)

/* mem_sharing_op_fork.flags */
#define XENMEM_FORK_WITH_IOMMU_ALLOWED (1u << 0)
#define XENMEM_FORK_BLOCK_INTERRUPTS   (1u << 1)
#define XENMEM_FORK_RESET_STATE        (1u << 2)
#define XENMEM_FORK_RESET_MEMORY       (1u << 3)

#define XENMEM_RDM_ALL 1 /* every device, dev is not looked at */

#ifndef __ASSEMBLY__

typedef struct xen_mem_paging_op {
    uint8_t op; /* XENMEM_paging_op_* */
    domid_t domain;
    XEN_GUEST_HANDLE_64(const_uint8) buffer; /* in: the frame's contents, for prep */
    uint64_aligned_t gfn;
} xen_mem_paging_op_t;
DEFINE_XEN_GUEST_HANDLE(xen_mem_paging_op_t);

/* Rights to a frame by name; the last four change on use or stand for another. */
typedef enum {
    XENMEM_access_n,
    XENMEM_access_r,
    XENMEM_access_w,
    XENMEM_access_rw,
    XENMEM_access_x,
    XENMEM_access_rx,
    XENMEM_access_wx,
    XENMEM_access_rwx,
    XENMEM_access_rx2rw, /* a write turns rx into rw */
    XENMEM_access_n2rwx, /* any use is reported and turns n into rwx */
    XENMEM_access_default
} xenmem_access_t;

typedef struct xen_mem_access_op {
    uint8_t op;     /* XENMEM_access_op_* */
    uint8_t access; /* xenmem_access_t */
    domid_t domid;
    uint32_t nr;                               /* frames, or length of the lists */
    uint64_aligned_t pfn;                      /* first frame; all ones: the default */
    XEN_GUEST_HANDLE(const_uint64) pfn_list;   /* set_access_multi */
    XEN_GUEST_HANDLE(const_uint8) access_list; /* set_access_multi */
} xen_mem_access_op_t;
DEFINE_XEN_GUEST_HANDLE(xen_mem_access_op_t);

typedef struct xen_mem_sharing_op {
    uint8_t op; /* XENMEM_sharing_op_* */
    domid_t domain;
    union {
        struct mem_sharing_op_nominate {
            union {
                uint64_aligned_t gfn;
                uint32_t grant_ref;
            } u;                     /* in */
            uint64_aligned_t handle; /* out */
        } nominate;
        struct mem_sharing_op_share {
            uint64_aligned_t source_gfn;
            uint64_aligned_t source_handle;
            uint64_aligned_t client_gfn;
            uint64_aligned_t client_handle;
            domid_t client_domain;
        } share;
        struct mem_sharing_op_range {
            uint64_aligned_t first_gfn;
            uint64_aligned_t last_gfn;
            uint64_aligned_t opaque; /* the hypervisor's progress; 0 at first */
            domid_t client_domain;
            uint16_t _pad[3];
        } range;
        struct mem_sharing_op_debug {
            union {
                uint64_aligned_t gfn;
                uint64_aligned_t mfn;
                uint32_t gref;
            } u;
        } debug;
        struct mem_sharing_op_fork {
            domid_t parent_domain;
            uint16_t flags; /* XENMEM_FORK_* */
            uint32_t pad;   /* 0 */
        } fork;
    } u;
} xen_mem_sharing_op_t;
DEFINE_XEN_GUEST_HANDLE(xen_mem_sharing_op_t);

/* Memory that firmware keeps for a device, in frames. */
typedef struct xen_reserved_device_memory {
    xen_pfn_t start_pfn;
    xen_ulong_t nr_pages;
} xen_reserved_device_memory_t;
DEFINE_XEN_GUEST_HANDLE(xen_reserved_device_memory_t);

typedef struct xen_reserved_device_memory_map {
    uint32_t flags;          /* in: XENMEM_RDM_ALL */
    unsigned int nr_entries; /* in: room; out: needed, with -ENOBUFS when more */
    XEN_GUEST_HANDLE(xen_reserved_device_memory_t) buffer; /* out */
    union {
        physdev_pci_device_t pci;
    } dev; /* in */
} xen_reserved_device_memory_map_t;
DEFINE_XEN_GUEST_HANDLE(xen_reserved_device_memory_map_t);

#endif /* __ASSEMBLY__ */

#endif
