/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the 8254's channel 2, which nothing but the speaker uses: the clock of a machine that has no
 * other. Probing starts it at the top; it is good for 54 ms.
 */
#include "cpu/asm.h"
#include "dev/clock.h"

#define PIT_HZ   1193182
#define CHANNEL2 0x42
#define COMMAND  0x43
#define GATE     0x61

static uint64_t pit_read(const struct clock *c)
{
    uint16_t count;

    (void)c;
    outb(COMMAND, 0x80); /* latch channel 2 */
    count = inb(CHANNEL2);
    count = (uint16_t)(count | inb(CHANNEL2) << 8);
    return (uint16_t)-count; /* it counts down */
}

static bool __init pit_probe(struct clock *c)
{
    outb(GATE, (uint8_t)((inb(GATE) & ~2) | 1)); /* gate open, speaker off */
    outb(COMMAND, 0xb0);                         /* channel 2, both bytes, mode 0 */
    outb(CHANNEL2, 0);
    outb(CHANNEL2, 0);
    c->hz = PIT_HZ;
    c->bits = 16;
    return true;
}

struct clock clock_pit = {.name = "PIT", .running = false, .probe = pit_probe, .read = pit_read};
