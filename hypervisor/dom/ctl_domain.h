/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what the toolstack, or the builder of the control domain, sets for a domain: its handle and
 * the memory map that it reads.
 *
 * A domain without it (d->ctl is NULL) has a handle of zeros and no map.
 */
#ifndef DOM_CTL_DOMAIN_H
#define DOM_CTL_DOMAIN_H

#include "dom/domain.h"
#include "lib/ranges.h"

#define DOMAIN_MAP_MAX 128

/* As INT 15h, E820h gives it, and as the ABI's memory_map calls carry it. */
struct e820_record {
    uint64_t start, bytes;
    uint32_t type;
} __packed;
_Static_assert(sizeof(struct e820_record) == 20, "the ABI's size");

enum ctl_access { CTL_PORTS, CTL_MEMORY, CTL_ACCESSES };

struct ctl_domain {
    xen_domain_handle_t handle;
    spinlock_t lock;         /* RANK_OWNER: the map */
    uint32_t map_count;      /* 0: none was set */
    struct e820_record *map; /* map_room of them, made when first set */
    uint32_t map_room;
    struct ranges *
        access[CTL_ACCESSES]; /* ports and frames it may use; made when first set; under the lock */
};

int ctl_domain_init(struct domain *d) __must_check; /* -ENOMEM */
void ctl_domain_free(struct domain *d);

/* Replaces the map: -EINVAL beyond DOMAIN_MAP_MAX records, -ENOMEM. */
int ctl_domain_set_map(struct domain *d, const struct e820_record *map,
                       uint32_t count) __must_check;

/* Permits all of [first, last], or forbids it: -ENOMEM, also when the set has too many ranges. */
int ctl_domain_permit(struct domain *d, enum ctl_access what, uint64_t first, uint64_t last,
                      bool allow) __must_check;
bool ctl_domain_permits(struct domain *d, enum ctl_access what, uint64_t first, uint64_t last);

/* Record i of the map; false behind the last. */
bool ctl_domain_map_record(struct domain *d, uint32_t i, struct e820_record *out);

#endif
