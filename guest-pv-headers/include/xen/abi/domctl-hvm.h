/* SPDX-License-Identifier: MIT */
/*
 * domctl-hvm.h: control calls that need hardware assistance, shadow tables or Intel's monitoring.
 * Included by domctl.h.
 *
 * Mortise refuses them with -EOPNOTSUPP or -EINVAL; shadow_op is how tools ask whether live
 * migration is to be had. The records are here so that tools compile.
 */
#ifndef XEN_ABI_DOMCTL_HVM_H
#define XEN_ABI_DOMCTL_HVM_H

/* xen_domctl_shadow_op.op */
#define XEN_DOMCTL_SHADOW_OP_OFF             0
#define XEN_DOMCTL_SHADOW_OP_ENABLE_TEST     1
#define XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY 2
#define XEN_DOMCTL_SHADOW_OP_CLEAN           11 /* read the dirty bits and clear them */
#define XEN_DOMCTL_SHADOW_OP_PEEK            12 /* only read them */
#define XEN_DOMCTL_SHADOW_OP_GET_ALLOCATION  30
#define XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION  31
#define XEN_DOMCTL_SHADOW_OP_ENABLE          32

/* mode of ENABLE, and of CLEAN */
#define XEN_DOMCTL_SHADOW_ENABLE_REFCOUNT  (1 << 1)
#define XEN_DOMCTL_SHADOW_ENABLE_LOG_DIRTY (1 << 2)
#define XEN_DOMCTL_SHADOW_ENABLE_TRANSLATE (1 << 3)
#define XEN_DOMCTL_SHADOW_ENABLE_EXTERNAL  (1 << 4)
#define XEN_DOMCTL_SHADOW_LOGDIRTY_FINAL   (1 << 0)

struct xen_domctl_shadow_op_stats {
    uint32_t fault_count;
    uint32_t dirty_count;
};

struct xen_domctl_shadow_op {
    uint32_t op;
    uint32_t mode;
    uint32_t mb;                             /* allocation, MiB */
    XEN_GUEST_HANDLE_64(uint8) dirty_bitmap; /* out: bit n, frame n */
    uint64_aligned_t pages;                  /* in: bits wanted; out: bits written */
    struct xen_domctl_shadow_op_stats stats; /* out */
};

/* A null buffer asks for the size. */
struct xen_domctl_hvmcontext {
    uint32_t size; /* bytes */
    XEN_GUEST_HANDLE_64(uint8) buffer;
};

struct xen_domctl_hvmcontext_partial {
    uint32_t type;
    uint32_t instance;
    uint64_aligned_t bufsz; /* bytes */
    XEN_GUEST_HANDLE_64(uint8) buffer;
};

/* xen_domctl_vm_event_op.op and .mode */
#define XEN_VM_EVENT_ENABLE      0
#define XEN_VM_EVENT_DISABLE     1
#define XEN_VM_EVENT_RESUME      2
#define XEN_VM_EVENT_GET_VERSION 3

#define XEN_DOMCTL_VM_EVENT_OP_PAGING  1
#define XEN_DOMCTL_VM_EVENT_OP_MONITOR 2
#define XEN_DOMCTL_VM_EVENT_OP_SHARING 3

struct xen_domctl_vm_event_op {
    uint32_t op;
    uint32_t mode;
    union {
        struct {
            uint32_t port;
        } enable;         /* out */
        uint32_t version; /* out */
    } u;
};

#define XEN_DOMCTL_MEM_SHARING_CONTROL 0

struct xen_domctl_mem_sharing_op {
    uint8_t op;
    union {
        uint8_t enable;
    } u;
};

struct xen_domctl_set_access_required {
    uint8_t access_required;
};

struct xen_domctl_audit_p2m {
    uint64_t orphans; /* out, all */
    uint64_t m2p_bad;
    uint64_t p2m_bad;
};

struct xen_domctl_set_broken_page_p2m {
    uint64_aligned_t pfn;
};

/* xen_domctl_monitor_op.op */
#define XEN_DOMCTL_MONITOR_OP_ENABLE            0
#define XEN_DOMCTL_MONITOR_OP_DISABLE           1
#define XEN_DOMCTL_MONITOR_OP_GET_CAPABILITIES  2 /* event comes back as a bitmap */
#define XEN_DOMCTL_MONITOR_OP_EMULATE_EACH_REP  3
#define XEN_DOMCTL_MONITOR_OP_CONTROL_REGISTERS 4

/* xen_domctl_monitor_op.event */
#define XEN_DOMCTL_MONITOR_EVENT_WRITE_CTRLREG       0
#define XEN_DOMCTL_MONITOR_EVENT_MOV_TO_MSR          1
#define XEN_DOMCTL_MONITOR_EVENT_SINGLESTEP          2
#define XEN_DOMCTL_MONITOR_EVENT_SOFTWARE_BREAKPOINT 3
#define XEN_DOMCTL_MONITOR_EVENT_GUEST_REQUEST       4
#define XEN_DOMCTL_MONITOR_EVENT_DEBUG_EXCEPTION     5
#define XEN_DOMCTL_MONITOR_EVENT_CPUID               6
#define XEN_DOMCTL_MONITOR_EVENT_PRIVILEGED_CALL     7
#define XEN_DOMCTL_MONITOR_EVENT_INTERRUPT           8
#define XEN_DOMCTL_MONITOR_EVENT_DESC_ACCESS         9
#define XEN_DOMCTL_MONITOR_EVENT_EMUL_UNIMPLEMENTED  10
#define XEN_DOMCTL_MONITOR_EVENT_INGUEST_PAGEFAULT   11
#define XEN_DOMCTL_MONITOR_EVENT_VMEXIT              12

/* sync: the vCPU waits for the answer. */
struct xen_domctl_monitor_op {
    uint32_t op;
    uint32_t event;
    union {
        struct {
            uint8_t index; /* which register */
            uint8_t sync;
            uint8_t onchangeonly;
            uint8_t pad1;
            uint32_t pad2;
            uint64_aligned_t bitmask; /* bits that do not count as a change */
        } mov_to_cr;
        struct {
            uint32_t msr;
            uint8_t onchangeonly;
        } mov_to_msr;
        struct {
            uint8_t sync;
            uint8_t allow_userspace;
        } guest_request;
        struct {
            uint8_t sync;
        } debug_exception;
        struct {
            uint8_t sync;
        } vmexit;
    } u;
};

/* Cache occupancy monitoring: data is the monitoring id for QUERY_RMID. */
#define XEN_DOMCTL_PSR_CMT_OP_DETACH     0
#define XEN_DOMCTL_PSR_CMT_OP_ATTACH     1
#define XEN_DOMCTL_PSR_CMT_OP_QUERY_RMID 2

struct xen_domctl_psr_cmt_op {
    uint32_t cmd;
    uint32_t data;
};

/* Cache and bandwidth allocation: masks of ways, or a throttling value. */
#define XEN_DOMCTL_PSR_SET_L3_CBM    0
#define XEN_DOMCTL_PSR_GET_L3_CBM    1
#define XEN_DOMCTL_PSR_SET_L3_CODE   2
#define XEN_DOMCTL_PSR_SET_L3_DATA   3
#define XEN_DOMCTL_PSR_GET_L3_CODE   4
#define XEN_DOMCTL_PSR_GET_L3_DATA   5
#define XEN_DOMCTL_PSR_SET_L2_CBM    6
#define XEN_DOMCTL_PSR_GET_L2_CBM    7
#define XEN_DOMCTL_PSR_SET_MBA_THRTL 8
#define XEN_DOMCTL_PSR_GET_MBA_THRTL 9

struct xen_domctl_psr_alloc {
    uint32_t cmd;
    uint32_t target; /* socket */
    uint64_t data;
};

/* Processor trace. */
#define XEN_DOMCTL_vmtrace_enable           1
#define XEN_DOMCTL_vmtrace_disable          2
#define XEN_DOMCTL_vmtrace_reset_and_enable 3
#define XEN_DOMCTL_vmtrace_output_position  4
#define XEN_DOMCTL_vmtrace_get_option       5
#define XEN_DOMCTL_vmtrace_set_option       6

typedef struct xen_domctl_vmtrace_op {
    uint32_t cmd;
    uint32_t vcpu;
    uint64_aligned_t key; /* MSR, for the options */
    uint64_aligned_t value;
} xen_domctl_vmtrace_op_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_vmtrace_op_t);

#endif
