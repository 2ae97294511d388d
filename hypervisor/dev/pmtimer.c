/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the ACPI PM timer: 3.579545 MHz, 24 or 32 bits (ACPI 6.4, 4.8.3.3). Only the port form is
 * used.
 */
#include "cpu/asm.h"
#include "dev/acpi.h"
#include "dev/clock.h"

#define PM_TIMER_HZ 3579545
#define PROBE_READS 1000

static uint16_t port;

static uint64_t pm_timer_read(const struct clock *c)
{
    return inl(port) & (c->bits == 32 ? 0xffffffffU : 0xffffffU);
}

static bool __init pm_timer_probe(struct clock *c)
{
    uint64_t first;
    unsigned int i;

    if (acpi_info.pm_timer.space != ACPI_SPACE_IO || !acpi_info.pm_timer.address ||
        acpi_info.pm_timer.address > 0xfffc)
        return false;
    port = (uint16_t)acpi_info.pm_timer.address;
    c->hz = PM_TIMER_HZ;
    c->bits = acpi_info.pm_timer_32bit ? 32 : 24;
    first = pm_timer_read(c);
    for (i = 0; i < PROBE_READS; i++) { /* a port that nobody answers does not move */
        if (pm_timer_read(c) != first)
            return true;
    }
    return false;
}

struct clock clock_pm_timer = {
    .name = "PM timer", .running = true, .probe = pm_timer_probe, .read = pm_timer_read};
