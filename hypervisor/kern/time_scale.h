/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the arithmetic of clocks: struct time_scale, made from a frequency, applied, and adjusted
 * without a step. Pure.
 */
#ifndef KERN_TIME_SCALE_H
#define KERN_TIME_SCALE_H

#include "kern/time.h"

#define SLEW_MAX_PPM                                                                               \
    300 /* how much faster or slower than the TSC's own rate the clock may go to catch up */

/*
 * System time at a TSC value; one before the stamp counts as the stamp. The ABI's formula (xen.h,
 * vcpu_time_info).
 */
int64_t time_scale_apply(const struct time_scale *s, uint64_t tsc);

/* mul and shift for a TSC of hz ticks a second (1 kHz at least); mul keeps 31 bits or more. */
void time_scale_set_hz(struct time_scale *s, uint64_t hz);

/*
 * The scale from `tsc` on: goes on at exactly the time that the old one shows there, runs at hz,
 * and makes up for error_ns (how much the clock is behind) within horizon_ns, as far as
 * SLEW_MAX_PPM allows.
 */
struct time_scale time_scale_adjust(const struct time_scale *old, uint64_t tsc, uint64_t hz,
                                    int64_t error_ns, int64_t horizon_ns);

/* Frequency from so many ticks in so many ns (not 0). */
uint64_t time_measure_hz(uint64_t ticks, uint64_t ns);

/* Whether two frequencies differ by more than so many parts in a million. */
bool time_hz_differ(uint64_t a, uint64_t b, unsigned int ppm);

/* ns to ticks: a factor made once, applied often. Ticks are rounded down. */
uint64_t time_tick_factor(uint64_t hz);
uint64_t time_ticks(uint64_t factor, uint64_t ns);

#endif
