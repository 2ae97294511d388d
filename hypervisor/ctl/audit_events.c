/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The audit's look at event channels and physical interrupts: both ends of a pair, a port and what
 * it is bound to, an interrupt's port and its line, and how many ports are in use.
 *
 * A port whose interrupt was unmapped stays open and silent; so the interrupt must know its port,
 * but not the other way round.
 */
#include "ctl/audit.h"
#include "dom/vcpu.h"
#include "event/channel.h"
#include "event/pirq.h"
#include "kern/irq_desc.h"

static bool virq_ok(const struct domain *d, const struct event_channel *c, evtchn_port_t port)
{
    const struct vcpu *v = domain_vcpu(d, c->vcpu), *first = domain_vcpu(d, 0);

    if (c->virq >= ARRAY_SIZE(first->virq_port))
        return false;
    return (v && v->virq_port[c->virq] == port) || (first && first->virq_port[c->virq] == port);
}

static bool peer_ok(const struct domain *d, const struct event_channel *c, evtchn_port_t port)
{
    const struct event_channel *other;

    if (!c->peer.domain || !c->peer.domain->events)
        return false;
    other = event_channel(c->peer.domain, c->peer.port);
    return other && other->state == CHANNEL_INTERDOMAIN && other->peer.domain == d &&
           other->peer.port == port;
}

static bool channel_ok(const struct domain *d, const struct event_channel *c, evtchn_port_t port)
{
    switch ((enum channel_state)c->state) {
    case CHANNEL_FREE:
        return true;
    case CHANNEL_RESERVED:
        return port == 0;
    case CHANNEL_UNBOUND:
        return domain_vcpu(d, c->vcpu) || c->vcpu == 0;
    case CHANNEL_INTERDOMAIN:
        return peer_ok(d, c, port) && (domain_vcpu(d, c->vcpu) || c->vcpu == 0);
    case CHANNEL_PIRQ:
        return d->pirqs && c->pirq < d->pirqs->count; /* it may have lost its interrupt since */
    case CHANNEL_VIRQ:
        return virq_ok(d, c, port);
    case CHANNEL_IPI:
        return domain_vcpu(d, c->vcpu) != NULL;
    }
    return false;
}

static void check_vcpu_virqs(struct audit_result *r, const struct domain *d, const struct vcpu *v)
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(v->virq_port); i++) {
        uint32_t port = v->virq_port[i];
        const struct event_channel *c = port ? event_channel(d, port) : NULL;

        if (port && (!c || c->state != CHANNEL_VIRQ || c->virq != i))
            audit_report(r, MORTISE_AUDIT_EVENTS, AUDIT_AT(d->id, i, port, c ? c->state : 0),
                         "VIRQ %u of vCPU %u of domain %u names port %u", i, v->id, d->id, port);
    }
}

static void check_ports(struct audit_result *r, const struct domain *d)
{
    const struct event_domain *e = d->events;
    uint32_t port, used = 0, lowest = e->ports;

    for (port = 0; port < e->ports; port++) {
        const struct event_channel *c = event_channel(d, port);

        if (!c || c->state == CHANNEL_FREE) {
            lowest = MIN(lowest, port);
            continue;
        }
        used += c->state != CHANNEL_RESERVED;
        if (!channel_ok(d, c, port))
            audit_report(r, MORTISE_AUDIT_EVENTS, AUDIT_AT(d->id, port, c->state, c->vcpu),
                         "port %u of domain %u, state %u: its other end does not point back", port,
                         d->id, c->state);
    }
    if (used != e->used)
        audit_report(r, MORTISE_AUDIT_EVENTS, AUDIT_AT(d->id, 0, e->used, used),
                     "domain %u has %u ports in its account, %u are in use", d->id, e->used, used);
    if (lowest < e->lowest_free)
        audit_report(r, MORTISE_AUDIT_EVENTS, AUDIT_AT(d->id, lowest, e->lowest_free, lowest),
                     "port %u of domain %u is free, below %u none should be", lowest, d->id,
                     e->lowest_free);
}

static bool line_calls(const struct pirq *p)
{
    const struct irq *i = &irqs[p->irq % IRQ_MAX];

    for (unsigned int n = 0; n < i->binder_count; n++) {
        if (i->binders[n].data == p)
            return true;
    }
    return false;
}

static bool mapped(const struct pirq *p)
{
    return p->kind == PIRQ_GSI || p->kind == PIRQ_MSI;
}

static void check_pirq(struct audit_result *r, const struct domain *d, const struct pirq *p)
{
    const struct event_channel *c = p->port ? event_channel(d, p->port) : NULL;

    if (p->port && (!c || c->state != CHANNEL_PIRQ || c->pirq != p->number))
        audit_report(r, MORTISE_AUDIT_PIRQS, AUDIT_AT(d->id, p->number, p->port, c ? c->state : 0),
                     "PIRQ %u of domain %u names port %u, which is not bound to it", p->number,
                     d->id, p->port);
    if (p->bound != (p->port != 0) || (p->bound && !mapped(p)))
        audit_report(r, MORTISE_AUDIT_PIRQS, AUDIT_AT(d->id, p->number, p->bound, p->port),
                     "PIRQ %u of domain %u, kind %u: bound is %u, its port is %u", p->number, d->id,
                     p->kind, p->bound, p->port);
    if (mapped(p) && p->bound != line_calls(p))
        audit_report(r, MORTISE_AUDIT_PIRQS, AUDIT_AT(d->id, p->number, p->bound, line_calls(p)),
                     "PIRQ %u of domain %u: bound is %u, line %u calls it: %u", p->number, d->id,
                     p->bound, p->irq, line_calls(p));
}

static void check_domain_events(struct audit_result *r, const struct domain *d)
{
    unsigned int i;

    if (!d->events)
        return;
    check_ports(r, d);
    for (i = 0; i < d->max_vcpus; i++) {
        if (d->vcpus[i])
            check_vcpu_virqs(r, d, d->vcpus[i]);
    }
    for (i = 0; d->pirqs && d->pirqs->pirqs && i < d->pirqs->count; i++) {
        if (d->pirqs->pirqs[i])
            check_pirq(r, d, d->pirqs->pirqs[i]);
    }
}

/* Every binder of a line is a PIRQ that says so: their numbers agree. */
static uint32_t bound_pirqs;

static void count_bound(struct audit_result *r, const struct domain *d)
{
    (void)r;
    for (uint32_t i = 0; d->pirqs && d->pirqs->pirqs && i < d->pirqs->count; i++)
        bound_pirqs += d->pirqs->pirqs[i] && d->pirqs->pirqs[i]->bound;
}

void audit_events(struct audit_result *r)
{
    uint32_t binders = 0;

    audit_domains(r, check_domain_events);
    bound_pirqs = 0;
    audit_domains(r, count_bound);
    for (unsigned int i = 0; i < IRQ_MAX; i++)
        binders += irqs[i].binder_count;
    if (binders != bound_pirqs)
        audit_report(r, MORTISE_AUDIT_PIRQS, AUDIT_AT(DOMID_INVALID, 0, bound_pirqs, binders),
                     "interrupt lines call %u PIRQs, %u are bound", binders, bound_pirqs);
}
