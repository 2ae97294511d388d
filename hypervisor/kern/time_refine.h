/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the comparison of the TSC with the platform's clock over windows that grow from 1 s to 64 s.
 * Internal to kern/.
 */
#ifndef KERN_TIME_REFINE_H
#define KERN_TIME_REFINE_H

#include "dev/clock.h"
#include "kern/time.h"

void time_refine_init(const struct clock *c, uint64_t hz,
                      uint64_t reading); /* system time 0 is that reading */
void time_refine_start(void);
void time_refine_dump(void);

/* kern/time.c: puts a scale in force; tells the new rate. */
void time_scale_set(const struct time_scale *s);
void time_rate_changed(uint64_t hz);

#endif
