/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bitmaps of control calls of every length, those that are almost 2^32 bits too: how many bytes are
 * read and written, and which bits count.
 */
#include <string.h>

#include "ctl/bitmap.h"
#include "lib/errno.h"
#include "lib/refusal.h"
#include "mm/guest_copy.h"
#include "unit.h"

static size_t moved;

int copy_from_guest(void *dst, gva_t src, size_t n)
{
    (void)src;
    memset(dst, 0xff, n);
    moved = n;
    return 0;
}

int copy_to_guest(gva_t dst, const void *src, size_t n)
{
    (void)dst;
    (void)src;
    moved += n;
    return 0;
}

int refuse(enum rule rule, uint64_t argument, int error)
{
    (void)rule;
    (void)argument;
    return error;
}

static uint64_t fetched(uint32_t nr_bits)
{
    struct xenctl_bitmap b = {.nr_bits = nr_bits};
    uint64_t bits = 0;

    EXPECT(bitmap_fetch(&b, &bits) == 0);
    return bits;
}

static void every_length(void)
{
    EXPECT(fetched(0) == 0 && moved == 0);
    EXPECT(fetched(1) == 1 && moved == 1);
    EXPECT(fetched(9) == 0x1ff && moved == 2);
    EXPECT(fetched(64) == ~0UL && moved == 8);
    EXPECT(fetched(65) == ~0UL && moved == 8);
    EXPECT(fetched(0xfffffff8) == ~0UL && moved == 8);
    EXPECT(fetched(0xfffffff9) == ~0UL && moved == 8);
    EXPECT(fetched(0xffffffff) == ~0UL && moved == 8);
}

int main(void)
{
    RUN(every_length);
    return UNIT_RESULT;
}
