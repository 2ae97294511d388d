/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns event channels: a domain's ports, what each is bound to, and the ways to make one pending.
 *
 * Ports are kept in buckets, made on first use within the domain's allowance and freed with the
 * domain. What a port is bound to changes under its domain's lock; for a pair of ports, under both
 * (the lower domid first). Sending to oneself and delivering take no lock.
 */
#ifndef EVENT_CHANNEL_H
#define EVENT_CHANNEL_H

#include <xen/event_channel.h>

#include "dom/vcpu.h"

#define PORTS_PER_BUCKET 64
#define PORT_BUCKETS     (EVTCHN_2L_NR_CHANNELS / PORTS_PER_BUCKET)

enum channel_state {
    CHANNEL_FREE,
    CHANNEL_RESERVED, /* port 0 */
    CHANNEL_UNBOUND,
    CHANNEL_INTERDOMAIN,
    CHANNEL_PIRQ,
    CHANNEL_VIRQ,
    CHANNEL_IPI
};

struct event_channel {
    uint8_t state; /* enum channel_state */
    uint16_t vcpu; /* who is told */
    union {
        domid_t remote; /* UNBOUND: who may bind to it */
        struct {
            evtchn_port_t port;
            struct domain *domain; /* no reference: its ports are closed before it goes */
        } __packed peer;           /* INTERDOMAIN */
        uint32_t pirq;
        uint32_t virq;
    };
};
_Static_assert(sizeof(struct event_channel) == 16, "every guest has a bucket of them");

struct event_domain {
    spinlock_t lock;                             /* RANK_EVENT */
    bool dying;                                  /* no new ports; under the lock */
    uint32_t ports;                              /* how many may be used, port 0 included */
    uint32_t used;                               /* under the lock */
    uint32_t lowest_free;                        /* no port below it is free; under the lock */
    bool any_polled;                             /* some vCPU ever did */
    uint64_t polled[MAX_VCPUS / 64];             /* vCPUs that ever polled: bits are only set */
    struct event_channel *buckets[PORT_BUCKETS]; /* set once; read without the lock */
};

/* -ENOMEM. max_port: the highest port number the domain may use. */
int event_domain_init(struct domain *d, uint32_t max_port) __must_check;

/* Closes all ports for good. -ERESTART: stopped for a softirq, call again. */
int event_domain_destroy(struct domain *d) __must_check;

/* Frees the memory; nobody can reach the domain any more. */
void event_domain_free(struct domain *d);

/* The operations of EVTCHNOP_*: 0 or a negative errno. `d` is the caller's domain, or one that
 * it may control. */
int event_alloc_unbound(struct domain *d, domid_t remote, evtchn_port_t *port) __must_check;
int event_bind_interdomain(struct domain *d, domid_t remote, evtchn_port_t remote_port,
                           evtchn_port_t *port) __must_check;
int event_bind_virq(struct domain *d, uint32_t virq, uint32_t vcpu,
                    evtchn_port_t *port) __must_check;
int event_bind_ipi(struct domain *d, uint32_t vcpu, evtchn_port_t *port) __must_check;
int event_bind_pirq(struct domain *d, uint32_t pirq, uint32_t flags,
                    evtchn_port_t *port) __must_check;
int event_bind_vcpu(struct domain *d, evtchn_port_t port, uint32_t vcpu) __must_check;
int event_close(struct domain *d, evtchn_port_t port) __must_check; /* -ERESTART: call again */
int event_send(struct domain *d, evtchn_port_t port) __must_check;
int event_unmask(struct domain *d, evtchn_port_t port) __must_check;
int event_status(struct domain *d, evtchn_port_t port, struct evtchn_status *s) __must_check;
int event_reset(struct domain *d) __must_check; /* -ERESTART: call again */

/* A virtual interrupt of one vCPU, or one of the domain's (VIRQ_CONSOLE and so on). Any context
 * but NMI; no lock is taken but the scheduler's. Not bound: nothing happens. */
void event_send_virq(struct vcpu *v, uint32_t virq);
void event_send_global_virq(struct domain *d, uint32_t virq);

/* Makes a port of the domain pending and tells its vCPU. Any context but NMI. */
void event_raise(struct domain *d, evtchn_port_t port);

/*
 * SCHEDOP_poll: makes the current vCPU wait until one of the ports is pending, any event is to be
 * delivered, or system time `timeout` (ns, 0: never) has come. It returns at once; the vCPU stops
 * at its exit. -EINVAL: a port it does not have.
 */
int event_poll(const evtchn_port_t *ports, unsigned int n, uint64_t timeout) __must_check;

/* The channel of a port, NULL beyond the last bucket. */
static inline struct event_channel *event_channel(const struct domain *d, evtchn_port_t port)
{
    struct event_channel *bucket;

    if (unlikely(port >= EVTCHN_2L_NR_CHANNELS))
        return NULL;
    /* partner: the release in bucket_make(). The index is in range for a speculating CPU too */
    bucket = __atomic_load_n(&d->events->buckets[port / PORTS_PER_BUCKET % PORT_BUCKETS],
                             __ATOMIC_ACQUIRE);
    return likely(bucket) ? &bucket[port % PORTS_PER_BUCKET] : NULL;
}

/* Both domains' event locks, the lower domid's first; one and the same domain is locked once. */
void event_lock_both(struct domain *a, struct domain *b);
void event_unlock_both(struct domain *a, struct domain *b);

/* A free port, not yet bound: under the lock. -ENOSPC, -ENOMEM, -EINVAL when the domain is
 * dying. */
int event_port_alloc_locked(struct domain *d, evtchn_port_t *port) __must_check;
void event_port_bind_locked(struct domain *d, evtchn_port_t port, enum channel_state state,
                            uint16_t vcpu);
void event_port_free_locked(struct domain *d, evtchn_port_t port);

/* The debug keys: the ports in use. */
void event_dump(const struct domain *d);

#endif
