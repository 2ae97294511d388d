/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the set of numbers kept as ranges: disjoint, not touching, in order. Pure; the caller has
 * the lock.
 */
#ifndef LIB_RANGES_H
#define LIB_RANGES_H

#include "lib/types.h"

#define RANGES_MAX 32

struct ranges {
    uint32_t count;
    struct {
        uint64_t first, last; /* both belong to it */
    } range[RANGES_MAX];
};

/*
 * Adds, or takes away, all of [first, last]; first <= last. False, and nothing changed, when that
 * would make too many ranges.
 */
/*@ requires \valid(r) && r->count <= RANGES_MAX && first <= last;
    assigns *r;
    ensures bound: r->count <= RANGES_MAX;
    ensures same: \result == 0 ==> *r == \old(*r);
*/
bool ranges_add(struct ranges *r, uint64_t first, uint64_t last) __must_check;
/*@ requires \valid(r) && r->count <= RANGES_MAX && first <= last;
    assigns *r;
    ensures bound: r->count <= RANGES_MAX;
    ensures same: \result == 0 ==> *r == \old(*r);
*/
bool ranges_remove(struct ranges *r, uint64_t first, uint64_t last) __must_check;

/* Whether all of [first, last] belongs to the set. */
/*@ requires \valid_read(r) && r->count <= RANGES_MAX;
    assigns \nothing;
    ensures member: \result != 0 <==> \exists integer k; 0 <= k < r->count &&
              r->range[k].first <= first && last <= r->range[k].last;
*/
bool ranges_contain(const struct ranges *r, uint64_t first, uint64_t last);

#endif
