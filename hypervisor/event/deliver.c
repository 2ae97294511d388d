/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Delivery: making a port pending, waking who waits for it, and the operations that lead there.
 *
 * event_raise() takes no lock of ours, so interrupt handlers call it. A port that is closed
 * meanwhile may be left pending: at worst its next user gets one event too many, which the ABI
 * allows.
 */
#include "event/bits.h"
#include "event/channel.h"
#include "kern/softirq.h"
#include "lib/errno.h"
#include "lib/printk.h"
#include "lib/refusal.h"

/* Takes both flags off a vCPU that polls, in one step, so that they can't be those of its next
 * poll; true for who did it. */
static bool poll_flags_clear(struct vcpu *v)
{
    const uint64_t flags = BIT(VPF_POLL) | BIT(VPF_BLOCKED);
    uint64_t old = READ_ONCE(v->pause_flags);

    do {
        if (!(old & BIT(VPF_POLL)))
            return false;
    } while (!__atomic_compare_exchange_n(&v->pause_flags, &old, old & ~flags, false,
                                          __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    return true;
}

static void poll_end(struct vcpu *v)
{
    if (poll_flags_clear(v))
        sched_wake(v);
}

/* Wakes the vCPUs that poll for this port. Partner: event_poll() sets the flags, then reads the
 * pending bits. */
static noinline void wake_pollers(struct domain *d, evtchn_port_t port)
{
    for (unsigned int word = 0; word < ARRAY_SIZE(d->events->polled); word++) {
        uint64_t set = READ_ONCE(d->events->polled[word]);

        for (; set; set &= set - 1) { /* at most one turn a vCPU */
            struct vcpu *v = d->vcpus[word * 64 + bit_lowest(set)];
            uint32_t wanted;

            if (!bit_test(&v->pause_flags, VPF_POLL))
                continue;
            wanted = READ_ONCE(v->poll_port);
            if (wanted == 0 || wanted == port)
                poll_end(v);
        }
    }
}

static inline void raise_on(struct domain *d, evtchn_port_t port, unsigned int vcpu)
{
    struct vcpu *v = READ_ONCE(d->vcpus[vcpu]); /* our own number, checked when it was bound */
    enum event_raised raised;

    if (unlikely(!v || !d->shared))
        return;
    raised = event_bits_raise(d->shared, READ_ONCE(v->info), port);
    if (raised == EVENT_KICK)
        vcpu_kick(v);
    if (unlikely(READ_ONCE(d->events->any_polled)) && raised != EVENT_ALREADY)
        wake_pollers(d, port);
}

void event_raise(struct domain *d, evtchn_port_t port)
{
    const struct event_channel *c = event_channel(d, port);

    if (c)
        raise_on(d, port, READ_ONCE(c->vcpu));
}

void event_send_virq(struct vcpu *v, uint32_t virq)
{
    evtchn_port_t port = READ_ONCE(v->virq_port[virq]);

    if (port)
        raise_on(v->domain, port, v->id);
}

void event_send_global_virq(struct domain *d, uint32_t virq)
{
    const struct vcpu *v = domain_vcpu(d, 0);
    evtchn_port_t port = v ? READ_ONCE(v->virq_port[virq]) : 0;

    if (port)
        event_raise(d, port);
}

/* The peer can't go away while our lock is held: closing its port takes it too. */
static int send_to_peer(struct domain *d, struct event_channel *c)
{
    int rc = 0;

    spin_lock(&d->events->lock);
    if (c->state == CHANNEL_INTERDOMAIN)
        event_raise(c->peer.domain, c->peer.port);
    else if (c->state != CHANNEL_UNBOUND)
        rc = -EINVAL;
    spin_unlock(&d->events->lock);
    return rc;
}

static noinline int send_elsewhere(struct domain *d, struct event_channel *c, evtchn_port_t port)
{
    switch ((enum channel_state)__atomic_load_n(&c->state, __ATOMIC_ACQUIRE)) {
    case CHANNEL_UNBOUND: /* nobody is there: lost, and no error */
        return 0;
    case CHANNEL_INTERDOMAIN:
        if (send_to_peer(d, c) == 0)
            return 0;
        break;
    case CHANNEL_IPI:
    case CHANNEL_FREE:
    case CHANNEL_RESERVED:
    case CHANNEL_PIRQ:
    case CHANNEL_VIRQ:
        break;
    }
    return refuse(RULE_EVTCHN_PORT_STATE, port, -EINVAL);
}

int event_send(struct domain *d, evtchn_port_t port)
{
    struct event_channel *c = event_channel(d, port);

    if (unlikely(!c || port >= d->events->ports))
        return refuse(RULE_EVTCHN_PORT_RANGE, port, -EINVAL);
    if (__atomic_load_n(&c->state, __ATOMIC_ACQUIRE) != CHANNEL_IPI)
        return send_elsewhere(d, c, port);
    raise_on(d, port, READ_ONCE(c->vcpu));
    return 0;
}

int event_unmask(struct domain *d, evtchn_port_t port)
{
    const struct event_channel *c = event_channel(d, port);
    struct vcpu *v;

    if (!c || port >= d->events->ports)
        return refuse(RULE_EVTCHN_PORT_RANGE, port, -EINVAL);
    v = domain_vcpu(d, READ_ONCE(c->vcpu));
    if (v && event_bits_unmask(d->shared, READ_ONCE(v->info), port))
        vcpu_kick(v);
    return 0;
}

int event_status(struct domain *d, evtchn_port_t port, struct evtchn_status *s)
{
    const struct event_channel *c = event_channel(d, port);

    if (!c || port >= d->events->ports)
        return refuse(RULE_EVTCHN_PORT_RANGE, port, -EINVAL);
    spin_lock(&d->events->lock);
    s->vcpu = c->vcpu;
    switch ((enum channel_state)c->state) {
    case CHANNEL_FREE:
    case CHANNEL_RESERVED:
        s->status = EVTCHNSTAT_closed;
        break;
    case CHANNEL_UNBOUND:
        s->status = EVTCHNSTAT_unbound;
        s->u.unbound.dom = c->remote;
        break;
    case CHANNEL_INTERDOMAIN:
        s->status = EVTCHNSTAT_interdomain;
        s->u.interdomain.dom = c->peer.domain->id;
        s->u.interdomain.port = c->peer.port;
        break;
    case CHANNEL_PIRQ:
        s->status = EVTCHNSTAT_pirq;
        s->u.pirq = c->pirq;
        break;
    case CHANNEL_VIRQ:
        s->status = EVTCHNSTAT_virq;
        s->u.virq = c->virq;
        break;
    case CHANNEL_IPI:
        s->status = EVTCHNSTAT_ipi;
        break;
    }
    spin_unlock(&d->events->lock);
    return 0;
}

static void poll_timeout(void *data)
{
    poll_end(data);
}

/* Whether the wait would be over before it began: tested after the flags are set. */
static bool poll_satisfied(const struct vcpu *v, const evtchn_port_t *ports, unsigned int n)
{
    if (v->info && READ_ONCE(v->info->evtchn_upcall_pending) &&
        !READ_ONCE(v->info->evtchn_upcall_mask))
        return true;
    for (unsigned int i = 0; i < n; i++) /* the caller bounds n */
        if (event_bits_pending(v->domain->shared, ports[i]))
            return true;
    return false;
}

int event_poll(const evtchn_port_t *ports, unsigned int n, uint64_t timeout)
{
    struct vcpu *v = current();
    struct event_domain *e = v->domain->events;

    for (unsigned int i = 0; i < n; i++)
        if (ports[i] >= e->ports || !event_channel(v->domain, ports[i]))
            return refuse(RULE_EVTCHN_PORT_RANGE, ports[i], -EINVAL);

    if (!v->poll_timer.function)
        timer_init(&v->poll_timer, poll_timeout, v, cpu_id());
    v->poll_port = n == 1 ? ports[0] : 0;
    if (!bit_test(e->polled, v->id)) {
        bit_set(e->polled, v->id);
        WRITE_ONCE(e->any_polled, true); /* before the flags, which are a full barrier */
    }
    __atomic_fetch_or(&v->pause_flags, BIT(VPF_POLL) | BIT(VPF_BLOCKED), __ATOMIC_SEQ_CST);
    if (poll_satisfied(v, ports, n)) {
        (void)poll_flags_clear(v); /* or a sender did, and wakes one that runs */
        return 0;
    }
    timer_stop(&v->poll_timer);
    if (timeout)
        timer_set(&v->poll_timer, (int64_t)MIN(timeout, (uint64_t)INT64_MAX));
    softirq_raise(SOFTIRQ_SCHEDULE);
    return 0;
}

void event_dump(const struct domain *d)
{
    static const char *const names[] = {"free", "reserved", "unbound", "interdomain",
                                        "pirq", "virq",     "ipi"};

    printk(LOG_INFO, "domain %u: %u of %u ports in use\n", d->id, d->events->used,
           d->events->ports);
    for (evtchn_port_t port = 1; port < d->events->ports; port++) {
        const struct event_channel *c = event_channel(d, port);

        if (!c || c->state == CHANNEL_FREE)
            continue;
        printk(LOG_INFO, "  port %u %s vCPU %u %s%s\n", port, names[c->state], c->vcpu,
               event_bits_pending(d->shared, port) ? "pending " : "",
               bit_test(d->shared->evtchn_mask, port) ? "masked" : "");
    }
}
