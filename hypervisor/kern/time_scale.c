/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the arithmetic of clocks. Pure; products of 128 bits, so that nothing overflows in
 * centuries.
 */
#include "kern/time_scale.h"
#include "lib/muldiv.h"

#define PPM    1000000
#define HZ_MIN 1000

int64_t time_scale_apply(const struct time_scale *s, uint64_t tsc)
{
    uint64_t delta = tsc > s->tsc_stamp ? tsc - s->tsc_stamp : 0;

    if (s->shift < 0)
        delta >>= -s->shift;
    else
        delta <<= s->shift;
    return s->base + (int64_t)mul_shift(delta, s->mul, 32);
}

void time_scale_set_hz(struct time_scale *s, uint64_t hz)
{
    int8_t shift = 0;

    hz = MAX(hz, (uint64_t)HZ_MIN);
    while (hz > 2 * (uint64_t)NSEC_PER_SEC) {
        hz >>= 1;
        shift--;
    }
    while (hz <= (uint64_t)NSEC_PER_SEC) {
        hz <<= 1;
        shift++;
    }
    s->shift = shift;
    s->mul =
        (uint32_t)mul_div(NSEC_PER_SEC, 1UL << 32, hz); /* below 2^32, since hz is above 10^9 */
}

struct time_scale time_scale_adjust(const struct time_scale *old, uint64_t tsc, uint64_t hz,
                                    int64_t error_ns, int64_t horizon_ns)
{
    struct time_scale s = {.tsc_stamp = tsc, .base = time_scale_apply(old, tsc)};
    int64_t limit = horizon_ns / PPM * SLEW_MAX_PPM;

    error_ns = MIN(MAX(error_ns, -limit), limit);
    /* to show horizon + error in a horizon is to believe in fewer ticks a second */
    time_scale_set_hz(&s, mul_div(hz, (uint64_t)horizon_ns, (uint64_t)(horizon_ns + error_ns)));
    return s;
}

uint64_t time_measure_hz(uint64_t ticks, uint64_t ns)
{
    return mul_div(ticks, NSEC_PER_SEC, ns);
}

bool time_hz_differ(uint64_t a, uint64_t b, unsigned int ppm)
{
    uint64_t d = a > b ? a - b : b - a;

    return d > mul_div(MIN(a, b), ppm, PPM);
}

uint64_t time_tick_factor(uint64_t hz)
{
    return mul_div(hz, 1UL << 32, NSEC_PER_SEC);
}

uint64_t time_ticks(uint64_t factor, uint64_t ns)
{
    return mul_shift(ns, factor, 32);
}
