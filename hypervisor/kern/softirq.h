/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns work that waits for the way out to the guest (or for the idle loop): bits in struct cpu,
 * lowest first.
 */
#ifndef KERN_SOFTIRQ_H
#define KERN_SOFTIRQ_H

#include "cpu/percpu.h"
#include "lib/types.h"

enum softirq {
    SOFTIRQ_TIMER,
    SOFTIRQ_CALL,
    SOFTIRQ_CONSOLE,
    SOFTIRQ_LOG,
    SOFTIRQ_KEYS,
    SOFTIRQ_TIME,
    SOFTIRQ_EXIT,
    SOFTIRQ_SCHEDULE,
    SOFTIRQ_COUNT
};

/* Registers the handler of one bit; boot only. It runs with interrupts on. */
void softirq_register(enum softirq nr, void (*handler)(void));

/*
 * Raises on this CPU, or on another (with an IPI unless it is raised there already). Any context.
 */
void softirq_raise(enum softirq nr);
void softirq_raise_on(unsigned int cpu, enum softirq nr);

/*
 * Runs what is raised on this CPU until nothing is; SOFTIRQ_SCHEDULE last. Called with interrupts
 * on.
 */
void softirq_run(void);

/* Whether a preemptible call should stop now. */
static inline bool softirq_pending(void)
{
    return READ_ONCE(this_cpu()->softirq) != 0;
}

#endif
