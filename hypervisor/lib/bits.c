/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the searches over bitmaps of any size. Pure: no state, no context needed.
 */
#include "lib/bits.h"

/*@ requires size <= 0xffffffc0;
    requires \valid_read(map + (0 .. (size + 63) / 64 - 1));
    assigns \nothing;
    ensures size: \result <= size;
    ensures from: \result == size || \result >= from;
*/
static unsigned int bitmap_next(const uint64_t *map, unsigned int size, unsigned int from,
                                uint64_t flip)
{
    /*@ loop assigns from;
        loop invariant from >= \at(from, Pre);
        loop variant size + 64 - from;
    */
    while (from < size) {
        uint64_t w = (READ_ONCE(map[from / 64]) ^ flip) >> (from % 64);

        if (w) {
            unsigned int n = from + bit_lowest(w);
            return n < size ? n : size;
        }
        from = (from / 64 + 1) * 64;
    }
    return size;
}

unsigned int bitmap_next_set(const uint64_t *map, unsigned int size, unsigned int from)
{
    return bitmap_next(map, size, from, 0);
}

unsigned int bitmap_next_clear(const uint64_t *map, unsigned int size, unsigned int from)
{
    return bitmap_next(map, size, from, ~0UL);
}
