/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shared page of a guest's console, seen from the daemon.
 *
 * The guest may write anything into the page at any time.  So our own counters are kept apart
 * and only told to the guest; each of its counters is read once a call; and a distance that can't
 * be is set right without a byte outside the page being touched.
 */
#ifndef HVCONSOLED_RING_H
#define HVCONSOLED_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xen/io/console.h"

#define RING_OUT sizeof(((struct xencons_interface *)NULL)->out)
#define RING_IN  sizeof(((struct xencons_interface *)NULL)->in)

struct ring {
    struct xencons_interface *page;
    uint32_t out_cons, in_prod; /* ours; the page's are copies for the guest */
    uint32_t taken;             /* bytes behind out_cons that ring_take() gave out */
    unsigned int nonsense;      /* how often the guest's counters could not be */
};

/** Goes on where the page says a daemon before us stopped. */
void ring_attach(struct ring *r, void *page);

/**
 * Copies out what the guest said; it stays in the ring until ring_taken().
 * @param text  room for RING_OUT bytes.
 * @return how many.
 */
size_t ring_take(struct ring *r, char *text);

/** What was copied is kept elsewhere now: the guest may use its place. */
void ring_taken(struct ring *r);

/** Puts what was typed into the ring; returns how much there was room for. */
size_t ring_put(struct ring *r, const char *text, size_t size);

#endif
