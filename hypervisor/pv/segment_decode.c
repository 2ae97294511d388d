/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the meaning of a code or data descriptor's bits. Pure.
 */
#include "lib/bits.h"
#include "pv/segment.h"

bool segment_decode(uint64_t d, struct segment *s)
{
    bool code = d & BIT(43), rw = d & BIT(41), ec = d & BIT(42);

    if (!(d & BIT(47)) || !(d & BIT(44)))
        return false;
    *s = (struct segment){
        .base = (d >> 16 & 0xffffff) | (d >> 56 & 0xff) << 24,
        .limit = (uint32_t)((d & 0xffff) | (d >> 32 & 0xf0000)),
        .code = code,
        .writable = !code && rw,
        .expand_down = !code && ec,
        .readable = !code || rw,
        .long_mode = code && d & BIT(53),
        .size32 = d & BIT(54),
    };
    if (d & BIT(55))
        s->limit = s->limit << 12 | 0xfff;
    return true;
}

bool segment_covers(const struct segment *s, uint64_t offset, uint64_t n)
{
    uint64_t last = offset + n - 1;

    if (!n || last < offset || last > UINT32_MAX)
        return false;
    if (!s->expand_down)
        return last <= s->limit;
    return offset > s->limit && (s->size32 || last <= 0xffff);
}
