/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simulated machine for the scheduler's own files: CPUs, timers, softirqs and vCPUs that work and
 * rest, in steps of 50 us.
 *
 * The machine checks after each step what must always hold; machine_broken names what did not.
 */
#ifndef TESTS_SCHED_MACHINE_H
#define TESTS_SCHED_MACHINE_H

#include "dom/sched_queue.h"

#define STEP       US(50)
#define MAX_GUESTS 24

struct guest {
    struct domain domain;
    struct vcpu *vcpus[8];
};

/* How a vCPU behaves; and what became of it. */
struct behaviour {
    struct vcpu v;
    int64_t work, rest; /* ns of work, then of rest; rest 0: never rests */
    bool yields;        /* after each step */
    int64_t left, wakes_at;
    int64_t runnable_since, worst_wait;
    int64_t ran_on[MAX_CPUS];
};

extern int64_t machine_now;
extern const char *machine_broken;

void machine_start(unsigned int cpus);

/* A domain with vCPUs that behave so. */
struct guest *machine_guest(unsigned int vcpus, uint32_t weight, uint32_t cap, int64_t work,
                            int64_t rest);
struct behaviour *machine_vcpu(struct guest *g, unsigned int id);

void machine_run(int64_t duration);

/* ns that a vCPU, or a domain, has run since the statistics were cleared. */
static inline int64_t machine_ran(const struct behaviour *b)
{
    int64_t sum = 0;

    for (unsigned int cpu = 0; cpu < MAX_CPUS; cpu++)
        sum += b->ran_on[cpu];
    return sum;
}

int64_t machine_domain_ran(struct guest *g);
void machine_clear_statistics(void);

#endif
