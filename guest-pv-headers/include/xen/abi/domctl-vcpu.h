/* SPDX-License-Identifier: MIT */
/*
 * domctl-vcpu.h: control calls about vCPUs. Included by domctl.h.
 *
 * State out and in for save and restore, where they run, how the scheduler shares the host out,
 * and the CPUID and MSR policy they see.
 */
#ifndef XEN_ABI_DOMCTL_VCPU_H
#define XEN_ABI_DOMCTL_VCPU_H

struct xen_domctl_max_vcpus {
    uint32_t max; /* as at creation */
};

/* setvcpucontext and getvcpucontext; a null ctxt takes the vCPU down. */
struct xen_domctl_vcpucontext {
    uint32_t vcpu;
    XEN_GUEST_HANDLE_64(vcpu_guest_context_t) ctxt;
};

struct xen_domctl_getvcpuinfo {
    uint32_t vcpu;  /* in */
    uint8_t online; /* out, all below */
    uint8_t blocked;
    uint8_t running;
    uint64_aligned_t cpu_time; /* ns */
    uint32_t cpu;              /* the pCPU it is or was on */
};

/* Machine-check state that save and restore carry. */
struct hvm_vmce_vcpu {
    uint64_t caps;
    uint64_t mci_ctl2_bank0;
    uint64_t mci_ctl2_bank1;
    uint64_t mcg_ext_ctl;
};

/* What vcpu_guest_context has no room for. */
struct xen_domctl_ext_vcpucontext {
    uint32_t vcpu; /* in */
    uint32_t size; /* bytes from here; in for set, out for get */
    uint64_aligned_t syscall32_callback_eip;
    uint64_aligned_t sysenter_callback_eip;
    uint16_t syscall32_callback_cs;
    uint16_t sysenter_callback_cs;
    uint8_t syscall32_disables_events;
    uint8_t sysenter_disables_events;
#if defined(__GNUC__)
    XEN_ABI_EXT union {
        uint64_aligned_t mcg_cap;
        struct hvm_vmce_vcpu vmce;
    };
#else
    struct hvm_vmce_vcpu vmce;
#endif
};

/* Extended registers: XCR0, XCR0 accumulated, then the XSAVE area; size 0 asks for the size. */
struct xen_domctl_vcpuextstate {
    uint32_t vcpu;
    uint64_aligned_t xfeature_mask;
    uint64_aligned_t size; /* bytes */
    XEN_GUEST_HANDLE_64(uint64) buffer;
};

typedef struct xen_domctl_vcpu_msr {
    uint32_t index;
    uint32_t reserved;
    uint64_aligned_t value;
} xen_domctl_vcpu_msr_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_vcpu_msr_t);

struct xen_domctl_vcpu_msrs {
    uint32_t vcpu;
    uint32_t msr_count; /* in: room, or entries; out: entries */
    XEN_GUEST_HANDLE_64(xen_domctl_vcpu_msr_t) msrs;
};

/* xen_domctl_vcpuaffinity.flags: which of the two, and whether to break a pin */
#define _XEN_VCPUAFFINITY_HARD  0
#define XEN_VCPUAFFINITY_HARD   (1U << _XEN_VCPUAFFINITY_HARD)
#define _XEN_VCPUAFFINITY_SOFT  1
#define XEN_VCPUAFFINITY_SOFT   (1U << _XEN_VCPUAFFINITY_SOFT)
#define _XEN_VCPUAFFINITY_FORCE 2
#define XEN_VCPUAFFINITY_FORCE  (1U << _XEN_VCPUAFFINITY_FORCE)

/* hard: may run there; soft: prefers to. Out: the masks in force. */
struct xen_domctl_vcpuaffinity {
    uint32_t vcpu;
    uint32_t flags; /* XEN_VCPUAFFINITY_* */
    struct xenctl_bitmap cpumap_hard;
    struct xenctl_bitmap cpumap_soft;
};

/* Schedulers by number. */
#define XEN_SCHEDULER_CREDIT   5
#define XEN_SCHEDULER_CREDIT2  6
#define XEN_SCHEDULER_ARINC653 7
#define XEN_SCHEDULER_RTDS     8
#define XEN_SCHEDULER_NULL     9

/* weight: share against other domains, 256 the usual; cap: percent of a pCPU, 0 none. */
struct xen_domctl_sched_credit {
    uint16_t weight;
    uint16_t cap;
};

struct xen_domctl_sched_credit2 {
    uint16_t weight;
    uint16_t cap;
};

#define _XEN_DOMCTL_SCHEDRT_extra 0 /* may use time that is left over */
#define XEN_DOMCTL_SCHEDRT_extra  (1U << _XEN_DOMCTL_SCHEDRT_extra)

struct xen_domctl_sched_rtds {
    uint32_t period; /* us */
    uint32_t budget; /* us in each period */
    uint32_t flags;  /* XEN_DOMCTL_SCHEDRT_* */
};

typedef struct xen_domctl_schedparam_vcpu {
    union {
        struct xen_domctl_sched_credit credit;
        struct xen_domctl_sched_credit2 credit2;
        struct xen_domctl_sched_rtds rtds;
    } u;
    uint32_t vcpuid;
} xen_domctl_schedparam_vcpu_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_schedparam_vcpu_t);

/* xen_domctl_scheduler_op.cmd; the last two use u.v */
#define XEN_DOMCTL_SCHEDOP_putinfo     0
#define XEN_DOMCTL_SCHEDOP_getinfo     1
#define XEN_DOMCTL_SCHEDOP_putvcpuinfo 2
#define XEN_DOMCTL_SCHEDOP_getvcpuinfo 3

struct xen_domctl_scheduler_op {
    uint32_t sched_id; /* in: XEN_SCHEDULER_* */
    uint32_t cmd;      /* in: XEN_DOMCTL_SCHEDOP_* */
    union {
        struct xen_domctl_sched_credit credit;
        struct xen_domctl_sched_credit2 credit2;
        struct xen_domctl_sched_rtds rtds;
        struct {
            XEN_GUEST_HANDLE_64(xen_domctl_schedparam_vcpu_t) vcpus;
            uint32_t nr_vcpus; /* in: entries; out: how many were done */
            uint32_t padding;
        } v;
    } u;
};

/* xen_domctl_sendtrigger.trigger */
#define XEN_DOMCTL_SENDTRIGGER_NMI   0
#define XEN_DOMCTL_SENDTRIGGER_RESET 1
#define XEN_DOMCTL_SENDTRIGGER_INIT  2
#define XEN_DOMCTL_SENDTRIGGER_POWER 3
#define XEN_DOMCTL_SENDTRIGGER_SLEEP 4

struct xen_domctl_sendtrigger {
    uint32_t trigger;
    uint32_t vcpu;
};

#define XEN_CPUID_INPUT_UNUSED 0xFFFFFFFF /* err_* below: not to blame */

/* What the domain's vCPUs see; set it before the first one runs. */
typedef struct xen_domctl_cpu_policy {
    uint32_t nr_leaves; /* entries; out of get: how many there are */
    uint32_t nr_msrs;
    XEN_GUEST_HANDLE_64(xen_cpuid_leaf_t) leaves;
    XEN_GUEST_HANDLE_64(xen_msr_entry_t) msrs;
    uint32_t err_leaf, err_subleaf, err_msr; /* out of set: the entry refused */
} xen_domctl_cpu_policy_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_cpu_policy_t);

#define XEN_DOMCTL_DEBUG_OP_SINGLE_STEP_OFF 0
#define XEN_DOMCTL_DEBUG_OP_SINGLE_STEP_ON  1

struct xen_domctl_debug_op {
    uint32_t op; /* XEN_DOMCTL_DEBUG_OP_* */
    uint32_t vcpu;
};

/* Reading and writing a guest's memory for a debugger. */
struct xen_domctl_gdbsx_memio {
    uint64_aligned_t pgd3val; /* in: root to walk, 0 the vCPU's own */
    uint64_aligned_t gva;     /* in: guest's address */
    uint64_aligned_t uva;     /* in: caller's address */
    uint32_t len;             /* in: bytes */
    uint8_t gwr;              /* in: 1 writes the guest */
    uint32_t remain;          /* out: bytes not done */
};

struct xen_domctl_gdbsx_pauseunp_vcpu {
    uint32_t vcpu;
};

struct xen_domctl_gdbsx_domstatus {
    uint8_t paused;   /* out */
    uint32_t vcpu_id; /* out: who stopped */
    uint32_t vcpu_ev; /* out: why */
};

#endif
