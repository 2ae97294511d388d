/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the HPET's main counter. Its comparators are not used; they are switched off, since nobody
 * else may map the block. IA-PC HPET specification 1.0a.
 */
#include "cpu/mapping.h"
#include "dev/acpi.h"
#include "dev/clock.h"
#include "lib/printk.h"

#define CAPABILITIES    0x000 /* bit 13: 64-bit counter; bits 32..63: femtoseconds a tick */
#define CONFIG          0x010
#define COUNTER         0x0f0
#define TIMER_CONFIG(n) (0x100 + 0x20 * (n))
#define FS_MAX          100000000 /* slower than 10 MHz is none */
#define FS_PER_SEC      1000000000000000UL

static volatile uint8_t *block;

static uint32_t get(unsigned int reg)
{
    return *(volatile uint32_t *)(block + reg);
}

static void put(unsigned int reg, uint32_t v)
{
    *(volatile uint32_t *)(block + reg) = v;
}

/* 32 bits are read even of a wider counter: one access, no tearing; time.c extends them. */
static uint64_t hpet_read(const struct clock *c)
{
    (void)c;
    return get(COUNTER);
}

static bool __init hpet_probe(struct clock *c)
{
    uint32_t low, period, timers, i;

    if (!acpi_info.has_hpet || !acpi_info.hpet_address)
        return false;
    block = device_map(paddr(acpi_info.hpet_address), 1024);
    BUG_ON(!block);
    low = get(CAPABILITIES);
    period = get(CAPABILITIES + 4);
    if (low == 0xffffffff || !period || period > FS_MAX)
        return false;
    timers = (low >> 8 & 0x1f) + 1;
    for (i = 0; i < timers; i++)
        put(TIMER_CONFIG(i), get(TIMER_CONFIG(i)) & ~0x4004U); /* no interrupt, no FSB message */
    put(CONFIG, (get(CONFIG) & ~0x2U) | 1);                    /* no legacy routing; count */
    c->fs = period;
    c->hz = FS_PER_SEC / period;
    c->bits = 32;
    return true;
}

struct clock clock_hpet = {.name = "HPET", .running = true, .probe = hpet_probe, .read = hpet_read};
