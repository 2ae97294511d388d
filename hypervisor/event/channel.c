/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of ports: buckets, allocation, closing one and closing all.
 *
 * Closing one end of a pair needs both domains' locks. The peer can't be freed while its port is
 * bound to ours, so its domid is read under our lock; then both locks are taken in their order, and
 * it is looked again.
 */
#include "event/channel.h"

#include "event/bits.h"
#include "event/pirq.h"
#include "kern/softirq.h"
#include "lib/errno.h"
#include "lib/refusal.h"
#include "mm/heap.h"

#define CLOSE_ATTEMPTS 8

static int bucket_make(struct event_domain *e, unsigned int nr)
{
    struct event_channel *bucket;

    if (e->buckets[nr])
        return 0;
    bucket = heap_alloc(PORTS_PER_BUCKET * sizeof(*bucket));
    if (!bucket)
        return -ENOMEM;
    __atomic_store_n(&e->buckets[nr], bucket, __ATOMIC_RELEASE);
    return 0;
}

int event_domain_init(struct domain *d, uint32_t max_port)
{
    struct event_domain *e = heap_new(struct event_domain);

    if (!e)
        return -ENOMEM;
    spin_init(&e->lock, RANK_EVENT);
    e->ports = MIN(max_port, (uint32_t)EVTCHN_2L_NR_CHANNELS - 1) + 1;
    if (bucket_make(e, 0)) {
        heap_free(e);
        return -ENOMEM;
    }
    e->buckets[0][0].state = CHANNEL_RESERVED;
    e->lowest_free = 1;
    d->events = e;
    return 0;
}

void event_domain_free(struct domain *d)
{
    if (!d->events)
        return;
    for (unsigned int i = 0; i < PORT_BUCKETS; i++)
        heap_free(d->events->buckets[i]);
    heap_free(d->events);
    d->events = NULL;
}

int event_port_alloc_locked(struct domain *d, evtchn_port_t *port)
{
    struct event_domain *e = d->events;

    if (e->dying)
        return refuse(RULE_EVTCHN_DYING, d->id, -EINVAL);
    for (evtchn_port_t p = e->lowest_free; p < e->ports; p++) { /* at most 4096 turns */
        if (bucket_make(e, p / PORTS_PER_BUCKET))
            return refuse(RULE_NO_MEMORY, p, -ENOMEM);
        if (event_channel(d, p)->state == CHANNEL_FREE) {
            e->lowest_free = p;
            *port = p;
            return 0;
        }
    }
    e->lowest_free = e->ports;
    return refuse(RULE_EVTCHN_NO_PORT, e->ports, -ENOSPC);
}

void event_port_bind_locked(struct domain *d, evtchn_port_t port, enum channel_state state,
                            uint16_t vcpu)
{
    struct event_channel *c = event_channel(d, port);

    if (c->state == CHANNEL_FREE)
        d->events->used++;
    if (d->events->lowest_free == port)
        d->events->lowest_free++;
    WRITE_ONCE(c->vcpu, vcpu);
    /* a sender without the lock sees the state last */
    __atomic_store_n(&c->state, (uint8_t)state, __ATOMIC_RELEASE);
}

void event_port_free_locked(struct domain *d, evtchn_port_t port)
{
    struct event_channel *c = event_channel(d, port);

    __atomic_store_n(&c->state, CHANNEL_FREE, __ATOMIC_RELEASE);
    WRITE_ONCE(c->vcpu, 0);
    if (d->shared)
        event_bits_clear(d->shared, port);
    d->events->used--;
    d->events->lowest_free = MIN(d->events->lowest_free, port);
}

void event_lock_both(struct domain *a, struct domain *b)
{
    struct domain *first = a->id < b->id ? a : b;

    spin_lock(&first->events->lock);
    if (a != b)
        spin_lock_second(&(first == a ? b : a)->events->lock);
}

void event_unlock_both(struct domain *a, struct domain *b)
{
    struct domain *first = a->id < b->id ? a : b;

    if (a != b)
        spin_unlock_second(&(first == a ? b : a)->events->lock);
    spin_unlock(&first->events->lock);
}

/* Forgets a VIRQ on whichever vCPU has it at this port. */
static void unbind_virq(struct domain *d, const struct event_channel *c, evtchn_port_t port)
{
    for (unsigned int i = 0; i < d->max_vcpus; i++) {
        struct vcpu *v = d->vcpus[i];

        if (v && v->virq_port[c->virq] == port)
            WRITE_ONCE(v->virq_port[c->virq], 0);
    }
}

/* Closes a port under the lock of its domain, and of the peer's if it has one. */
static int close_locked(struct domain *d, evtchn_port_t port)
{
    struct event_channel *c = event_channel(d, port), *other;

    switch ((enum channel_state)c->state) {
    case CHANNEL_FREE:
    case CHANNEL_RESERVED:
        return refuse(RULE_EVTCHN_PORT_STATE, port, -EINVAL);
    case CHANNEL_UNBOUND:
    case CHANNEL_IPI:
        break;
    case CHANNEL_VIRQ:
        unbind_virq(d, c, port);
        break;
    case CHANNEL_PIRQ:
        pirq_unbind(d, c->pirq, port);
        break;
    case CHANNEL_INTERDOMAIN:
        other = event_channel(c->peer.domain, c->peer.port);
        other->remote = d->id;
        __atomic_store_n(&other->state, CHANNEL_UNBOUND, __ATOMIC_RELEASE);
        break;
    }
    event_port_free_locked(d, port);
    return 0;
}

/* The other domain whose port is bound to this one, with a reference; NULL when there is none,
 * or it is `d` itself. What it says may be outdated already. */
static struct domain *peer_get(struct domain *d, const struct event_channel *c)
{
    bool remote;
    domid_t id = 0;

    spin_lock(&d->events->lock);
    remote = c->state == CHANNEL_INTERDOMAIN && c->peer.domain != d;
    if (remote)
        id = c->peer.domain->id;
    spin_unlock(&d->events->lock);
    return remote ? domain_get(id) : NULL;
}

int event_close(struct domain *d, evtchn_port_t port)
{
    struct event_channel *c = event_channel(d, port);
    bool done = false;
    int rc = 0;

    if (!c || port >= d->events->ports)
        return refuse(RULE_EVTCHN_PORT_RANGE, port, -EINVAL);
    for (unsigned int i = 0; i < CLOSE_ATTEMPTS && !done; i++) {
        struct domain *peer = peer_get(d, c);

        if (peer)
            event_lock_both(d, peer);
        else
            spin_lock(&d->events->lock);
        /* still the same peer? */
        if (c->state != CHANNEL_INTERDOMAIN || c->peer.domain == d || c->peer.domain == peer) {
            rc = close_locked(d, port);
            done = true;
        }
        if (peer) {
            event_unlock_both(d, peer);
            domain_put(peer);
        } else {
            spin_unlock(&d->events->lock);
        }
    }
    return done ? rc : -ERESTART;
}

/* Closes whatever is open; stops when something else is to be done. Bounded by the number of
 * ports. */
static int close_all(struct domain *d)
{
    for (evtchn_port_t port = 1; port < d->events->ports; port++) {
        struct event_channel *c = event_channel(d, port);
        int rc;

        if (!c) {
            port |= PORTS_PER_BUCKET - 1; /* no such bucket: nor any port of it */
            continue;
        }
        if (READ_ONCE(c->state) == CHANNEL_FREE)
            continue;
        rc = event_close(d, port);
        if (rc == -ERESTART || softirq_pending())
            return -ERESTART;
    }
    return 0;
}

int event_reset(struct domain *d)
{
    return close_all(d);
}

int event_domain_destroy(struct domain *d)
{
    if (!d->events)
        return 0;
    spin_lock(&d->events->lock);
    d->events->dying = true;
    spin_unlock(&d->events->lock);
    return close_all(d);
}
