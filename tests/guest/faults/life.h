/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of a domain's life for the sweep over allocations: all that makes the hypervisor
 * allocate for a domain. Each can be made again when it was refused.
 */
#ifndef TEST_LIFE_H
#define TEST_LIFE_H

#include "../domains/domain.h"

#define LIFE_STEPS 21

struct life_step {
    const char *name;
    long (*run)(struct child *c); /* 0 or an errno */
};

extern const struct life_step life_steps[LIFE_STEPS];

/* Gives back what the control domain has of it, as far as it got. */
void life_let_go(struct child *c);

#endif
