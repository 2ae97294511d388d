/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what the firmware's static ACPI tables say: CPUs, I/O APICs, clocks, power registers, PCI's
 * memory window.
 *
 * AML is never interpreted. The tables are firmware's, but every length and checksum is checked all
 * the same; what does not fit in the arrays here is left out and counted in `dropped`.
 */
#ifndef DEV_ACPI_H
#define DEV_ACPI_H

#include "lib/types.h"

#define ACPI_MAX_CPUS      256
#define ACPI_MAX_IOAPICS   16
#define ACPI_MAX_OVERRIDES 16
#define ACPI_MAX_MCFG      8

struct acpi_cpu {
    uint32_t apic_id;
    uint32_t acpi_id;
    bool enabled;
};

struct acpi_ioapic {
    uint64_t address;
    uint32_t gsi_base;
    uint8_t id;
};

/* An ISA interrupt that is wired in another way than one to one, edge, active high. */
struct acpi_override {
    uint32_t gsi;
    uint8_t isa;
    bool level, active_low;
};

struct acpi_mcfg {
    uint64_t base;
    uint16_t segment;
    uint8_t bus_first, bus_last;
};

enum acpi_space { ACPI_SPACE_MEMORY = 0, ACPI_SPACE_IO = 1, ACPI_SPACE_PCI = 2 };

struct acpi_reg {
    uint64_t address; /* 0: there is none */
    uint8_t space;    /* enum acpi_space, or another number of the specification's */
    uint8_t bits;
};

struct acpi_info {
    bool found; /* an RSDP and a root table */
    bool has_madt, has_fadt, has_hpet;
    bool has_8259; /* MADT: a PC with both 8259s */
    uint64_t rsdp; /* machine address; 0 when it came as a copy */
    uint64_t lapic_address;
    uint32_t cpu_count, ioapic_count, override_count, mcfg_count;
    uint32_t dropped; /* entries that did not fit */
    uint32_t bad;     /* tables or entries that were malformed */
    struct acpi_cpu cpus[ACPI_MAX_CPUS];
    struct acpi_ioapic ioapics[ACPI_MAX_IOAPICS];
    struct acpi_override overrides[ACPI_MAX_OVERRIDES];
    struct acpi_mcfg mcfg[ACPI_MAX_MCFG];
    uint16_t sci;
    uint16_t pm1a_event, pm1b_event, pm1a_control, pm1b_control; /* I/O ports, 0: none */
    uint8_t pm1_event_bytes;
    struct acpi_reg pm_timer;
    bool pm_timer_32bit;
    struct acpi_reg reset; /* valid when reset.address is not 0 */
    uint8_t reset_value;
    uint64_t hpet_address;
};

/*
 * How the parser sees memory: `bytes` bytes at machine address pa, or NULL when they can't be had.
 */
struct acpi_view {
    const void *(*map)(void *context, uint64_t pa, size_t bytes);
    void *context;
};

/* Pure. A valid RSDP in an area of n bytes (16-byte steps): its offset, or -1. */
long acpi_rsdp_search(const uint8_t *area, size_t n);

/* Pure. Fills *info from an RSDP of n bytes; false when it or the root table is unusable. */
bool acpi_parse(struct acpi_info *info, const struct acpi_view *view, const uint8_t *rsdp,
                size_t n);

extern struct acpi_info acpi_info;

/*
 * Boot: `rsdp` is a copy from the boot loader, of n bytes, or NULL to search low memory. Says what
 * is missing.
 */
void acpi_init(const void *rsdp, size_t n);

/*
 * Writes PM1 control values with SLP_EN, as the control domain found them in its AML (sleep type in
 * bits 10 to 12). Returns when the machine did not go to sleep. -ENODEV without PM1 ports.
 */
int acpi_enter_sleep(uint16_t pm1a, uint16_t pm1b) __must_check;

#endif
