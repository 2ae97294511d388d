/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the search for the function at an address. Pure.
 */
#include "kern/trace.h"

long symbol_find(const struct symbol *table, uint32_t count, uint64_t offset)
{
    uint32_t low = 0, high = count; /* table[low - 1] is at or below offset, table[high] above */

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (table[middle].offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return (long)low - 1;
}
