/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the platform's clocks, one structure each: a counter that runs by itself at a rate the
 * hardware states.
 *
 * clock_find() takes the best one there is: HPET, then PM timer, then the PIT's channel 2, which is
 * good for one short interval only. Reading is cheap but not free (a microsecond on hardware), and
 * needs no lock.
 */
#ifndef DEV_CLOCK_H
#define DEV_CLOCK_H

#include "lib/types.h"

struct clock {
    const char *name;
    uint64_t hz;       /* ticks a second, rounded */
    uint64_t fs;       /* femtoseconds a tick, exact where the hardware says it so; 0: use hz */
    unsigned int bits; /* the counter wraps after so many */
    bool running;      /* may be read at any time; the PIT's one-shot counter may not */
    bool (*probe)(struct clock *c);
    uint64_t (*read)(const struct clock *c); /* counts up */
};

extern struct clock clock_hpet, clock_pm_timer, clock_pit;

/* Boot, after acpi_init. Never NULL: every PC has a PIT. */
struct clock *clock_find(void);

/* What a difference of two readings is to be cut to. */
static inline uint64_t clock_mask(const struct clock *c)
{
    return ~0UL >> (64 - c->bits);
}

/* Nanoseconds in so many ticks (at most 2^40 of them). */
uint64_t clock_ns(const struct clock *c, uint64_t ticks);

#endif
