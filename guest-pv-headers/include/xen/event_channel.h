/* SPDX-License-Identifier: MIT */
/*
 * event_channel.h: events, a guest's interrupts.
 *
 * A port is one bit that goes from 0 to 1. HYPERVISOR_event_channel_op(cmd, argument) makes,
 * binds, sends and closes ports; delivery is through the pending and mask words of shared_info
 * (two levels) or through the guest's own queues (FIFO). In every structure the caller fills the
 * fields marked in.
 */
#ifndef __XEN_PUBLIC_EVENT_CHANNEL_H__
#define __XEN_PUBLIC_EVENT_CHANNEL_H__

#include "xen.h"

#define EVTCHNOP_bind_interdomain 0
#define EVTCHNOP_bind_virq        1
#define EVTCHNOP_bind_pirq        2
#define EVTCHNOP_close            3
#define EVTCHNOP_send             4
#define EVTCHNOP_status           5
#define EVTCHNOP_alloc_unbound    6
#define EVTCHNOP_bind_ipi         7
#define EVTCHNOP_bind_vcpu        8
#define EVTCHNOP_unmask           9
#define EVTCHNOP_reset            10
#define EVTCHNOP_init_control     11
#define EVTCHNOP_expand_array     12
#define EVTCHNOP_set_priority     13
#ifdef __XEN__
#define EVTCHNOP_reset_cont 14 /* the hypervisor's own continuation of reset */
#endif

/* Two levels: 64 words of 64 ports. */
#define EVTCHN_2L_NR_CHANNELS (sizeof(xen_ulong_t) * sizeof(xen_ulong_t) * 64)

/* FIFO: 16 queues a vCPU, 0 the most urgent. */
#define EVTCHN_FIFO_PRIORITY_MAX     0
#define EVTCHN_FIFO_PRIORITY_DEFAULT 7
#define EVTCHN_FIFO_PRIORITY_MIN     15
#define EVTCHN_FIFO_MAX_QUEUES       (EVTCHN_FIFO_PRIORITY_MIN + 1)

/* Bits of an event word; the low 17 link to the next port of its queue. */
#define EVTCHN_FIFO_PENDING     31
#define EVTCHN_FIFO_MASKED      30
#define EVTCHN_FIFO_LINKED      29
#define EVTCHN_FIFO_BUSY        28
#define EVTCHN_FIFO_LINK_BITS   17
#define EVTCHN_FIFO_LINK_MASK   ((1 << EVTCHN_FIFO_LINK_BITS) - 1)
#define EVTCHN_FIFO_NR_CHANNELS (1 << EVTCHN_FIFO_LINK_BITS)

#define BIND_PIRQ__WILL_SHARE 1 /* bind_pirq.flags: other domains may bind the same line */

/* evtchn_status.status */
#define EVTCHNSTAT_closed      0
#define EVTCHNSTAT_unbound     1 /* waits for the remote domain */
#define EVTCHNSTAT_interdomain 2
#define EVTCHNSTAT_pirq        3
#define EVTCHNSTAT_virq        4
#define EVTCHNSTAT_ipi         5

#ifndef __ASSEMBLY__

typedef uint32_t evtchn_port_t;
DEFINE_XEN_GUEST_HANDLE(evtchn_port_t);

/* A port in dom that remote_dom may bind to; only the privileged may name another dom. */
typedef struct evtchn_alloc_unbound {
    domid_t dom, remote_dom; /* in */
    evtchn_port_t port;      /* out */
} evtchn_alloc_unbound_t;

/* Joins a new local port to the peer's unbound one; the new port starts pending. */
typedef struct evtchn_bind_interdomain {
    domid_t remote_dom;        /* in */
    evtchn_port_t remote_port; /* in */
    evtchn_port_t local_port;  /* out */
} evtchn_bind_interdomain_t;

typedef struct evtchn_bind_virq {
    uint32_t virq;      /* in: VIRQ_* */
    uint32_t vcpu;      /* in: 0 for one that is the domain's */
    evtchn_port_t port; /* out */
} evtchn_bind_virq_t;

typedef struct evtchn_bind_pirq {
    uint32_t pirq;      /* in */
    uint32_t flags;     /* in: BIND_PIRQ__* */
    evtchn_port_t port; /* out */
} evtchn_bind_pirq_t;

typedef struct evtchn_bind_ipi {
    uint32_t vcpu;      /* in: target, for good */
    evtchn_port_t port; /* out */
} evtchn_bind_ipi_t;

/* The peer's end becomes unbound. */
typedef struct evtchn_close {
    evtchn_port_t port; /* in */
} evtchn_close_t;

typedef struct evtchn_send {
    evtchn_port_t port; /* in: the local end */
} evtchn_send_t;

typedef struct evtchn_status {
    domid_t dom;        /* in */
    evtchn_port_t port; /* in */
    uint32_t status;    /* out: EVTCHNSTAT_*, which also selects the member of u */
    uint32_t vcpu;      /* out: vCPU that is told */
    union {
        struct {
            domid_t dom;
        } unbound;
        struct {
            domid_t dom;
            evtchn_port_t port;
        } interdomain;
        uint32_t pirq;
        uint32_t virq;
    } u;
} evtchn_status_t;

/* Not for IPIs, nor for interrupts of a single vCPU. */
typedef struct evtchn_bind_vcpu {
    evtchn_port_t port; /* in */
    uint32_t vcpu;      /* in */
} evtchn_bind_vcpu_t;

/* Clears the mask bit, and delivers at once what was pending behind it. */
typedef struct evtchn_unmask {
    evtchn_port_t port; /* in */
} evtchn_unmask_t;

/* Closes every port of dom. */
typedef struct evtchn_reset {
    domid_t dom; /* in */
} evtchn_reset_t;

/* Gives the frame that holds a vCPU's FIFO control block, before any port is bound. */
typedef struct evtchn_init_control {
    uint64_t control_gfn; /* in */
    uint32_t offset;      /* in: bytes into the frame */
    uint32_t vcpu;        /* in */
    uint8_t link_bits;    /* out: bits of a port number in an event word */
    uint8_t _pad[7];
} evtchn_init_control_t;

typedef struct evtchn_expand_array {
    uint64_t array_gfn; /* in: next frame of event words */
} evtchn_expand_array_t;

typedef struct evtchn_set_priority {
    evtchn_port_t port; /* in */
    uint32_t priority;  /* in */
} evtchn_set_priority_t;

/* Argument of the old call 16, which took its command in memory. */
typedef struct evtchn_op {
    uint32_t cmd;
    union {
        evtchn_alloc_unbound_t alloc_unbound;
        evtchn_bind_interdomain_t bind_interdomain;
        evtchn_bind_virq_t bind_virq;
        evtchn_bind_pirq_t bind_pirq;
        evtchn_bind_ipi_t bind_ipi;
        evtchn_close_t close;
        evtchn_send_t send;
        evtchn_status_t status;
        evtchn_bind_vcpu_t bind_vcpu;
        evtchn_unmask_t unmask;
    } u;
} evtchn_op_t;
DEFINE_XEN_GUEST_HANDLE(evtchn_op_t);

typedef uint32_t event_word_t; /* one a port, in the guest's array */

typedef struct evtchn_fifo_control_block {
    uint32_t ready; /* bit n: queue n holds events; the hypervisor sets, the guest clears */
    uint32_t _rsvd;
    uint32_t head[EVTCHN_FIFO_MAX_QUEUES]; /* first port of each queue */
} evtchn_fifo_control_block_t;

#endif /* __ASSEMBLY__ */

#endif
