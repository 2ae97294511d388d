/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The arithmetic of clocks: exact over years, at any frequency; adjusted without a step, never
 * backwards, to an error that shrinks; and division of 128-bit products against the compiler's own.
 */
#include <stdint.h>
#include <stdlib.h>

#include "kern/time_scale.h"
#include "lib/muldiv.h"
#include "unit.h"

static uint64_t random64(void)
{
    uint64_t r = (uint64_t)rand() << 33 ^ (uint64_t)rand() << 11 ^ (uint64_t)rand();

    return r >> rand() % 64;
}

static void mul_div_is_exact(void)
{
    unsigned int i;

    srand(4);
    for (i = 0; i < 200000; i++) {
        uint64_t a = random64(), b = random64(), c = random64();
        unsigned __int128 q = c ? (unsigned __int128)a * b / c : 0;

        if (!c || q > UINT64_MAX)
            EXPECT(mul_div(a, b, c) == UINT64_MAX);
        else
            EXPECT(mul_div(a, b, c) == (uint64_t)q);
    }
    EXPECT(mul_div(UINT64_MAX, UINT64_MAX, UINT64_MAX) == UINT64_MAX);
    EXPECT(mul_shift(UINT64_MAX, UINT64_MAX, 64) == UINT64_MAX - 1);
}

static void every_frequency_counts_seconds(void)
{
    static const uint64_t hz[] = {1000,       1000000,    24000000,   999999999,  1000000000,
                                  1000000001, 2000000000, 2000000001, 3579545000, 5200000000};
    struct time_scale s = {.tsc_stamp = 12345, .base = 777};
    unsigned int i;

    for (i = 0; i < sizeof(hz) / sizeof(hz[0]); i++) {
        int64_t day = 86400 * NSEC_PER_SEC, t;

        time_scale_set_hz(&s, hz[i]);
        t = time_scale_apply(&s, 12345 + hz[i] * 86400) - 777;
        EXPECT(llabs(t - day) < day / 1000000000 + 2); /* a part in 10^9 */
        EXPECT(s.mul >= 0x40000000);
    }
}

static void years_do_not_overflow(void)
{
    struct time_scale s = {0};
    uint64_t hz = 3000000000UL, years = 60UL * 365 * 86400;

    time_scale_set_hz(&s, hz);
    EXPECT(llabs(time_scale_apply(&s, hz * years) - (int64_t)years * NSEC_PER_SEC) <
           10 * NSEC_PER_SEC);
    s.tsc_stamp = UINT64_MAX - 1000;
    EXPECT(time_scale_apply(&s, 5) == s.base); /* before the stamp */
}

static void adjusting_makes_no_step(void)
{
    struct time_scale s = {.tsc_stamp = 1000}, n;
    uint64_t tsc = 1000;
    int64_t last = 0;
    unsigned int i;

    srand(5);
    time_scale_set_hz(&s, 2500000000UL);
    for (i = 0; i < 10000; i++) {
        tsc += (uint64_t)rand() * 8;
        n = time_scale_adjust(&s, tsc, 2500000000UL + (uint64_t)(rand() % 200000),
                              rand() % 2000000 - 1000000, NSEC_PER_SEC);
        EXPECT(time_scale_apply(&n, tsc) == time_scale_apply(&s, tsc));
        EXPECT(n.base >= last);
        last = n.base;
        s = n;
    }
}

static void errors_go_away(void)
{
    uint64_t believed = 2400720000UL, real = 2400000000UL; /* 300 ppm wrong at boot */
    struct time_scale s = {0};
    uint64_t tsc = 0;
    int64_t window = NSEC_PER_SEC, platform = 0, error = 0;
    unsigned int i;

    time_scale_set_hz(&s, believed);
    for (i = 0; i < 12; i++) {
        uint64_t ticks = mul_div(real, (uint64_t)window, NSEC_PER_SEC);

        tsc += ticks;
        platform += window;
        error = platform - time_scale_apply(&s, tsc);
        EXPECT(llabs(error) <= window / 2000); /* within 0.05 % */
        window = window < 64 * NSEC_PER_SEC ? 2 * window : window;
        s = time_scale_adjust(&s, tsc, real, error, window);
    }
    EXPECT(llabs(error) < 1000);
}

static void slewing_is_limited(void)
{
    struct time_scale s = {0}, fast, slow;
    uint64_t hz = 1000000000UL;

    time_scale_set_hz(&s, hz);
    fast = time_scale_adjust(&s, 0, hz, 100 * NSEC_PER_SEC, NSEC_PER_SEC);
    slow = time_scale_adjust(&s, 0, hz, -100 * NSEC_PER_SEC, NSEC_PER_SEC);
    EXPECT(llabs(time_scale_apply(&fast, hz) - (NSEC_PER_SEC + SLEW_MAX_PPM * 1000L)) < 200);
    EXPECT(llabs(time_scale_apply(&slow, hz) - (NSEC_PER_SEC - SLEW_MAX_PPM * 1000L)) < 200);
}

static void measuring_and_ticks(void)
{
    uint64_t f = time_tick_factor(62500000);

    EXPECT(time_measure_hz(7500000, 3000000) == 2500000000UL);
    EXPECT(time_ticks(f, NSEC_PER_SEC) == 62500000 || time_ticks(f, NSEC_PER_SEC) == 62499999);
    EXPECT(time_ticks(time_tick_factor(1000000000), 123456789) == 123456789);
    EXPECT(!time_hz_differ(1000000, 1000500, 1000) && time_hz_differ(1000000, 1002000, 1000));
    EXPECT(time_hz_differ(0, 5, 1000000));
}

int main(void)
{
    RUN(mul_div_is_exact);
    RUN(every_frequency_counts_seconds);
    RUN(years_do_not_overflow);
    RUN(adjusting_makes_no_step);
    RUN(errors_go_away);
    RUN(slewing_is_limited);
    RUN(measuring_and_ticks);
    return UNIT_RESULT;
}
