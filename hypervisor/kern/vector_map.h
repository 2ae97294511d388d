/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns which vector of a CPU stands for which IRQ. Pure; the caller has the lock.
 *
 * A vector that is given up stays marked with its last IRQ, and is taken again only when no fresh
 * one is left: an interrupt that was on its way still finds its IRQ, where it counts as one too
 * many, never as one lost.
 */
#ifndef KERN_VECTOR_MAP_H
#define KERN_VECTOR_MAP_H

#include "lib/types.h"

struct vector_map {
    uint16_t irq[256]; /* 0: never used; else IRQ + 1, with VECTOR_STALE when given up */
    uint8_t last;      /* what was given out last: the search starts behind it */
};

#define VECTOR_STALE   0x8000
#define VECTOR_IRQ_MAX 0x7fff

/* A vector for an IRQ; 0 when all are in use. */
uint8_t vector_alloc(struct vector_map *m, unsigned int irq);
void vector_free(struct vector_map *m, uint8_t vector);

/* The IRQ of a vector, or -1. */
int vector_irq(const struct vector_map *m, uint8_t vector);

#endif
