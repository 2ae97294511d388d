/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns a ring of text that any context may write to, NMI included, without a lock. Pure but for the
 * atomics.
 *
 * A writer takes its place by one atomic addition, copies, and is counted while it does. Text is
 * `committed` when no writer that started before it is still copying. Positions are bytes since
 * boot. Readers keep their own.
 */
#ifndef KERN_TEXT_RING_H
#define KERN_TEXT_RING_H

#include "lib/types.h"

struct text_ring {
    char *buf;
    uint32_t size; /* a power of two */
    uint32_t writers;
    uint64_t head; /* where the next writer starts */
    uint64_t committed;
};

/* At most size / 4 bytes; the oldest are overwritten. */
void text_ring_put(struct text_ring *r, const char *text, size_t n);

/* End of what can be read, and the oldest byte that is still there. */
uint64_t text_ring_end(const struct text_ring *r);
uint64_t text_ring_start(const struct text_ring *r);

/*
 * Copies from *pos, which is moved to the oldest byte first if it was overwritten, and past what
 * was copied.
 */
size_t text_ring_read(const struct text_ring *r, uint64_t *pos, char *buf, size_t n);

#endif
