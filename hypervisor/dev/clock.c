/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the choice among the platform's clocks.
 */
#include "dev/clock.h"
#include "lib/muldiv.h"

struct clock *clock_find(void)
{
    static struct clock *const all[] = {&clock_hpet, &clock_pm_timer};
    size_t i;

    for (i = 0; i < ARRAY_SIZE(all); i++) {
        if (all[i]->probe(all[i]))
            return all[i];
    }
    (void)clock_pit.probe(&clock_pit);
    return &clock_pit;
}

uint64_t clock_ns(const struct clock *c, uint64_t ticks)
{
    if (c->fs)
        return mul_div(ticks, c->fs, 1000000);
    return mul_div(ticks, NSEC_PER_SEC, c->hz);
}
