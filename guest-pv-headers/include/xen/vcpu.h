/* SPDX-License-Identifier: MIT */
/*
 * vcpu.h: HYPERVISOR_vcpu_op(cmd, vcpu, argument), one vCPU of the caller's domain.
 *
 * initialise, then up; an online vCPU runs. Areas that are registered by address are written while
 * that vCPU's tables are loaded, those registered by frame at any time.
 */
#ifndef __XEN_PUBLIC_VCPU_H__
#define __XEN_PUBLIC_VCPU_H__

#include "xen.h"

#define VCPUOP_initialise                     0 /* struct vcpu_guest_context */
#define VCPUOP_up                             1
#define VCPUOP_down                           2
#define VCPUOP_is_up                          3 /* returns 1 or 0 */
#define VCPUOP_get_runstate_info              4 /* struct vcpu_runstate_info, out */
#define VCPUOP_register_runstate_memory_area  5
#define VCPUOP_set_periodic_timer             6
#define VCPUOP_stop_periodic_timer            7
#define VCPUOP_set_singleshot_timer           8
#define VCPUOP_stop_singleshot_timer          9
#define VCPUOP_register_vcpu_info             10
#define VCPUOP_send_nmi                       11
#define VCPUOP_get_physid                     12
#define VCPUOP_register_vcpu_time_memory_area 13

/* vcpu_runstate_info.state, and index of its time array. */
#define RUNSTATE_running  0
#define RUNSTATE_runnable 1 /* waits for a pCPU */
#define RUNSTATE_blocked  2 /* waits for an event */
#define RUNSTATE_offline  3 /* down, or paused from outside */

/* In state_entry_time: the area is being written, by the vm_assist of that name. */
#define XEN_RUNSTATE_UPDATE (xen_mk_ullong(1) << 63)

/* vcpu_set_singleshot_timer.flags: -ETIME when the time is past already. */
#define _VCPU_SSHOTTMR_future (0)
#define VCPU_SSHOTTMR_future  (1U << _VCPU_SSHOTTMR_future)

#ifndef __ASSEMBLY__

typedef struct vcpu_runstate_info {
    int state;                 /* RUNSTATE_* */
    uint64_t state_entry_time; /* system time, ns */
    uint64_t time[4];          /* ns in each state, without the present stay */
} vcpu_runstate_info_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_runstate_info_t);

/* A virtual address the hypervisor keeps a copy of the run state at. */
typedef struct vcpu_register_runstate_memory_area {
    union {
        XEN_GUEST_HANDLE(vcpu_runstate_info_t) h;
        struct vcpu_runstate_info *v;
        uint64_t p;
    } addr;
} vcpu_register_runstate_memory_area_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_register_runstate_memory_area_t);

typedef struct vcpu_set_periodic_timer {
    uint64_t period_ns; /* at least a millisecond */
} vcpu_set_periodic_timer_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_set_periodic_timer_t);

typedef struct vcpu_set_singleshot_timer {
    uint64_t timeout_abs_ns;
    uint32_t flags; /* VCPU_SSHOTTMR_* */
} vcpu_set_singleshot_timer_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_set_singleshot_timer_t);

/* Moves vcpu_info to a frame of the guest, once; it must not cross the frame's end. */
typedef struct vcpu_register_vcpu_info {
    uint64_t mfn;
    uint32_t offset; /* bytes */
    uint32_t rsvd;   /* 0 */
} vcpu_register_vcpu_info_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_register_vcpu_info_t);

/* Only for a vCPU that is pinned to one pCPU. */
typedef struct vcpu_get_physid {
    uint64_t phys_id; /* out: APIC id, ACPI id << 32 */
} vcpu_get_physid_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_get_physid_t);
#define xen_vcpu_physid_to_x86_apicid(physid) ((uint32_t)(physid))
#define xen_vcpu_physid_to_x86_acpiid(physid) ((uint32_t)((physid) >> 32))

/* A second copy of the time record, fit to be shown to user space. */
DEFINE_XEN_GUEST_HANDLE(vcpu_time_info_t);
typedef struct vcpu_register_time_memory_area {
    union {
        XEN_GUEST_HANDLE(vcpu_time_info_t) h;
        struct vcpu_time_info *v;
        uint64_t p;
    } addr;
} vcpu_register_time_memory_area_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_register_time_memory_area_t);

#endif /* __ASSEMBLY__ */

#endif
