/* SPDX-License-Identifier: MIT */
/*
 * sysctl-debug.h: control calls for looking into the hypervisor and mending it. Included by
 * sysctl.h.
 *
 * Console, keys, trace buffers, counters, broken frames, coverage and live patches. docs/abi/ says
 * which of them Mortise answers.
 */
#ifndef XEN_ABI_SYSCTL_DEBUG_H
#define XEN_ABI_SYSCTL_DEBUG_H

/* The hypervisor's log. */
struct xen_sysctl_readconsole {
    uint8_t clear;       /* in: forget what was read */
    uint8_t incremental; /* in: start at index, not at the oldest byte */
    uint8_t pad0, pad1;
    uint32_t index;                   /* in and out: bytes ever printed */
    XEN_GUEST_HANDLE_64(char) buffer; /* out */
    uint32_t count;                   /* in: room; out: bytes */
};

/* As if typed at the hypervisor's console. */
struct xen_sysctl_debug_keys {
    XEN_GUEST_HANDLE_64(const_char) keys; /* in */
    uint32_t nr_keys;                     /* in */
};

#define XEN_SYSCTL_TBUFOP_get_info     0
#define XEN_SYSCTL_TBUFOP_set_cpu_mask 1
#define XEN_SYSCTL_TBUFOP_set_evt_mask 2
#define XEN_SYSCTL_TBUFOP_set_size     3
#define XEN_SYSCTL_TBUFOP_enable       4
#define XEN_SYSCTL_TBUFOP_disable      5

struct xen_sysctl_tbuf_op {
    uint32_t cmd;                  /* in */
    struct xenctl_bitmap cpu_mask; /* in */
    uint32_t evt_mask;             /* in and out */
    uint64_aligned_t buffer_mfn;   /* out: of a t_info */
    uint32_t size;                 /* frames: in for set_size; out of get_info */
};

#define XEN_SYSCTL_PERFCOP_reset 1
#define XEN_SYSCTL_PERFCOP_query 2

typedef struct xen_sysctl_perfc_desc {
    char name[80];
    uint32_t nr_vals;
} xen_sysctl_perfc_desc_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_perfc_desc_t);
typedef uint32_t xen_sysctl_perfc_val_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_perfc_val_t);

struct xen_sysctl_perfc_op {
    uint32_t cmd;                                      /* in */
    uint32_t nr_counters;                              /* out */
    uint32_t nr_vals;                                  /* out */
    XEN_GUEST_HANDLE_64(xen_sysctl_perfc_desc_t) desc; /* out, or null */
    XEN_GUEST_HANDLE_64(xen_sysctl_perfc_val_t) val;   /* out, or null */
};

#define XEN_SYSCTL_LOCKPROF_reset 1
#define XEN_SYSCTL_LOCKPROF_query 2
#define LOCKPROF_TYPE_GLOBAL      0
#define LOCKPROF_TYPE_PERDOM      1
#define LOCKPROF_TYPE_N           2

/* How often and how long (ns) a lock was held and waited for. */
typedef struct xen_sysctl_lockprof_data {
    char name[40];
    int32_t type; /* LOCKPROF_TYPE_* */
    int32_t idx;  /* domain */
    uint64_aligned_t lock_cnt;
    uint64_aligned_t block_cnt;
    uint64_aligned_t lock_time;
    uint64_aligned_t block_time;
} xen_sysctl_lockprof_data_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_lockprof_data_t);

struct xen_sysctl_lockprof_op {
    uint32_t cmd;          /* in */
    uint32_t max_elem;     /* in: room */
    uint32_t nr_elem;      /* out */
    uint64_aligned_t time; /* out: ns since the last reset */
    XEN_GUEST_HANDLE_64(xen_sysctl_lockprof_data_t) data;
};

#define sysctl_page_offline       1
#define sysctl_page_online        2
#define sysctl_query_page_offline 3

struct xen_sysctl_page_offline_op {
    uint32_t cmd;   /* in */
    uint32_t start; /* in: first frame */
    uint32_t end;   /* in: last frame */
    XEN_GUEST_HANDLE(uint32) status;
};

/* One status word a frame: result in bits 0..7, why in 8..15, owner from 16 on. */
#define PG_OFFLINE_STATUS_MASK  (0xFFUL)
#define PG_OFFLINE_INVALID      (0x1UL << 0)
#define PG_OFFLINE_OFFLINED     (0x1UL << 1)
#define PG_OFFLINE_PENDING      (0x1UL << 2)
#define PG_OFFLINE_FAILED       (0x1UL << 3)
#define PG_OFFLINE_AGAIN        (0x1UL << 4)
#define PG_ONLINE_FAILED        PG_OFFLINE_FAILED
#define PG_ONLINE_ONLINED       PG_OFFLINE_OFFLINED
#define PG_OFFLINE_MISC_MASK    (0xFFUL << 4)
#define PG_OFFLINE_XENPAGE      (0x1UL << 8)
#define PG_OFFLINE_DOM0PAGE     (0x1UL << 9)
#define PG_OFFLINE_ANONYMOUS    (0x1UL << 10)
#define PG_OFFLINE_NOT_CONV_RAM (0x1UL << 11)
#define PG_OFFLINE_OWNED        (0x1UL << 12)
#define PG_OFFLINE_BROKEN       (0x1UL << 13)
#define PG_ONLINE_BROKEN        PG_OFFLINE_BROKEN
#define PG_OFFLINE_OWNER_SHIFT  16

/* Bits of a query's answer. */
#define PG_OFFLINE_STATUS_OFFLINED        (0x1UL << 1)
#define PG_OFFLINE_STATUS_ONLINE          (0x1UL << 2)
#define PG_OFFLINE_STATUS_OFFLINE_PENDING (0x1UL << 3)
#define PG_OFFLINE_STATUS_BROKEN          (0x1UL << 4)

#define XEN_GCOV_FORMAT_MAGIC        0x58434f56 /* "XCOV" */
#define XEN_SYSCTL_COVERAGE_get_size 0
#define XEN_SYSCTL_COVERAGE_read     1
#define XEN_SYSCTL_COVERAGE_reset    2

struct xen_sysctl_coverage_op {
    uint32_t cmd;                     /* in */
    uint32_t size;                    /* bytes, in and out */
    XEN_GUEST_HANDLE_64(char) buffer; /* out */
};

/* Live patches: uploaded under a name, then applied. */
#define XEN_SYSCTL_LIVEPATCH_UPLOAD 0
#define XEN_SYSCTL_LIVEPATCH_GET    1
#define XEN_SYSCTL_LIVEPATCH_LIST   2
#define XEN_SYSCTL_LIVEPATCH_ACTION 3

#define LIVEPATCH_PAYLOAD_VERSION 2
#define XEN_LIVEPATCH_NAME_SIZE   128

#define LIVEPATCH_STATE_CHECKED 1
#define LIVEPATCH_STATE_APPLIED 2

#define LIVEPATCH_ACTION_UNLOAD       1
#define LIVEPATCH_ACTION_REVERT       2
#define LIVEPATCH_ACTION_APPLY        3
#define LIVEPATCH_ACTION_REPLACE      4
#define LIVEPATCH_ACTION_APPLY_NODEPS (1 << 0)

struct xen_livepatch_name {
    XEN_GUEST_HANDLE_64(char) name;
    uint16_t size; /* bytes, with the final 0 */
    uint16_t pad[3];
};

struct xen_sysctl_livepatch_upload {
    struct xen_livepatch_name name;
    uint64_t size; /* bytes */
    XEN_GUEST_HANDLE_64(uint8) payload;
};

typedef struct xen_livepatch_status {
    uint32_t state; /* LIVEPATCH_STATE_* */
    int32_t rc;     /* 0 or a negative errno */
} xen_livepatch_status_t;
DEFINE_XEN_GUEST_HANDLE(xen_livepatch_status_t);

struct xen_sysctl_livepatch_get {
    struct xen_livepatch_name name;
    struct xen_livepatch_status status; /* out */
};

struct xen_sysctl_livepatch_list {
    uint32_t version; /* of the list: in to check, out */
    uint32_t idx;     /* in: first entry */
    uint32_t nr;      /* in: room; out: entries left */
    uint32_t pad;
    uint32_t name_total_size; /* out: bytes, as the next */
    uint32_t metadata_total_size;
    XEN_GUEST_HANDLE_64(xen_livepatch_status_t) status;
    XEN_GUEST_HANDLE_64(char) name;
    XEN_GUEST_HANDLE_64(uint32) len;
    XEN_GUEST_HANDLE_64(char) metadata;
    XEN_GUEST_HANDLE_64(uint32) metadata_len;
};

struct xen_sysctl_livepatch_action {
    struct xen_livepatch_name name;
    uint32_t cmd;     /* LIVEPATCH_ACTION_* */
    uint32_t timeout; /* ns, 0 the default */
    uint32_t flags;
    uint32_t pad;
};

struct xen_sysctl_livepatch_op {
    uint32_t cmd; /* XEN_SYSCTL_LIVEPATCH_* */
    uint32_t pad;
    union {
        struct xen_sysctl_livepatch_upload upload;
        struct xen_sysctl_livepatch_list list;
        struct xen_sysctl_livepatch_get get;
        struct xen_sysctl_livepatch_action action;
    } u;
};

#endif
