/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the choice of vectors. Pure.
 */
#include "kern/vector_map.h"
#include "cpu/regs.h"

#define DEVICE_VECTORS (VECTOR_DEVICE_LAST - VECTOR_DEVICE_FIRST + 1)

static uint8_t next_after(uint8_t vector)
{
    if (vector < VECTOR_DEVICE_FIRST || vector >= VECTOR_DEVICE_LAST)
        return VECTOR_DEVICE_FIRST;
    return (uint8_t)(vector + 1);
}

static uint8_t find(const struct vector_map *m, bool stale)
{
    uint8_t v = m->last;
    unsigned int i;

    for (i = 0; i < DEVICE_VECTORS; i++) {
        v = next_after(v);
        if (v != VECTOR_GUEST_INT80 && (stale ? m->irq[v] & VECTOR_STALE : !m->irq[v]))
            return v;
    }
    return 0;
}

uint8_t vector_alloc(struct vector_map *m, unsigned int irq)
{
    uint8_t v = find(m, false);

    if (!v)
        v = find(m, true);
    if (!v || irq >= VECTOR_IRQ_MAX)
        return 0;
    m->irq[v] = (uint16_t)(irq + 1);
    m->last = v;
    return v;
}

void vector_free(struct vector_map *m, uint8_t vector)
{
    if (m->irq[vector])
        m->irq[vector] |= VECTOR_STALE;
}

int vector_irq(const struct vector_map *m, uint8_t vector)
{
    uint16_t v = m->irq[vector] & (uint16_t)~VECTOR_STALE;

    return (int)v - 1;
}
