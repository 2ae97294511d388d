/* SPDX-License-Identifier: MIT */
/*
 * shared.h: the page each guest shares with the hypervisor. Included by xen.h.
 *
 * Time and wall clock are seqlocks: odd version, write, even version; a reader retries when the
 * version was odd or changed. Pending bits are set by the hypervisor and cleared by the guest,
 * atomically; mask bits are the guest's.
 */
#ifndef XEN_ABI_SHARED_H
#define XEN_ABI_SHARED_H

#if __XEN_INTERFACE_VERSION__ < 0x00040400
#define NR_EVENT_CHANNELS EVTCHN_2L_NR_CHANNELS
#endif

/*
 * System time now is system_time + ((rdtsc - tsc_timestamp) << tsc_shift) * mul / 2^32, in
 * nanoseconds since the hypervisor started; a negative shift goes right.
 */
typedef struct vcpu_time_info {
    uint32_t version;
    uint32_t pad0;
    uint64_t tsc_timestamp; /* TSC at system_time */
    uint64_t system_time;
    uint32_t tsc_to_system_mul;
    int8_t tsc_shift;
#if __XEN_INTERFACE_VERSION__ > 0x040600
    uint8_t flags; /* XEN_PVCLOCK_* */
    uint8_t pad1[2];
#else
    int8_t pad1[3];
#endif
} vcpu_time_info_t;

#define XEN_PVCLOCK_TSC_STABLE_BIT (1 << 0) /* comparable between vCPUs */
#define XEN_PVCLOCK_GUEST_STOPPED  (1 << 1) /* the guest was paused; its watchdogs should forgive */

/* One a vCPU: the first 32 are in shared_info until the guest registers another place. */
struct vcpu_info {
    uint8_t evtchn_upcall_pending;  /* an event waits; cleared by the guest before it scans */
    uint8_t evtchn_upcall_mask;     /* the guest's interrupt flag, inverted */
    xen_ulong_t evtchn_pending_sel; /* bit n: look at word n of evtchn_pending */
    struct arch_vcpu_info arch;
    vcpu_time_info_t time;
};

struct shared_info {
    struct vcpu_info vcpu_info[XEN_LEGACY_MAX_VCPUS];
    xen_ulong_t evtchn_pending[sizeof(xen_ulong_t) * 8]; /* bit n of word w: port 64 w + n */
    xen_ulong_t evtchn_mask[sizeof(xen_ulong_t) * 8];
    uint32_t wc_version; /* wall clock: UTC when system time was 0 */
    uint32_t wc_sec;
    uint32_t wc_nsec;
    uint32_t wc_sec_hi; /* bits 32 to 63 of wc_sec */
    struct arch_shared_info arch;
};
#define xen_wc_sec_hi wc_sec_hi

/* The hypervisor keeps these two names for types of its own. */
#ifndef __XEN__
typedef struct vcpu_info vcpu_info_t;
typedef struct shared_info shared_info_t;
#endif

#endif
