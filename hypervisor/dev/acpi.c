/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the one acpi_info: finds the RSDP, feeds the parser from the boot identity map, and writes
 * the sleep registers. The tables are read at boot only; afterwards they are the control domain's
 * to read.
 */
#include "cpu/asm.h"
#include "cpu/mapping.h"
#include "dev/acpi.h"
#include "lib/errno.h"
#include "lib/printk.h"

#define EBDA_SEGMENT 0x40e /* BIOS data area: segment of the extended one */
#define BIOS_START   0xe0000
#define BIOS_END     0x100000
#define LOW_END      0xa0000

#define PM1_SLP_EN 0x2000

struct acpi_info acpi_info;

static const void *__init map_low(void *context, uint64_t pa, size_t bytes)
{
    (void)context;
    if (pa + bytes < pa || pa + bytes > 1UL << 32)
        return NULL;
    return boot_identity(paddr(pa));
}

static const uint8_t *__init rsdp_find(uint64_t from, uint64_t to, size_t *n)
{
    const uint8_t *area = map_low(NULL, from, to - from);
    long at = area ? acpi_rsdp_search(area, to - from) : -1;

    if (at < 0)
        return NULL;
    acpi_info.rsdp = from + (uint64_t)at;
    *n = to - from - (size_t)at;
    return area + at;
}

static const uint8_t *__init rsdp_find_low(size_t *n)
{
    const uint8_t *bda = map_low(NULL, EBDA_SEGMENT, 2);
    uint64_t ebda = bda ? (uint64_t)(bda[0] | bda[1] << 8) << 4 : 0;
    const uint8_t *found = NULL;

    if (ebda >= 0x400 && ebda + 1024 <= LOW_END)
        found = rsdp_find(ebda, ebda + 1024, n);
    return found ? found : rsdp_find(BIOS_START, BIOS_END, n);
}

void __init acpi_init(const void *rsdp, size_t n)
{
    struct acpi_view view = {map_low, NULL};

    if (!rsdp)
        rsdp = rsdp_find_low(&n);
    if (!rsdp || !acpi_parse(&acpi_info, &view, rsdp, n)) {
        pr_warn("ACPI: no usable tables; one CPU, no I/O APIC\n");
        return;
    }
    if (acpi_info.bad || acpi_info.dropped)
        pr_warn("ACPI: %u malformed tables or entries, %u left out\n", acpi_info.bad,
                acpi_info.dropped);
    pr_info("ACPI: %u CPUs, %u I/O APICs, %u overrides%s%s%s\n", acpi_info.cpu_count,
            acpi_info.ioapic_count, acpi_info.override_count, acpi_info.has_hpet ? ", HPET" : "",
            acpi_info.pm_timer.address ? ", PM timer" : "", acpi_info.mcfg_count ? ", MCFG" : "");
}

int acpi_enter_sleep(uint16_t pm1a, uint16_t pm1b)
{
    if (!acpi_info.pm1a_control)
        return -ENODEV;
    outw(acpi_info.pm1a_control, (uint16_t)((pm1a & ~PM1_SLP_EN) | PM1_SLP_EN));
    if (acpi_info.pm1b_control)
        outw(acpi_info.pm1b_control, (uint16_t)((pm1b & ~PM1_SLP_EN) | PM1_SLP_EN));
    return 0;
}
