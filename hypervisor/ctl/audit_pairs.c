/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The audit's look at records that come in pairs: the two ends of an event channel, a port and what
 * it is bound to, the pins of a grant entry and the mappings that hold them.
 */
#include "ctl/audit.h"
#include "dom/vcpu.h"
#include "event/channel.h"
#include "event/pirq.h"
#include "grant/grant.h"
#include "lib/string.h"

static bool virq_ok(const struct domain *d, const struct event_channel *c, evtchn_port_t port)
{
    const struct vcpu *v = domain_vcpu(d, c->vcpu), *first = domain_vcpu(d, 0);

    if (c->virq >= ARRAY_SIZE(first->virq_port))
        return false;
    return (v && v->virq_port[c->virq] == port) || (first && first->virq_port[c->virq] == port);
}

static bool pirq_ok(const struct domain *d, const struct event_channel *c, evtchn_port_t port)
{
    const struct pirq *p;

    if (!d->pirqs || !d->pirqs->pirqs || c->pirq >= d->pirqs->count)
        return false;
    p = d->pirqs->pirqs[c->pirq];
    return p && p->port == port;
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
    case CHANNEL_UNBOUND:
        return true;
    case CHANNEL_RESERVED:
        return port == 0;
    case CHANNEL_INTERDOMAIN:
        return peer_ok(d, c, port);
    case CHANNEL_PIRQ:
        return pirq_ok(d, c, port);
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
        const struct event_channel *c = v->virq_port[i] ? event_channel(d, v->virq_port[i]) : NULL;

        if (v->virq_port[i] && (!c || c->state != CHANNEL_VIRQ || c->virq != i))
            audit_report(r, MORTISE_AUDIT_EVENTS, "VIRQ %u of vCPU %u of domain %u names port %u",
                         i, v->id, d->id, v->virq_port[i]);
    }
}

static void check_domain_events(struct audit_result *r, const struct domain *d)
{
    uint32_t port, used = 0;
    unsigned int i;

    for (port = 0; d->events && port < d->events->ports; port++) {
        const struct event_channel *c = event_channel(d, port);

        if (!c || c->state == CHANNEL_FREE)
            continue;
        used++;
        if (!channel_ok(d, c, port))
            audit_report(r, MORTISE_AUDIT_EVENTS,
                         "port %u of domain %u, state %u: its other end does not point back", port,
                         d->id, c->state);
    }
    for (i = 0; i < d->max_vcpus; i++) {
        if (d->vcpus[i] && d->events)
            check_vcpu_virqs(r, d, d->vcpus[i]);
    }
}

void audit_events(struct audit_result *r)
{
    struct domain *d, *next;

    for (d = domain_next(0, true); d; d = next) {
        check_domain_events(r, d);
        next = domain_next(d->id, false);
        domain_put(d);
    }
}

/* Pins on a range of one granter's entries. */
struct pin_count {
    const struct domain *granter;
    uint32_t first, entries;
    struct grant_pins *pins; /* in the scratch memory */
};
_Static_assert(sizeof(struct grant_pins) == sizeof(struct audit_count),
               "the scratch memory serves both");

static void see_mapping(const struct domain *d, const struct grant_mapping *m, void *data)
{
    struct pin_count *p = data;
    uint32_t n = !!(m->flags & MAPPING_HOST) + !!(m->flags & MAPPING_DEVICE);

    (void)d;
    if (m->granter != p->granter || m->ref - p->first >= p->entries)
        return;
    if (m->flags & MAPPING_READONLY)
        p->pins[m->ref - p->first].readers += n;
    else
        p->pins[m->ref - p->first].writers += n;
}

static void compare_pins(struct audit_result *r, const struct pin_count *p)
{
    const struct grant_domain *g = p->granter->grants;
    uint32_t i;

    for (i = 0; i < p->entries; i++) {
        uint32_t ref = p->first + i;
        const struct grant_pins *have = &g->pins[ref / ENTRIES_PER_FRAME][ref % ENTRIES_PER_FRAME];

        if (have->readers != p->pins[i].readers || have->writers != p->pins[i].writers)
            audit_report(r, MORTISE_AUDIT_GRANT_REFS,
                         "grant %u of domain %u has %u+%u pins, mappings hold %u+%u", ref,
                         p->granter->id, have->readers, have->writers, p->pins[i].readers,
                         p->pins[i].writers);
    }
}

static void check_granter(struct audit_result *r, const struct domain *granter,
                          const struct audit_pass *scratch)
{
    struct pin_count p = {.granter = granter, .pins = (struct grant_pins *)scratch->counts};
    uint32_t entries = granter->grants->frames * (uint32_t)ENTRIES_PER_FRAME;
    struct domain *d, *next;

    for (; p.first < entries; p.first += p.entries) {
        p.entries = (uint32_t)MIN((uint64_t)(entries - p.first), scratch->frames);
        memset(p.pins, 0, p.entries * sizeof(*p.pins));
        for (d = domain_next(0, true); d; d = next) {
            grant_for_each_mapping(d, see_mapping, &p);
            next = domain_next(d->id, false);
            domain_put(d);
        }
        compare_pins(r, &p);
    }
}

void audit_grants(struct audit_result *r, const struct audit_pass *scratch)
{
    struct domain *d, *next;

    for (d = domain_next(0, true); d; d = next) {
        if (d->grants)
            check_granter(r, d, scratch);
        next = domain_next(d->id, false);
        domain_put(d);
    }
}
