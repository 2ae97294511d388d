/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies bitmaps of control calls by the byte. Bound: 65536 bytes, of which all but the first eight
 * are zeros.
 */
#include "ctl/bitmap.h"

#include "lib/refusal.h"
#include "mm/guest_copy.h"

#define BYTES_MAX 65536U

static int fault(const struct xenctl_bitmap *b)
{
    return refuse_memory(gva((uintptr_t)b->bitmap.p));
}

static uint64_t mask(uint32_t bits)
{
    return bits >= 64 ? ~0UL : (1UL << bits) - 1;
}

int bitmap_fetch(const struct xenctl_bitmap *b, uint64_t *bits)
{
    uint32_t bytes = MIN(bitmap_bytes(b->nr_bits), 8U);

    *bits = 0;
    if (copy_from_guest(bits, gva((uintptr_t)b->bitmap.p), bytes))
        return fault(b);
    *bits &= mask(b->nr_bits);
    return 0;
}

int bitmap_store(const struct xenctl_bitmap *b, uint64_t bits)
{
    static const uint8_t zeros[512];
    uint32_t bytes = MIN(bitmap_bytes(b->nr_bits), BYTES_MAX), at = MIN(bytes, 8U);
    uint64_t to = (uintptr_t)b->bitmap.p;

    bits &= mask(b->nr_bits);
    if (copy_to_guest(gva(to), &bits, at))
        return fault(b);
    for (; at < bytes; at += sizeof(zeros)) {
        if (copy_to_guest(gva(to + at), zeros, MIN(bytes - at, (uint32_t)sizeof(zeros))))
            return fault(b);
    }
    return 0;
}
