/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The audit's look at grants: the pins of an entry and the mappings that hold them, the records of
 * mappings and their free list, and what of others' frames stands in guests' tables.
 */
#include "cpu/pte.h"
#include "ctl/audit.h"
#include "dom/vcpu.h"
#include "grant/grant.h"
#include "lib/string.h"
#include "mm/owner.h"
#include "mm/window.h"

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
                         AUDIT_AT(p->granter->id, ref, have->readers + have->writers,
                                  p->pins[i].readers + p->pins[i].writers),
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

static const struct grant_mapping *record(const struct grant_domain *g, uint32_t handle)
{
    return &g->map[handle / MAPPINGS_PER_PAGE][handle % MAPPINGS_PER_PAGE];
}

/* Records in use and free ones together are all there are. Bound: the records. */
static void check_records(struct audit_result *r, const struct domain *d)
{
    const struct grant_domain *g = d->grants;
    uint32_t all = g ? g->map_pages * (uint32_t)MAPPINGS_PER_PAGE : 0, h, used = 0, free = 0;

    for (h = 0; h < all; h++) {
        const struct grant_mapping *m = record(g, h);

        if (!m->flags)
            continue;
        used++;
        if (m->flags & MAPPING_BUSY || !(m->flags & (MAPPING_HOST | MAPPING_DEVICE)) ||
            !mfn_valid(m->frame) || frame_of(m->frame)->owner != m->granter->id)
            audit_report(r, MORTISE_AUDIT_MAPTRACK, AUDIT_AT(d->id, h, m->flags, m->frame.n),
                         "mapping %u of domain %u has flags %x and frame %lx", h, d->id, m->flags,
                         m->frame.n);
    }
    for (h = g ? g->first_free : NO_MAPPING; h < all && free <= all; h = record(g, h)->ref) {
        if (record(g, h)->flags)
            break;
        free++;
    }
    if (g && used != g->mappings)
        audit_report(r, MORTISE_AUDIT_MAPTRACK, AUDIT_AT(d->id, 0, g->mappings, used),
                     "domain %u has %u mappings in its account, %u are in use", d->id, g->mappings,
                     used);
    if (used + free != all || (g && h != NO_MAPPING))
        audit_report(r, MORTISE_AUDIT_MAPTRACK, AUDIT_AT(d->id, h, all, used + free),
                     "domain %u has %u records of mappings, %u are in use and %u in the free list",
                     d->id, all, used, free);
}

bool audit_grants_only(domid_t owner)
{
    struct owner *o = owner < DOMID_FIRST_RESERVED ? owner_find(owner) : NULL;
    const struct domain *d = o ? container_of(o, struct domain, memory) : NULL;

    return d && !domain_may(d, MAY_CONTROL, NULL) && !domain_dying(d);
}

/* Mappings whose place in the table still shows their frame, another's. */
static void see_place(const struct domain *d, const struct grant_mapping *m, void *data)
{
    uint64_t *n = data;
    const uint64_t *t;

    if (!(m->flags & MAPPING_HOST) || m->granter == d || !mfn_valid(m->table) ||
        m->index >= PT_ENTRIES)
        return;
    t = window_map(m->table);
    *n += (t[m->index] & PTE_P) && mfn_eq(pte_mfn(t[m->index]), m->frame);
    window_unmap(t);
}

/* Two mappings may have one place after the other, so there can be fewer entries than mappings. */
static void check_foreign(struct audit_result *r, uint64_t entries)
{
    struct domain *d, *next;
    uint64_t places = 0;

    for (d = domain_next(0, true); d; d = next) {
        if (audit_grants_only(d->id))
            grant_for_each_mapping(d, see_place, &places);
        next = domain_next(d->id, false);
        domain_put(d);
    }
    if (entries > places)
        audit_report(r, MORTISE_AUDIT_OWNER, AUDIT_AT(DOMID_INVALID, 0, places, entries),
                     "%lu entries of guests' tables show others' frames, %lu of them by grants",
                     entries, places);
}

void audit_grants(struct audit_result *r, const struct audit_pass *p)
{
    struct domain *d, *next;

    for (d = domain_next(0, true); d; d = next) {
        if (d->grants)
            check_granter(r, d, p);
        next = domain_next(d->id, false);
        domain_put(d);
    }
    audit_domains(r, check_records);
    check_foreign(r, p->foreign);
}
