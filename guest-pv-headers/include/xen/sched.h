/* SPDX-License-Identifier: MIT */
/*
 * sched.h: HYPERVISOR_sched_op(cmd, argument), a vCPU and its domain giving up the CPU.
 *
 * Times are absolute system time in nanoseconds, watchdogs relative in seconds.
 */
#ifndef __XEN_PUBLIC_SCHED_H__
#define __XEN_PUBLIC_SCHED_H__

#include "event_channel.h"

#define SCHEDOP_yield           0 /* no argument */
#define SCHEDOP_block           1 /* unmasks events, then sleeps until one is pending */
#define SCHEDOP_shutdown        2 /* struct sched_shutdown; the whole domain stops */
#define SCHEDOP_poll            3 /* struct sched_poll; needs no unmasked event */
#define SCHEDOP_remote_shutdown 4 /* struct sched_remote_shutdown; privileged */
#define SCHEDOP_shutdown_code   5 /* struct sched_shutdown: the code to report, nothing stops */
#define SCHEDOP_watchdog        6 /* struct sched_watchdog */
#define SCHEDOP_pin_override    7 /* struct sched_pin_override; control domain */

/* Why a domain stopped. */
#define SHUTDOWN_poweroff   0
#define SHUTDOWN_reboot     1
#define SHUTDOWN_suspend    2
#define SHUTDOWN_crash      3
#define SHUTDOWN_watchdog   4
#define SHUTDOWN_soft_reset 5
#define SHUTDOWN_MAX        5

#ifndef __ASSEMBLY__

typedef struct sched_shutdown {
    unsigned int reason; /* SHUTDOWN_* */
} sched_shutdown_t;
DEFINE_XEN_GUEST_HANDLE(sched_shutdown_t);

/* Sleeps until one of the ports is pending, masked or not, or the time has come. */
typedef struct sched_poll {
    XEN_GUEST_HANDLE(evtchn_port_t) ports;
    unsigned int nr_ports;
    uint64_t timeout; /* 0: none */
} sched_poll_t;
DEFINE_XEN_GUEST_HANDLE(sched_poll_t);

typedef struct sched_remote_shutdown {
    domid_t domain_id;
    unsigned int reason; /* SHUTDOWN_* */
} sched_remote_shutdown_t;
DEFINE_XEN_GUEST_HANDLE(sched_remote_shutdown_t);

/* id 0 makes a watchdog and returns its number; timeout 0 removes one. */
typedef struct sched_watchdog {
    uint32_t id;
    uint32_t timeout; /* seconds from now until the domain is shut down */
} sched_watchdog_t;
DEFINE_XEN_GUEST_HANDLE(sched_watchdog_t);

/* Holds the calling vCPU on a pCPU; a negative number lets it go. */
typedef struct sched_pin_override {
    int32_t pcpu;
} sched_pin_override_t;
DEFINE_XEN_GUEST_HANDLE(sched_pin_override_t);

#endif /* __ASSEMBLY__ */

#endif
