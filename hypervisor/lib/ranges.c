/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Both changes build the new set beside the old one, in one pass over it.
 */
#include "lib/ranges.h"

/*@ requires \valid(r) && r->count <= RANGES_MAX;
    assigns r->count, r->range[0 .. RANGES_MAX - 1];
    ensures bound: r->count <= RANGES_MAX;
    ensures full: \old(r->count) == RANGES_MAX <==> \result == 0;
    ensures one: \result != 0 ==> r->count == \old(r->count) + 1 &&
              r->range[r->count - 1].first == first && r->range[r->count - 1].last == last;
*/
static bool put(struct ranges *r, uint64_t first, uint64_t last)
{
    if (r->count == RANGES_MAX)
        return false;
    r->range[r->count].first = first;
    r->range[r->count++].last = last;
    return true;
}

bool ranges_add(struct ranges *r, uint64_t first, uint64_t last)
{
    struct ranges next = {0};
    bool done = false, ok = true;
    uint32_t i;

    /*@ loop assigns i, next, ok, done, first, last;
        loop invariant i <= r->count && next.count <= RANGES_MAX;
        loop variant r->count - i;
    */
    for (i = 0; ok && i < r->count; i++) {
        uint64_t f = r->range[i].first, l = r->range[i].last;

        if (l < first && l + 1 != first) {
            ok = put(&next, f, l);
        } else if (f > last && f - 1 != last) {
            if (!done)
                ok = put(&next, first, last);
            done = true;
            ok = ok && put(&next, f, l);
        } else { /* they touch: one takes the other in */
            first = MIN(first, f);
            last = MAX(last, l);
        }
    }
    if (ok && !done)
        ok = put(&next, first, last);
    if (ok)
        *r = next;
    return ok;
}

bool ranges_remove(struct ranges *r, uint64_t first, uint64_t last)
{
    struct ranges next = {0};
    bool ok = true;
    uint32_t i;

    /*@ loop assigns i, next, ok;
        loop invariant i <= r->count && next.count <= RANGES_MAX;
        loop variant r->count - i;
    */
    for (i = 0; ok && i < r->count; i++) {
        uint64_t f = r->range[i].first, l = r->range[i].last;

        if (l < first || f > last) {
            ok = put(&next, f, l);
            continue;
        }
        if (f < first)
            ok = put(&next, f, first - 1);
        if (ok && l > last)
            ok = put(&next, last + 1, l);
    }
    if (ok)
        *r = next;
    return ok;
}

bool ranges_contain(const struct ranges *r, uint64_t first, uint64_t last)
{
    uint32_t i;

    /*@ loop assigns i;
        loop invariant 0 <= i <= r->count;
        loop invariant \forall integer k; 0 <= k < i ==>
                         !(r->range[k].first <= first && last <= r->range[k].last);
        loop variant r->count - i;
    */
    for (i = 0; i < r->count; i++) {
        if (first >= r->range[i].first && last <= r->range[i].last)
            return true;
    }
    return false;
}
