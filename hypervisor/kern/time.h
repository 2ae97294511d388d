/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns system time: nanoseconds since boot, from the TSC, held to the platform's clock; and the
 * wall clock.
 */
#ifndef KERN_TIME_H
#define KERN_TIME_H

#include "lib/types.h"

/* How guests turn a TSC value into system time: the ABI's formula,
 * time = base + (((tsc - stamp) << shift, or >> -shift) * mul) >> 32. */
struct time_scale {
    uint64_t tsc_stamp;
    int64_t base; /* ns */
    uint32_t mul;
    int8_t shift;
};

int64_t now(void); /* system time, ns; monotonic on every CPU and across them */

/* The scale in force and its generation, which grows whenever the scale changes. Lock free. */
uint32_t time_scale_read(struct time_scale *s);
uint32_t time_generation(void);
/* All TSCs tick alike: guests may read the clock without looking at the CPU. */
bool time_is_stable(void);
uint64_t tsc_khz(void);

/* Wall clock at system time 0, in ns since 1970, and its setting by the control domain. */
int64_t wallclock_base(void);
void wallclock_set(int64_t unix_ns, int64_t at_system_time);

void time_init(void);  /* boot CPU: finds clocks, calibrates (at most 5 ms) */
void time_start(void); /* boot CPU, after timers_init: begins to hold the clock to the platform's */

/* Every further CPU checks its TSC against the boot CPU's, which serves it while waiting. */
void time_init_cpu(void);
void time_sync_serve(void);

/* Lets this CPU's local APIC interrupt at VECTOR_TIMER after so many ns; it may do so earlier. */
void time_program_interrupt(int64_t delta);

/* The TSC of this CPU as the boot CPU's would show it, in order with what was read before. */
uint64_t tsc_read(void);
void time_dump(void);

/* Busy-waits; boot and reset paths only. */
void delay_us(unsigned int us);

#endif
