/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What guests do at random on the fake memory: one step of a vCPU's. Shared by the test with one
 * CPU, which recounts after each step, and the one with several, which recounts when all rest.
 */
#ifndef TESTS_PV_RANDOM_H
#define TESTS_PV_RANDOM_H

#include <stdint.h>

struct random_guest {
    uint64_t state; /* of the generator */
    unsigned int cpu, domain;
    unsigned long steps, done, refused, stopped;
};

/* One step of guest g on its vCPU, which the caller's thread runs. */
void random_step(struct random_guest *g);

#endif
