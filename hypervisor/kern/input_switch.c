/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the counting of Ctrl-A. Pure. One or two that something else follows belong to who has the
 * input.
 */
#include "kern/input_switch.h"

unsigned int input_switch_feed(struct input_switch *s, char c, char out[SWITCH_COUNT],
                               bool *switched)
{
    unsigned int n = 0;

    *switched = false;
    if (c == SWITCH_KEY) {
        if (++s->count < SWITCH_COUNT)
            return 0;
        s->count = 0;
        s->to_hypervisor = !s->to_hypervisor;
        *switched = true;
        return 0;
    }
    while (s->count) {
        s->count--;
        out[n++] = SWITCH_KEY;
    }
    out[n++] = c;
    return n;
}
