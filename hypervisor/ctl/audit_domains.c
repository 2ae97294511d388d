/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The audit's look at domains: the references on each, the list of them against the table by
 * number, and whether a dying one has left behind it what its steps took away.
 *
 * A domain is held by the list, as long as it has not ended or still owns a frame, by each mapping
 * of a grant of its own, and at this moment by the one who looks.
 */
#include "ctl/audit.h"
#include "ctl/domctl.h"
#include "dom/vcpu.h"
#include "event/channel.h"
#include "grant/grant.h"
#include "lib/string.h"
#include "mm/owner.h"

/* Mappings by the number of their granter, in the scratch memory. */
struct holds {
    uint32_t first, room;
    uint32_t *counts;
};

static void see_hold(const struct domain *d, const struct grant_mapping *m, void *data)
{
    struct holds *h = data;

    (void)d;
    if ((uint32_t)m->granter->id - h->first < h->room)
        h->counts[m->granter->id - h->first]++;
}

/* It is in the list for its own sake. */
static bool exists(const struct domain *d)
{
    return d->teardown != TEARDOWN_DONE || d->memory.tot_pages || d->memory.shared_pages;
}

static void check_refs(struct audit_result *r, const struct domain *d, uint32_t mappings)
{
    uint32_t found = exists(d) + mappings, refs = d->refs - 1; /* ours is no find */

    if (refs != found)
        audit_report(r, MORTISE_AUDIT_DOMAINS, AUDIT_AT(d->id, 0, refs, found),
                     "domain %u has %u references, %u were found", d->id, refs, found);
    if (owner_find(d->id) != &d->memory)
        audit_report(r, MORTISE_AUDIT_DOMAINS, AUDIT_AT(d->id, 0, 0, 0),
                     "domain %u is in the list, but not in the table", d->id);
}

/* Bound: the domains, for each range of numbers that has one. */
static void check_all_refs(struct audit_result *r, const struct audit_pass *scratch)
{
    struct holds h = {.room = (uint32_t)(scratch->frames * 2),
                      .counts = (uint32_t *)scratch->counts};
    struct domain *d, *next;

    for (d = domain_next(0, true); d; d = domain_next((domid_t)h.first, true)) {
        h.first = d->id;
        domain_put(d);
        memset(h.counts, 0, h.room * sizeof(*h.counts));
        for (d = domain_next(0, true); d; d = next) {
            grant_for_each_mapping(d, see_hold, &h);
            next = domain_next(d->id, false);
            domain_put(d);
        }
        for (d = domain_next((domid_t)h.first, true); d && d->id - h.first < h.room; d = next) {
            check_refs(r, d, h.counts[d->id - h.first]);
            next = domain_next(d->id, false);
            domain_put(d);
        }
        if (!d)
            return;
        h.first = d->id;
        domain_put(d);
    }
}

static bool vcpus_retired(const struct domain *d)
{
    for (unsigned int i = 0; i < d->max_vcpus; i++) {
        if (d->vcpus[i] && d->vcpus[i]->pv && !d->vcpus[i]->retired)
            return false;
    }
    return true;
}

static bool grants_left(const struct grant_domain *g)
{
    for (uint32_t i = 0; i < g->frames; i++) {
        if (g->shared[i])
            return true;
    }
    return g->mappings || !g->dying;
}

/* What is left of a step that is over; NULL: nothing. */
static const char *left_over(const struct domain *d)
{
    if (d->teardown && !domain_dying(d))
        return "life";
    if (d->teardown > TEARDOWN_PORTS && d->events && d->events->used)
        return "ports";
    if (d->teardown > TEARDOWN_GRANTS && d->grants && grants_left(d->grants))
        return "grants";
    if (d->teardown > TEARDOWN_VCPUS && !vcpus_retired(d))
        return "vCPUs";
    if (d->teardown > TEARDOWN_FRAMES && d->memory.list != OWNER_LIST_END)
        return "frames";
    if (d->teardown > TEARDOWN_SHARED_INFO && d->shared)
        return "shared_info";
    return NULL;
}

static void check_teardown(struct audit_result *r, const struct domain *d)
{
    const char *what = left_over(d);

    if (what)
        audit_report(r, MORTISE_AUDIT_TEARDOWN, AUDIT_AT(d->id, 0, d->teardown, d->state),
                     "domain %u, step %u of its end, still has its %s", d->id, d->teardown, what);
    if (domain_dying(d) && d->memory.claimed)
        audit_report(r, MORTISE_AUDIT_TEARDOWN, AUDIT_AT(d->id, 0, d->memory.claimed, 0),
                     "domain %u is dying, and %lu frames are set aside for it", d->id,
                     d->memory.claimed);
}

void audit_lives(struct audit_result *r, const struct audit_pass *scratch)
{
    check_all_refs(r, scratch);
    audit_domains(r, check_teardown);
}
