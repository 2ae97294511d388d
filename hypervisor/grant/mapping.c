/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The records of a domain's mappings: taking and giving back one, and ending all of them with the
 * domain.
 *
 * A record belongs to one CPU while it is MAPPING_BUSY; flags change under map_lock. The pages of
 * records only grow.
 */
#include "grant/mapping.h"

#include "kern/softirq.h"
#include "lib/errno.h"
#include "lib/printk.h"
#include "mm/heap.h"

/* The record of a handle, or NULL. */
static struct grant_mapping *record(const struct grant_domain *g, uint32_t handle)
{
    if (handle >= READ_ONCE(g->map_pages) * MAPPINGS_PER_PAGE)
        return NULL;
    return &g->map[handle / MAPPINGS_PER_PAGE][handle % MAPPINGS_PER_PAGE];
}

/* One more page of records, all free. Under map_lock. */
static bool grow_locked(struct grant_domain *g)
{
    struct grant_mapping *page;
    uint32_t first = g->map_pages * MAPPINGS_PER_PAGE;

    if (g->map_pages >= g->max_map_pages)
        return false;
    if (!g->map)
        g->map = heap_alloc(g->max_map_pages * sizeof(g->map[0]));
    page = g->map ? heap_alloc(PAGE_SIZE) : NULL;
    if (!page)
        return false;
    for (uint32_t i = 0; i < MAPPINGS_PER_PAGE; i++)
        page[i].ref = i + 1 < MAPPINGS_PER_PAGE ? first + i + 1 : g->first_free;
    g->map[g->map_pages] = page;
    __atomic_store_n(&g->map_pages, g->map_pages + 1, __ATOMIC_RELEASE);
    g->first_free = first;
    return true;
}

int grant_mappings_prepare(struct domain *d)
{
    struct grant_domain *g = d->grants;
    bool grown;

    spin_lock(&g->map_lock);
    grown = g->map_pages || grow_locked(g);
    spin_unlock(&g->map_lock);
    return grown ? 0 : -ENOMEM;
}

struct grant_mapping *mapping_alloc(struct grant_domain *g, uint32_t *handle)
{
    struct grant_mapping *m = NULL;

    spin_lock(&g->map_lock);
    if (g->first_free != NO_MAPPING || grow_locked(g)) {
        *handle = g->first_free;
        m = record(g, *handle);
        g->first_free = m->ref;
        m->flags = MAPPING_BUSY;
        g->mappings++;
    }
    spin_unlock(&g->map_lock);
    return m;
}

void mapping_free(struct grant_domain *g, struct grant_mapping *m, uint32_t handle)
{
    spin_lock(&g->map_lock);
    m->flags = 0;
    m->granter = NULL;
    m->ref = g->first_free;
    g->first_free = handle;
    g->mappings--;
    spin_unlock(&g->map_lock);
}

struct grant_mapping *mapping_busy(struct grant_domain *g, uint32_t handle)
{
    struct grant_mapping *m = record(g, handle);
    uint16_t flags;

    if (!m)
        return NULL;
    flags = READ_ONCE(m->flags);
    do {
        if (flags == 0 || (flags & MAPPING_BUSY))
            return NULL;
    } while (!__atomic_compare_exchange_n(&m->flags, &flags, (uint16_t)(flags | MAPPING_BUSY),
                                          false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    return m;
}

void mapping_end(struct grant_domain *g, struct grant_mapping *m, uint32_t handle, uint16_t ends)
{
    uint16_t left = m->flags & (uint16_t) ~(ends | MAPPING_BUSY);
    bool write = !(m->flags & MAPPING_READONLY), last = mapping_pins(left) == 0;
    struct domain *granter = m->granter;

    /* the frame first: once the marks are gone the granter may use it otherwise */
    if (last)
        grant_release_frame(m->frame, write);
    grant_release_pins(granter, m->ref, write, mapping_pins(ends));
    if (!last) {
        mapping_ready(m, left);
        return;
    }
    mapping_free(g, m, handle);
    domain_put(granter);
}

int grant_domain_destroy(struct domain *d)
{
    struct grant_domain *g = d->grants;

    if (!g)
        return 0;
    spin_lock(&g->lock);
    g->dying = true;
    spin_unlock(&g->lock);
    /* bounded by the allowance, with a look at other work after each */
    for (uint32_t h = 0; g->mappings && h < g->map_pages * MAPPINGS_PER_PAGE; h++) {
        struct grant_mapping *m = mapping_busy(g, h);

        if (!m)
            continue;
        mapping_end(g, m, h, m->flags & (MAPPING_HOST | MAPPING_DEVICE));
        if (softirq_pending())
            return -ERESTART;
    }
    return grant_table_drop(d);
}

void grant_for_each_mapping(const struct domain *d,
                            void (*see)(const struct domain *d, const struct grant_mapping *m,
                                        void *data),
                            void *data)
{
    const struct grant_domain *g = d->grants;

    for (uint32_t h = 0; g && h < g->map_pages * MAPPINGS_PER_PAGE; h++)
        if (record(g, h)->flags)
            see(d, record(g, h), data);
}

static void dump_mapping(const struct domain *d, const struct grant_mapping *m, void *data)
{
    unsigned int *n = data;

    if ((*n)++ >= 64)
        return;
    printk(LOG_INFO, "  domain %u maps ref %u of domain %u: frame %lx at %lx, flags %x\n", d->id,
           m->ref, m->granter ? m->granter->id : DOMID_INVALID, m->frame.n, m->host_addr, m->flags);
}

void grant_dump(const struct domain *d)
{
    unsigned int n = 0;

    if (!d->grants)
        return;
    printk(LOG_INFO, "domain %u: %u of %u grant frames, %u mappings\n", d->id, d->grants->frames,
           d->grants->max_frames, d->grants->mappings);
    grant_for_each_mapping(d, dump_mapping, &n);
}
