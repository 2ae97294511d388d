/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding ports: to another domain, to a virtual, physical or inter-processor interrupt, and to a
 * vCPU.
 *
 * Each takes the lock, finds a port, checks what it is to be bound to, and only then changes
 * anything.
 */
#include "event/bits.h"
#include "event/channel.h"
#include "event/pirq.h"
#include "kern/irq.h"
#include "lib/errno.h"
#include "lib/refusal.h"

int event_alloc_unbound(struct domain *d, domid_t remote, evtchn_port_t *port)
{
    int rc;

    spin_lock(&d->events->lock);
    rc = event_port_alloc_locked(d, port);
    if (rc == 0) {
        event_channel(d, *port)->remote = remote;
        event_port_bind_locked(d, *port, CHANNEL_UNBOUND, 0);
    }
    spin_unlock(&d->events->lock);
    return rc;
}

/* Under both locks. */
static int bind_pair(struct domain *d, struct domain *rd, evtchn_port_t remote_port,
                     evtchn_port_t *port)
{
    struct event_channel *rc = event_channel(rd, remote_port), *lc;
    int error;

    if (!rc || remote_port >= rd->events->ports)
        return refuse(RULE_EVTCHN_PORT_RANGE, remote_port, -EINVAL);
    if (rc->state != CHANNEL_UNBOUND || rc->remote != d->id)
        return refuse(RULE_EVTCHN_REMOTE_PORT, remote_port, -EINVAL);
    if (rd->events->dying)
        return refuse(RULE_EVTCHN_DYING, rd->id, -EINVAL);
    error = event_port_alloc_locked(d, port);
    if (error)
        return error;
    lc = event_channel(d, *port);
    lc->peer.domain = rd;
    lc->peer.port = remote_port;
    event_port_bind_locked(d, *port, CHANNEL_INTERDOMAIN, 0);
    rc->peer.domain = d;
    rc->peer.port = *port;
    event_port_bind_locked(rd, remote_port, CHANNEL_INTERDOMAIN, rc->vcpu);
    return 0;
}

int event_bind_interdomain(struct domain *d, domid_t remote, evtchn_port_t remote_port,
                           evtchn_port_t *port)
{
    struct domain *rd = domain_get(remote);
    int rc;

    if (!rd || !rd->events) {
        if (rd)
            domain_put(rd);
        return refuse(RULE_NO_SUCH_DOMAIN, remote, -ESRCH);
    }
    event_lock_both(d, rd);
    rc = bind_pair(d, rd, remote_port, port);
    event_unlock_both(d, rd);
    domain_put(rd);
    if (rc == 0)
        event_raise(d, *port); /* what the peer sent before now went nowhere */
    return rc;
}

static bool virq_is_per_vcpu(uint32_t virq)
{
    return virq == VIRQ_TIMER || virq == VIRQ_DEBUG || virq == VIRQ_XENOPROF || virq == VIRQ_XENPMU;
}

int event_bind_virq(struct domain *d, uint32_t virq, uint32_t vcpu, evtchn_port_t *port)
{
    struct vcpu *v;
    int rc;

    if (virq >= NR_VIRQS)
        return refuse(RULE_EVTCHN_VIRQ_RANGE, virq, -EINVAL);
    if (vcpu != 0 && !virq_is_per_vcpu(virq))
        return refuse(RULE_EVTCHN_VIRQ_GLOBAL, vcpu, -EINVAL);
    v = domain_vcpu(d, vcpu);
    if (!v)
        return refuse(RULE_NO_SUCH_VCPU, vcpu, -ENOENT);

    spin_lock(&d->events->lock);
    if (v->virq_port[virq])
        rc = refuse(RULE_EVTCHN_VIRQ_BOUND, virq, -EEXIST);
    else
        rc = event_port_alloc_locked(d, port);
    if (rc == 0) {
        event_channel(d, *port)->virq = virq;
        event_port_bind_locked(d, *port, CHANNEL_VIRQ, (uint16_t)vcpu);
        WRITE_ONCE(v->virq_port[virq], *port);
    }
    spin_unlock(&d->events->lock);
    return rc;
}

int event_bind_ipi(struct domain *d, uint32_t vcpu, evtchn_port_t *port)
{
    int rc;

    if (!domain_vcpu(d, vcpu))
        return refuse(RULE_NO_SUCH_VCPU, vcpu, -ENOENT);
    spin_lock(&d->events->lock);
    rc = event_port_alloc_locked(d, port);
    if (rc == 0)
        event_port_bind_locked(d, *port, CHANNEL_IPI, (uint16_t)vcpu);
    spin_unlock(&d->events->lock);
    return rc;
}

int event_bind_pirq(struct domain *d, uint32_t pirq, uint32_t flags, evtchn_port_t *port)
{
    int rc;

    spin_lock(&d->events->lock);
    rc = event_port_alloc_locked(d, port);
    if (rc == 0) {
        /* the port first: the interrupt may come before pirq_bind() returns */
        event_channel(d, *port)->pirq = pirq;
        event_port_bind_locked(d, *port, CHANNEL_PIRQ, 0);
        rc = pirq_bind(d, pirq, *port, flags & BIND_PIRQ__WILL_SHARE);
        if (rc)
            event_port_free_locked(d, *port);
    }
    spin_unlock(&d->events->lock);
    return rc;
}

int event_bind_vcpu(struct domain *d, evtchn_port_t port, uint32_t vcpu)
{
    struct event_channel *c = event_channel(d, port);
    struct vcpu *v = domain_vcpu(d, vcpu);
    bool movable = false;
    int rc = 0;

    if (!v)
        return refuse(RULE_NO_SUCH_VCPU, vcpu, -ENOENT);
    if (!c || port >= d->events->ports)
        return refuse(RULE_EVTCHN_PORT_RANGE, port, -EINVAL);
    spin_lock(&d->events->lock);
    switch ((enum channel_state)c->state) {
    case CHANNEL_FREE:
    case CHANNEL_RESERVED:
    case CHANNEL_IPI:
        break;
    case CHANNEL_VIRQ:
        movable = !virq_is_per_vcpu(c->virq);
        break;
    case CHANNEL_PIRQ:
        pirq_set_cpu(d, c->pirq, READ_ONCE(v->cpu));
        movable = true;
        break;
    case CHANNEL_UNBOUND:
    case CHANNEL_INTERDOMAIN:
        movable = true;
        break;
    }
    if (movable)
        WRITE_ONCE(c->vcpu, (uint16_t)vcpu);
    else
        rc = refuse(RULE_EVTCHN_PORT_STATE, port, -EINVAL);
    spin_unlock(&d->events->lock);
    return rc;
}
