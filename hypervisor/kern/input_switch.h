/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the counting of Ctrl-A: three in a row switch who gets the input. Pure.
 */
#ifndef KERN_INPUT_SWITCH_H
#define KERN_INPUT_SWITCH_H

#include "lib/types.h"

#define SWITCH_KEY   0x01 /* Ctrl-A */
#define SWITCH_COUNT 3

struct input_switch {
    uint8_t count; /* Ctrl-As held back */
    bool to_hypervisor;
};

/*
 * Takes one character; returns how many of out[] to hand on (held back ones first), 0 to
 * SWITCH_COUNT. *switched is set when this one made the switch.
 */
unsigned int input_switch_feed(struct input_switch *s, char c, char out[SWITCH_COUNT],
                               bool *switched);

#endif
