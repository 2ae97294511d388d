/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests at random on one CPU: a full recount after every step, and in the midst of steps a look
 * whether anything that can be seen lacks its reference. In the end everything is given back.
 */
#include <stdlib.h>

#include "pv_machine.h"
#include "pv_random.h"
#include "unit.h"

#define STEPS 40000

static struct random_guest guests[DOMAINS];
static unsigned int hooks;

static void midway(void)
{
    if (++hooks % 37 == 0)
        machine_recount(false);
}

static void guests_at_random(void)
{
    pv_machine_start();
    machine_hook = midway;
    for (unsigned int i = 0; i < DOMAINS; i++)
        guests[i] = (struct random_guest){.state = 88172645463325252 + i, .cpu = i, .domain = i};
    for (unsigned int step = 0; step < STEPS && !machine_broken; step++) {
        struct random_guest *g = &guests[(step / 16) % DOMAINS];

        machine_run(g->cpu, g->domain);
        random_step(g);
        machine_recount(true);
        if (machine_broken)
            printf("# in step %u\n", step);
    }
    EXPECT(!machine_broken);
}

/* The steps are worth something: many are done, many refused, some stopped. */
static void all_kinds_happened(void)
{
    for (unsigned int i = 0; i < DOMAINS; i++) {
        const struct random_guest *g = &guests[i];

        printf("# domain %u: %lu steps, %lu done, %lu refused, %lu stopped\n", i, g->steps, g->done,
               g->refused, g->stopped);
        EXPECT(g->done > g->steps / 5 && g->refused > g->steps / 20 && g->stopped > 50);
    }
}

static void nothing_is_left(void)
{
    machine_hook = NULL;
    machine_teardown();
    EXPECT(!machine_broken);
}

int main(void)
{
    RUN(guests_at_random);
    RUN(all_kinds_happened);
    RUN(nothing_is_left);
    return UNIT_RESULT;
}
