/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain's grant table: its frames, growth, claims on entries, and the pins that count them.
 *
 * The table's frames are the hypervisor's pages, shared with the domain; they leave the domain with
 * grant_domain_destroy(), while its pins last until the last mapper is gone.
 */
#include "grant/mapping.h"

#include "kern/softirq.h"
#include "lib/errno.h"
#include "lib/refusal.h"
#include "mm/heap.h"
#include "mm/permanent.h"
#include "mm/type.h"

int grant_domain_init(struct domain *d, uint32_t max_frames, uint32_t max_map_pages)
{
    struct grant_domain *g = heap_new(struct grant_domain);
    int rc;

    if (!g)
        return -ENOMEM;
    spin_init(&g->lock, RANK_GRANT);
    spin_init(&g->map_lock, RANK_GRANT);
    g->max_frames = MAX(max_frames, 1U);
    g->max_map_pages = max_map_pages;
    g->first_free = NO_MAPPING;
    g->shared = heap_alloc(g->max_frames * sizeof(g->shared[0]));
    g->pins = heap_alloc(g->max_frames * sizeof(g->pins[0]));
    d->grants = g;
    rc = g->shared && g->pins ? grant_table_grow(d, 1) : -ENOMEM;
    if (rc)
        grant_domain_free(d);
    return rc;
}

void grant_domain_free(struct domain *d)
{
    struct grant_domain *g = d->grants;

    if (!g)
        return;
    for (uint32_t i = 0; g->pins && i < g->max_frames; i++)
        heap_free(g->pins[i]);
    for (uint32_t i = 0; i < g->map_pages; i++)
        heap_free(g->map[i]);
    heap_free(g->map);
    heap_free(g->pins);
    heap_free(g->shared);
    heap_free(g);
    d->grants = NULL;
}

/* One more frame of entries. Not under the lock, since it allocates a domain's page; two growers
 * may meet. */
static int grow_one(struct domain *d, uint32_t index)
{
    struct grant_domain *g = d->grants;
    struct grant_pins *pins = heap_alloc(ENTRIES_PER_FRAME * sizeof(*pins));
    void *va = NULL;
    bool used = false;
    int rc = pins ? permanent_alloc(&d->memory, PERMANENT_GRANT_TABLE, &va) : -ENOMEM;

    if (rc == 0) {
        spin_lock(&g->lock);
        if (g->frames == index && !g->dying) {
            g->pins[index] = pins;
            g->shared[index] = va;
            g->frames++;
            used = true;
        }
        spin_unlock(&g->lock);
    }
    if (!used) {
        heap_free(pins);
        if (va)
            permanent_free(va);
    }
    return rc;
}

int grant_table_grow(struct domain *d, uint32_t frames)
{
    struct grant_domain *g = d->grants;
    int rc = 0;

    if (frames > g->max_frames)
        return refuse(RULE_GRANT_FRAMES, frames, -EINVAL);
    if (READ_ONCE(g->dying))
        return refuse(RULE_GRANT_DYING, d->id, -EINVAL);
    /* the allowance bounds it; a domain that dies meanwhile ends it */
    for (uint32_t i = READ_ONCE(g->frames); i < frames && rc == 0; i++)
        rc = grow_one(d, i);
    return rc ? refuse(RULE_NO_MEMORY, frames, rc) : 0;
}

mfn_t grant_table_frame(const struct domain *d, uint32_t index)
{
    const struct grant_domain *g = d->grants;

    if (index >= READ_ONCE(g->frames) || !g->shared[index])
        return MFN_INVALID;
    return permanent_mfn(g->shared[index]);
}

/* The entry and pins of a reference; false when the table has no such one. Under the lock. */
static bool entry_locked(struct grant_domain *g, uint32_t ref, uint64_t **entry,
                         struct grant_pins **pins)
{
    uint32_t frame = ref / ENTRIES_PER_FRAME, i = ref % ENTRIES_PER_FRAME;

    if (frame >= g->frames)
        return false;
    frame &= frame < g->max_frames ? ~0U : 0; /* for a speculating CPU */
    *pins = &g->pins[frame][i];
    *entry = g->shared[frame] ? &g->shared[frame][i] : NULL;
    return true;
}

int grant_swap(struct domain *d, uint32_t a, uint32_t b)
{
    struct grant_domain *g = d->grants;
    struct grant_pins *pa, *pb;
    uint64_t *ea, *eb, word;
    int status = GNTST_okay;

    spin_lock(&g->lock);
    if (!entry_locked(g, a, &ea, &pa) || !ea || !entry_locked(g, b, &eb, &pb) || !eb) {
        (void)refuse(RULE_GRANT_REF, a, -EINVAL);
        status = GNTST_bad_gntref;
    } else if (pa->readers || pa->writers || pb->readers || pb->writers) {
        (void)refuse(RULE_GRANT_IN_USE, a, -EBUSY);
        status = GNTST_eagain;
    } else if (a != b) {
        word = READ_ONCE(*ea);
        WRITE_ONCE(*ea, READ_ONCE(*eb));
        WRITE_ONCE(*eb, word);
    }
    spin_unlock(&g->lock);
    return status;
}

/* The entry does not allow it. */
static noinline int claim_refused(enum claim_result why, uint32_t ref)
{
    switch (why) {
    case CLAIM_OK:
        break;
    case CLAIM_NO_ACCESS:
        (void)refuse(RULE_GRANT_NO_ACCESS, ref, -EINVAL);
        return GNTST_general_error;
    case CLAIM_DOMAIN:
        (void)refuse(RULE_GRANT_FOR_ANOTHER, ref, -EINVAL);
        return GNTST_general_error;
    case CLAIM_READONLY:
        (void)refuse(RULE_GRANT_READONLY, ref, -EINVAL);
        return GNTST_general_error;
    case CLAIM_RACE:
        (void)refuse(RULE_GRANT_RACE, ref, -EINVAL);
        return GNTST_general_error;
    }
    return GNTST_okay;
}

/* Marks and pins the entry, under the lock. */
static inline int claim_locked(struct grant_domain *g, uint32_t ref, domid_t to, bool write,
                               unsigned int n, uint64_t *frame)
{
    enum claim_result claimed;
    struct grant_pins *pins;
    uint64_t *entry;

    if (g->dying || !entry_locked(g, ref, &entry, &pins) || !entry) {
        (void)refuse(g->dying ? RULE_GRANT_DYING : RULE_GRANT_REF, ref, -EINVAL);
        return GNTST_bad_gntref;
    }
    claimed = grant_entry_claim(entry, to, write, frame);
    if (likely(claimed == CLAIM_OK)) {
        /* records are fewer than 2^32, and each has two pins at most, so the count can't wrap
         * before memory ends */
        if (write)
            pins->writers += n;
        else
            pins->readers += n;
        return GNTST_okay;
    }
    return claim_refused(claimed, ref);
}

int grant_claim(struct domain *granter, uint32_t ref, domid_t to, bool write, unsigned int pins,
                mfn_t *frame)
{
    struct grant_domain *g = granter->grants;
    uint64_t number;
    int status;

    spin_lock(&g->lock);
    status = claim_locked(g, ref, to, write, pins, &number);
    spin_unlock(&g->lock);
    if (status)
        return status;

    *frame = mfn(number);
    if (write)
        status = frame_get_type(*frame, granter->id, TYPE_WRITABLE);
    else
        status = mfn_valid(*frame) && frame_get(*frame, granter->id) ? 0 : -EINVAL;
    if (status == 0)
        return GNTST_okay;
    grant_release_pins(granter, ref, write, pins);
    if (status == -ERESTART)
        return status;
    (void)refuse(RULE_GRANT_FRAME, number, status);
    return GNTST_bad_page;
}

void grant_release_pins(struct domain *granter, uint32_t ref, bool write, unsigned int n)
{
    struct grant_domain *g = granter->grants;
    struct grant_pins *pins;
    uint64_t *entry;

    spin_lock(&g->lock);
    if (entry_locked(g, ref, &entry, &pins)) {
        if (write)
            pins->writers -= n;
        else
            pins->readers -= n;
        if (entry)
            grant_entry_unmark(entry, pins->writers == 0, pins->writers == 0 && pins->readers == 0);
    }
    spin_unlock(&g->lock);
}

int grant_table_drop(struct domain *d)
{
    struct grant_domain *g = d->grants;

    for (uint32_t i = 0; i < g->frames; i++) { /* at most max_frames turns */
        void *va;

        spin_lock(&g->lock);
        va = g->shared[i];
        g->shared[i] = NULL; /* from here on only its pins are kept */
        spin_unlock(&g->lock);
        if (!va)
            continue;
        permanent_free(va);
        if (softirq_pending())
            return -ERESTART;
    }
    return 0;
}
