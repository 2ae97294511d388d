/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A few frames with owners, counts and contents, one table among them, and the changes of its
 * entries: what grants need of memory management.
 */
#ifndef TESTS_FAKE_MEMORY_H
#define TESTS_FAKE_MEMORY_H

#include "fake_kernel.h"

#define FRAMES  64
#define L1_OF_2 40               /* an L1 of domain 2 */
#define VA_OF_2 0x7f0000000000UL /* mapped by its entry 0, and so on */

struct fake_frame {
    domid_t owner;
    int refs, uses;
    bool table;
    uint64_t words[512];
};

extern struct fake_frame memory[FRAMES];
extern unsigned int flushes;
extern bool restart_next; /* the next use of a frame says -ERESTART, once */

/* Gives back what an entry holds. */
void entry_put(uint64_t e);

#endif
