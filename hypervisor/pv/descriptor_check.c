/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the check of one descriptor. Pure.
 */
#include "pv/descriptor_check.h"

#define DESC_PRESENT (1UL << 47)
#define DESC_SEGMENT (1UL << 44) /* code or data, not a system descriptor */
#define DESC_TYPE    (0xfUL << 40)
#define DESC_DPL     (3UL << 45)

bool descriptor_check(uint64_t asked, uint64_t *stored)
{
    *stored = asked;
    if (!(asked & DESC_PRESENT))
        return true;
    if (asked & DESC_SEGMENT) {
        *stored = asked | DESC_DPL;
        return true;
    }
    return !(asked & DESC_TYPE); /* type 0 faults when it is loaded */
}
