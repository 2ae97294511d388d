/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the daemon does while it is killed at every instruction: requests that wait when it
 * starts, and what every guest must have heard in the end, wherever it was killed.
 */
#ifndef TESTS_STORE_STEPS_H
#define TESTS_STORE_STEPS_H

#include <stdbool.h>

struct scenario {
    const char *name;
    void (*prepare)(void); /* with a daemon that works */
    void (*post)(void);    /* with none: requests into rings */
    const char *hears[4];  /* by guest: messages and events; "*" is for check */
    bool (*check)(char heard[][16384]);
    bool compacts;  /* the state is written anew on the way */
    unsigned least; /* moments that differ, or the test is a wrong one */
};

extern const struct scenario scenarios[]; /* the last has no name */

bool scenario_expects(const struct scenario *scenario, int guest, const char *heard);

#endif
