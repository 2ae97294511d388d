/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the heap of timers: a complete binary tree, kept by pointers inside the timers, so that it
 * needs no memory of its own and can't fail. Pure; the caller has the lock. Every operation takes
 * at most 64 steps.
 */
#ifndef KERN_TIMER_HEAP_H
#define KERN_TIMER_HEAP_H

#include "kern/timer.h"

struct timer_heap {
    struct timer *root; /* the earliest; NULL when empty */
    uint64_t count;
};

void timer_heap_insert(struct timer_heap *h, struct timer *t);
void timer_heap_remove(struct timer_heap *h, struct timer *t); /* t must be in it */

/* The audit of tests: whether order, links and count hold. */
bool timer_heap_valid(const struct timer_heap *h);

#endif
