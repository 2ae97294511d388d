/* SPDX-License-Identifier: MIT */
/*
 * grant_table.h: frames lent to another domain.
 *
 * A domain writes an entry of its table: frame and domid first, a write barrier, then flags. The
 * grantee maps or copies by reference, and GTF_reading and GTF_writing, set by the hypervisor, say
 * that it is in use. An entry is taken back by compare-exchange of flags to 0, which fails while
 * one of them is set. HYPERVISOR_grant_table_op(cmd, array, count); each element gets a status of
 * its own (GNTST_*).
 */
#ifndef __XEN_PUBLIC_GRANT_TABLE_H__
#define __XEN_PUBLIC_GRANT_TABLE_H__

#include "xen.h"

#define GNTTABOP_map_grant_ref     0
#define GNTTABOP_unmap_grant_ref   1
#define GNTTABOP_setup_table       2
#define GNTTABOP_dump_table        3
#define GNTTABOP_transfer          4
#define GNTTABOP_copy              5
#define GNTTABOP_query_size        6
#define GNTTABOP_unmap_and_replace 7
#if __XEN_INTERFACE_VERSION__ >= 0x0003020a
#define GNTTABOP_set_version       8
#define GNTTABOP_get_status_frames 9
#define GNTTABOP_get_version       10
#define GNTTABOP_swap_grant_ref    11
#define GNTTABOP_cache_flush       12
#endif

/* Entries the toolstack fills before a guest starts. */
#define GNTTAB_NR_RESERVED_ENTRIES 8
#define GNTTAB_RESERVED_CONSOLE    0
#define GNTTAB_RESERVED_XENSTORE   1

/* flags of an entry: type in bits 0 and 1, then modifiers. */
#define GTF_invalid             (0U << 0)
#define GTF_permit_access       (1U << 0)
#define GTF_accept_transfer     (2U << 0)
#define GTF_transitive          (3U << 0)
#define GTF_type_mask           (3U << 0)
#define _GTF_readonly           (2) /* of the granter */
#define GTF_readonly            (1U << _GTF_readonly)
#define _GTF_reading            (3) /* by the hypervisor: in use */
#define GTF_reading             (1U << _GTF_reading)
#define _GTF_writing            (4) /* by the hypervisor: in use for writing */
#define GTF_writing             (1U << _GTF_writing)
#define _GTF_PWT                (5) /* cache attributes */
#define GTF_PWT                 (1U << _GTF_PWT)
#define _GTF_PCD                (6)
#define GTF_PCD                 (1U << _GTF_PCD)
#define _GTF_PAT                (7)
#define GTF_PAT                 (1U << _GTF_PAT)
#define _GTF_sub_page           (8) /* version 2: part of a frame, for copies only */
#define GTF_sub_page            (1U << _GTF_sub_page)
#define _GTF_transfer_committed (2) /* by the hypervisor: a frame is coming */
#define GTF_transfer_committed  (1U << _GTF_transfer_committed)
#define _GTF_transfer_completed (3) /* by the hypervisor: it has come */
#define GTF_transfer_completed  (1U << _GTF_transfer_completed)

/* gnttab_map_grant_ref.flags */
#define _GNTMAP_device_map      (0) /* for DMA: dev_bus_addr is filled in */
#define GNTMAP_device_map       (1 << _GNTMAP_device_map)
#define _GNTMAP_host_map        (1) /* for the CPU, at host_addr */
#define GNTMAP_host_map         (1 << _GNTMAP_host_map)
#define _GNTMAP_readonly        (2)
#define GNTMAP_readonly         (1 << _GNTMAP_readonly)
#define _GNTMAP_application_map (3) /* user mode may reach it */
#define GNTMAP_application_map  (1 << _GNTMAP_application_map)
#define _GNTMAP_contains_pte    (4) /* host_addr is the machine address of the entry to write */
#define GNTMAP_contains_pte     (1 << _GNTMAP_contains_pte)
#define _GNTMAP_guest_avail0    (16) /* from here on: the entry's software bits */
#define GNTMAP_guest_avail_mask ((uint32_t)~0 << _GNTMAP_guest_avail0)

/* gnttab_copy.flags: that side is a reference, not a frame of the caller. */
#define _GNTCOPY_source_gref (0)
#define GNTCOPY_source_gref  (1 << _GNTCOPY_source_gref)
#define _GNTCOPY_dest_gref   (1)
#define GNTCOPY_dest_gref    (1 << _GNTCOPY_dest_gref)

/* Status of one element. */
#define GNTST_okay              (0)
#define GNTST_general_error     (-1)
#define GNTST_bad_domain        (-2)
#define GNTST_bad_gntref        (-3)
#define GNTST_bad_handle        (-4)
#define GNTST_bad_virt_addr     (-5)
#define GNTST_bad_dev_addr      (-6)
#define GNTST_no_device_space   (-7)
#define GNTST_permission_denied (-8)
#define GNTST_bad_page          (-9)
#define GNTST_bad_copy_arg      (-10)
#define GNTST_address_too_big   (-11)
#define GNTST_eagain            (-12)
#define GNTST_no_space          (-13)

/* The same in words, indexed by the status negated. */
#define GNTTABOP_error_msgs                                                                        \
    {                                                                                              \
        "done", "failed", "no such domain", "bad grant reference", "bad handle",                   \
            "bad virtual address", "bad device address", "no room in the IOMMU", "not permitted",  \
            "bad frame", "copy leaves its frame", "address too large", "busy, try again",          \
            "no room"                                                                              \
    }

#ifndef __ASSEMBLY__

typedef uint32_t grant_ref_t;    /* index of an entry in the granter's table */
typedef uint32_t grant_handle_t; /* a mapping, to its owner */

#if __XEN_INTERFACE_VERSION__ < 0x0003020a
#define grant_entry_v1   grant_entry
#define grant_entry_v1_t grant_entry_t
#endif

/* Version 1: 512 entries a frame. */
typedef struct grant_entry_v1 {
    uint16_t flags; /* GTF_* */
    domid_t domid;  /* to whom */
    uint32_t frame; /* MFN; for a transfer, written by the hypervisor */
} grant_entry_v1_t;

#if __XEN_INTERFACE_VERSION__ >= 0x0003020a
/* Version 2: 256 entries a frame, the in-use bits in frames of their own. */
typedef struct grant_entry_header {
    uint16_t flags;
    domid_t domid;
} grant_entry_header_t;

typedef union grant_entry_v2 {
    grant_entry_header_t hdr;
    struct {
        grant_entry_header_t hdr;
        uint32_t pad0;
        uint64_t frame;
    } full_page;
    struct {
        grant_entry_header_t hdr;
        uint16_t page_off; /* bytes */
        uint16_t length;   /* bytes */
        uint64_t frame;
    } sub_page;
    struct {
        grant_entry_header_t hdr;
        domid_t trans_domid; /* the first granter */
        uint16_t pad0;
        grant_ref_t gref; /* in its table */
    } transitive;
    uint32_t __spacer[4];
} grant_entry_v2_t;

typedef uint16_t grant_status_t; /* GTF_reading and GTF_writing of version 2 */
#endif

/* All mappings end by unmap_grant_ref; one that was overwritten still counts until then. */
typedef struct gnttab_map_grant_ref {
    uint64_t host_addr;    /* in: virtual, or of an entry with GNTMAP_contains_pte */
    uint32_t flags;        /* in: GNTMAP_* */
    grant_ref_t ref;       /* in */
    domid_t dom;           /* in: granter */
    int16_t status;        /* out */
    grant_handle_t handle; /* out */
    uint64_t dev_bus_addr; /* out: machine address */
} gnttab_map_grant_ref_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_map_grant_ref_t);

/* An address of 0 is left out. No TLB holds the frame when the call returns. */
typedef struct gnttab_unmap_grant_ref {
    uint64_t host_addr;    /* in */
    uint64_t dev_bus_addr; /* in */
    grant_handle_t handle; /* in */
    int16_t status;        /* out */
} gnttab_unmap_grant_ref_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_unmap_grant_ref_t);

/* Grows the table to nr_frames and lists them. */
typedef struct gnttab_setup_table {
    domid_t dom;        /* in */
    uint32_t nr_frames; /* in */
    int16_t status;     /* out */
#if __XEN_INTERFACE_VERSION__ < 0x00040300
    XEN_GUEST_HANDLE(ulong) frame_list;
#else
    XEN_GUEST_HANDLE(xen_pfn_t) frame_list; /* out: nr_frames MFNs */
#endif
} gnttab_setup_table_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_setup_table_t);

typedef struct gnttab_dump_table {
    domid_t dom;    /* in */
    int16_t status; /* out */
} gnttab_dump_table_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_dump_table_t);

typedef struct gnttab_transfer {
    xen_pfn_t mfn;   /* in: leaves the caller even when the call fails later */
    domid_t domid;   /* in: receiver */
    grant_ref_t ref; /* in: its GTF_accept_transfer entry */
    int16_t status;  /* out */
} gnttab_transfer_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_transfer_t);

/* Copies len bytes; neither side crosses the end of its frame. */
typedef struct gnttab_copy {
    struct gnttab_copy_ptr {
        union {
            grant_ref_t ref;
            xen_pfn_t gmfn;
        } u;
        domid_t domid;
        uint16_t offset; /* bytes */
    } source, dest;      /* in */
    uint16_t len;        /* in: bytes */
    uint16_t flags;      /* in: GNTCOPY_* */
    int16_t status;      /* out */
} gnttab_copy_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_copy_t);

typedef struct gnttab_query_size {
    domid_t dom;            /* in */
    uint32_t nr_frames;     /* out */
    uint32_t max_nr_frames; /* out */
    int16_t status;         /* out */
} gnttab_query_size_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_query_size_t);

/* The entry at new_addr moves to host_addr in one step, and new_addr is left empty. */
typedef struct gnttab_unmap_and_replace {
    uint64_t host_addr;    /* in */
    uint64_t new_addr;     /* in */
    grant_handle_t handle; /* in */
    int16_t status;        /* out */
} gnttab_unmap_and_replace_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_unmap_and_replace_t);

#if __XEN_INTERFACE_VERSION__ >= 0x0003020a
typedef struct gnttab_set_version {
    uint32_t version; /* in: wanted; out: in force */
} gnttab_set_version_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_set_version_t);

typedef struct gnttab_get_status_frames {
    uint32_t nr_frames;                    /* in */
    domid_t dom;                           /* in */
    int16_t status;                        /* out */
    XEN_GUEST_HANDLE(uint64_t) frame_list; /* out: nr_frames MFNs */
} gnttab_get_status_frames_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_get_status_frames_t);

typedef struct gnttab_get_version {
    domid_t dom; /* in */
    uint16_t pad;
    uint32_t version; /* out */
} gnttab_get_version_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_get_version_t);

typedef struct gnttab_swap_grant_ref {
    grant_ref_t ref_a; /* in */
    grant_ref_t ref_b; /* in */
    int16_t status;    /* out */
} gnttab_swap_grant_ref_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_swap_grant_ref_t);

typedef struct gnttab_cache_flush {
    union {
        uint64_t dev_bus_addr;
        grant_ref_t ref;
    } a;             /* in */
    uint16_t offset; /* in: bytes */
    uint16_t length; /* in: bytes */
#define GNTTAB_CACHE_CLEAN       (1u << 0)
#define GNTTAB_CACHE_INVAL       (1u << 1)
#define GNTTAB_CACHE_SOURCE_GREF (1u << 31) /* a.ref, not a.dev_bus_addr */
    uint32_t op;                            /* in */
} gnttab_cache_flush_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_cache_flush_t);
#endif

#endif /* __ASSEMBLY__ */

#endif
