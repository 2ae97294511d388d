/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of ranges against a plain array of flags: whatever is added and taken away, both agree, and
 * the ranges stay disjoint, apart and in order. A change that has no room changes nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/ranges.h"
#include "unit.h"

#define NUMBERS 256

static struct ranges r;
static bool plain[NUMBERS];

static void agrees(void)
{
    for (uint32_t i = 0; i < r.count; i++) {
        EXPECT(r.range[i].first <= r.range[i].last);
        EXPECT(!i || r.range[i - 1].last + 1 < r.range[i].first);
    }
    for (uint64_t n = 0; n < NUMBERS; n++)
        EXPECT(ranges_contain(&r, n, n) == plain[n]);
}

static bool all_plain(uint64_t first, uint64_t last)
{
    for (uint64_t n = first; n <= last; n++) {
        if (!plain[n])
            return false;
    }
    return true;
}

static void random_changes(void)
{
    memset(&r, 0, sizeof(r));
    srand(1);
    for (unsigned int i = 0; i < 20000; i++) {
        uint64_t first = (uint64_t)rand() % NUMBERS, n = (uint64_t)rand() % (i % 2 ? 8 : 60);
        uint64_t last = MIN(first + n, NUMBERS - 1UL);
        bool add = rand() % 2;
        struct ranges before = r;

        if (add ? ranges_add(&r, first, last) : ranges_remove(&r, first, last))
            memset(plain + first, add, last - first + 1);
        else
            EXPECT(r.count == RANGES_MAX && !memcmp(&r, &before, sizeof(r)));
        agrees();
        first = (uint64_t)rand() % NUMBERS;
        last = MIN(first + n, NUMBERS - 1UL);
        EXPECT(ranges_contain(&r, first, last) == all_plain(first, last));
    }
}

static void full(void)
{
    memset(&r, 0, sizeof(r));
    for (uint64_t i = 0; i < RANGES_MAX; i++)
        EXPECT(ranges_add(&r, i * 10, i * 10 + 3));
    EXPECT(!ranges_add(&r, 1000, 1000) && !ranges_remove(&r, 1, 2) && r.count == RANGES_MAX);
    EXPECT(ranges_add(&r, 4, 4) && r.count == RANGES_MAX);
    EXPECT(ranges_add(&r, 5, 9) && r.count == RANGES_MAX - 1);
    EXPECT(ranges_remove(&r, 0, ~0UL) && !r.count);
}

static void edges(void)
{
    memset(&r, 0, sizeof(r));
    EXPECT(ranges_add(&r, ~0UL, ~0UL) && ranges_contain(&r, ~0UL, ~0UL) &&
           !ranges_contain(&r, 0, 0));
    EXPECT(ranges_add(&r, 0, 0) && r.count == 2);
    EXPECT(ranges_add(&r, 1, ~0UL - 1) && r.count == 1 && ranges_contain(&r, 0, ~0UL));
    EXPECT(ranges_remove(&r, 0, 0) && ranges_remove(&r, ~0UL, ~0UL) && r.count == 1 &&
           !ranges_contain(&r, 0, 0) && !ranges_contain(&r, ~0UL, ~0UL));
}

int main(void)
{
    RUN(random_changes);
    RUN(full);
    RUN(edges);
    return UNIT_RESULT;
}
