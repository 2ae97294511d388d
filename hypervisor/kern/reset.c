/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns restart, halt and power off. Restart tries one way after the other, from the politest:
 * ACPI's reset register, the keyboard controller, the chipset's port CF9, a triple fault.
 */
#include "kern/reset.h"
#include "cpu/asm.h"
#include "cpu/mapping.h"
#include "dev/acpi.h"
#include "kern/console.h"
#include "kern/smp.h"
#include "kern/time.h"
#include "lib/printk.h"

#define KBC_COMMAND     0x64
#define KBC_BUSY        0x02
#define KBC_RESET       0xfe
#define CF8             0xcf8
#define CF8_ENABLE      0x80000000U
#define CFC             0xcfc
#define CF9             0xcf9
#define WAIT_US         50000
#define POWER_OFF_WAITS 20 /* a second */

bool opt_noreboot;

static volatile uint8_t *reset_register; /* ACPI's, when it is in memory */

static void prepare(void)
{
    console_flush();
    smp_stop_others();
    console_panic(); /* polled: interrupts are off for good */
}

static void halt(void)
{
    for (;;) {
        irq_disable();
        __asm__ volatile("hlt");
    }
}

void __init machine_reset_init(void)
{
    const struct acpi_reg *r = &acpi_info.reset;
    volatile uint8_t *page;

    if (!r->address || r->space != ACPI_SPACE_MEMORY)
        return;
    page = device_map(paddr(r->address & PAGE_MASK), PAGE_SIZE);
    if (page)
        reset_register = page + (r->address & (PAGE_SIZE - 1));
}

/* A register of bus 0, whose device and function are packed into the address. The ports are written
 * without their lock: who holds it may have been stopped. */
static void write_pci(uint64_t address, uint8_t value)
{
    uint32_t devfn = (uint32_t)(address >> 32 & 0x1f) << 3 | (uint32_t)(address >> 16 & 7);

    outl(CF8, CF8_ENABLE | devfn << 8 | (uint32_t)(address & 0xfc));
    outb((uint16_t)(CFC + (address & 3)), value);
}

static void reset_by_acpi(void)
{
    const struct acpi_reg *r = &acpi_info.reset;

    if (!r->address)
        return;
    if (r->space == ACPI_SPACE_IO)
        outb((uint16_t)r->address, acpi_info.reset_value);
    else if (r->space == ACPI_SPACE_PCI)
        write_pci(r->address, acpi_info.reset_value);
    else if (reset_register)
        *reset_register = acpi_info.reset_value;
    delay_us(WAIT_US);
}

static void reset_by_keyboard(void)
{
    unsigned int spins = 10000;

    while ((inb(KBC_COMMAND) & KBC_BUSY) && --spins)
        cpu_relax();
    outb(KBC_COMMAND, KBC_RESET);
    delay_us(WAIT_US);
}

static void reset_by_cf9(void)
{
    outb(CF9, 0x02);
    delay_us(10);
    outb(CF9, 0x06);
    delay_us(WAIT_US);
}

static void reset_by_triple_fault(void)
{
    static const struct {
        uint16_t limit;
        uint64_t base;
    } __packed none;

    __asm__ volatile("lidt %0; int3" ::"m"(none));
}

void machine_restart(void)
{
    prepare();
    reset_by_acpi();
    reset_by_keyboard();
    reset_by_cf9();
    reset_by_triple_fault();
    halt();
    __builtin_unreachable();
}

void machine_halt(void)
{
    pr_info("machine halted\n");
    prepare();
    halt();
    __builtin_unreachable();
}

void machine_crashed(void)
{
    if (!opt_noreboot)
        machine_restart();
    pr_err("noreboot: the machine stands still\n");
    machine_halt();
}

void machine_power_off(void)
{
    pr_info(
        "no way to switch off is known without ACPI's byte code: switch the machine off by hand\n");
    machine_halt();
}

int machine_acpi_sleep(uint16_t pm1a, uint16_t pm1b)
{
    unsigned int i;
    int rc;

    console_flush();
    rc = acpi_enter_sleep(pm1a, pm1b);
    for (i = 0; i < POWER_OFF_WAITS && !rc; i++)
        delay_us(
            WAIT_US); /* the chipset takes its time; the caller would try the next way at once */
    return rc;
}
