/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bitmaps of control calls, which are as long as the caller says, as one word of ours: no host
 * has more than 64 CPUs.
 */
#ifndef CTL_BITMAP_H
#define CTL_BITMAP_H

#include <xen/xen.h>

#include "lib/types.h"

/* Bytes of a bitmap with so many bits. */
/*@ assigns \nothing;
    ensures room: \result * 8 >= bits && (bits > 0 ==> (\result - 1) * 8 < bits);
*/
static inline uint32_t bitmap_bytes(uint32_t bits)
{
    return bits / 8 + !!(bits % 8);
}

/* The first 64 bits; what is beyond is ignored. -EFAULT (noted). */
int bitmap_fetch(const struct xenctl_bitmap *b, uint64_t *bits) __must_check;

/* As many bits as the caller has room for, the others clear. -EFAULT (noted). */
int bitmap_store(const struct xenctl_bitmap *b, uint64_t bits) __must_check;

#endif
