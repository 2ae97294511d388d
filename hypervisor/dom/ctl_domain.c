/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the settings' memory. The map is read record by record, so that none is seen half.
 */
#include "dom/ctl_domain.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/heap.h"

int ctl_domain_init(struct domain *d)
{
    struct ctl_domain *c = heap_new(struct ctl_domain);

    if (!c)
        return -ENOMEM;
    spin_init(&c->lock, RANK_OWNER);
    d->ctl = c;
    return 0;
}

void ctl_domain_free(struct domain *d)
{
    if (!d->ctl)
        return;
    heap_free(d->ctl->map);
    for (unsigned int i = 0; i < CTL_ACCESSES; i++)
        heap_free(d->ctl->access[i]);
    heap_free(d->ctl);
    d->ctl = NULL;
}

int ctl_domain_set_map(struct domain *d, const struct e820_record *map, uint32_t count)
{
    struct ctl_domain *c = d->ctl;
    struct e820_record *fresh = NULL, *old;

    if (!c || count > DOMAIN_MAP_MAX)
        return -EINVAL;
    if (READ_ONCE(c->map_room) < count) {
        fresh = heap_alloc(count * sizeof(*fresh));
        if (!fresh)
            return -ENOMEM;
    }
    spin_lock(&c->lock);
    if (c->map_room < count) {
        old = c->map;
        c->map = fresh;
        c->map_room = count;
    } else {
        old = fresh; /* somebody else made room meanwhile */
    }
    if (count)
        memcpy(c->map, map, count * sizeof(*map));
    c->map_count = count;
    spin_unlock(&c->lock);
    heap_free(old);
    return 0;
}

int ctl_domain_permit(struct domain *d, enum ctl_access what, uint64_t first, uint64_t last,
                      bool allow)
{
    struct ctl_domain *c = d->ctl;
    struct ranges *fresh = READ_ONCE(c->access[what]) ? NULL : heap_new(struct ranges);
    bool done = false;

    spin_lock(&c->lock);
    if (!c->access[what]) {
        c->access[what] = fresh;
        fresh = NULL;
    }
    if (c->access[what])
        done = allow ? ranges_add(c->access[what], first, last)
                     : ranges_remove(c->access[what], first, last);
    spin_unlock(&c->lock);
    heap_free(fresh);
    return done ? 0 : -ENOMEM;
}

bool ctl_domain_permits(struct domain *d, enum ctl_access what, uint64_t first, uint64_t last)
{
    struct ctl_domain *c = d->ctl;
    bool yes;

    if (!c || !READ_ONCE(c->access[what]))
        return false;
    spin_lock(&c->lock);
    yes = ranges_contain(c->access[what], first, last);
    spin_unlock(&c->lock);
    return yes;
}

bool ctl_domain_map_record(struct domain *d, uint32_t i, struct e820_record *out)
{
    struct ctl_domain *c = d->ctl;
    bool there = false;

    if (!c)
        return false;
    spin_lock(&c->lock);
    if (i < c->map_count) {
        *out = c->map[i];
        there = true;
    }
    spin_unlock(&c->lock);
    return there;
}
