/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns access to I/O APICs: an index and a data register each, under one lock, taken with
 * interrupts off. Low halves of the entries are remembered, so that masking is one write.
 */
#include "cpu/mapping.h"
#include "cpu/spinlock.h"
#include "dev/acpi.h"
#include "dev/ioapic.h"
#include "lib/errno.h"
#include "lib/printk.h"

#define REG_ID      0
#define REG_VERSION 1
#define REG_ARB     2
#define REG_RTE     0x10
#define PINS_MAX    240
#define GSI_MAX     512

struct ioapic {
    volatile uint32_t *window; /* index at 0, data at 0x10 */
    uint64_t address;
    uint32_t gsi_base, pins;
};

static struct ioapic ioapics[ACPI_MAX_IOAPICS];
static unsigned int count, gsi_count;
static uint32_t low_half[GSI_MAX];
static spinlock_t lock = SPINLOCK_INIT(RANK_DEVICE);

static uint32_t reg_read(const struct ioapic *a, uint32_t reg)
{
    a->window[0] = reg;
    return a->window[4];
}

static void reg_write(const struct ioapic *a, uint32_t reg, uint32_t v)
{
    a->window[0] = reg;
    a->window[4] = v;
}

static const struct ioapic *ioapic_find(unsigned int gsi)
{
    unsigned int i;

    for (i = 0; i < count; i++) {
        if (gsi - ioapics[i].gsi_base < ioapics[i].pins)
            return &ioapics[i];
    }
    return NULL;
}

static void rte_write(const struct ioapic *a, unsigned int gsi, uint64_t rte)
{
    uint32_t reg = REG_RTE + 2 * (gsi - a->gsi_base);

    reg_write(a, reg, (uint32_t)RTE_MASKED); /* never half old, half new and unmasked */
    reg_write(a, reg + 1, (uint32_t)(rte >> 32));
    reg_write(a, reg, (uint32_t)rte);
    low_half[gsi] = (uint32_t)rte;
}

static void __init ioapic_add(const struct acpi_ioapic *info)
{
    struct ioapic *a = &ioapics[count];
    uint32_t pin;

    a->address = info->address;
    a->gsi_base = info->gsi_base;
    a->window = device_map(paddr(info->address), 0x20);
    BUG_ON(!a->window);
    a->pins = (reg_read(a, REG_VERSION) >> 16 & 0xff) + 1;
    if (a->pins > PINS_MAX || a->gsi_base >= GSI_MAX || a->gsi_base + a->pins > GSI_MAX) {
        pr_warn("I/O APIC at %lx: %u pins from GSI %u are out of range; not used\n", info->address,
                a->pins, a->gsi_base);
        return;
    }
    count++;
    for (pin = 0; pin < a->pins; pin++)
        rte_write(a, a->gsi_base + pin, RTE_MASKED);
    gsi_count = MAX(gsi_count, a->gsi_base + a->pins);
    pr_info("I/O APIC at %lx: GSIs %u to %u\n", a->address, a->gsi_base, a->gsi_base + a->pins - 1);
}

void __init ioapic_init(void)
{
    unsigned int i;

    for (i = 0; i < acpi_info.ioapic_count; i++)
        ioapic_add(&acpi_info.ioapics[i]);
}

unsigned int ioapic_gsi_count(void)
{
    return gsi_count;
}

bool ioapic_has_gsi(unsigned int gsi)
{
    return ioapic_find(gsi) != NULL;
}

void ioapic_write(unsigned int gsi, uint64_t rte)
{
    const struct ioapic *a = ioapic_find(gsi);
    uint64_t flags;

    if (!a)
        return;
    flags = spin_lock_irqsave(&lock);
    rte_write(a, gsi, rte);
    spin_unlock_irqrestore(&lock, flags);
}

uint64_t ioapic_read(unsigned int gsi)
{
    const struct ioapic *a = ioapic_find(gsi);
    uint64_t flags, rte;
    uint32_t reg;

    if (!a)
        return RTE_MASKED;
    reg = REG_RTE + 2 * (gsi - a->gsi_base);
    flags = spin_lock_irqsave(&lock);
    rte = reg_read(a, reg) | (uint64_t)reg_read(a, reg + 1) << 32;
    spin_unlock_irqrestore(&lock, flags);
    return rte;
}

static void set_mask(unsigned int gsi, bool masked)
{
    const struct ioapic *a = ioapic_find(gsi);
    uint64_t flags;

    if (!a)
        return;
    flags = spin_lock_irqsave(&lock);
    low_half[gsi] = (uint32_t)(masked ? low_half[gsi] | RTE_MASKED : low_half[gsi] & ~RTE_MASKED);
    reg_write(a, REG_RTE + 2 * (gsi - a->gsi_base), low_half[gsi]);
    spin_unlock_irqrestore(&lock, flags);
}

void ioapic_mask(unsigned int gsi)
{
    set_mask(gsi, true);
}

void ioapic_unmask(unsigned int gsi)
{
    set_mask(gsi, false);
}

static const struct ioapic *ioapic_at(uint64_t base)
{
    unsigned int i;

    for (i = 0; i < count; i++) {
        if (ioapics[i].address == base)
            return &ioapics[i];
    }
    return NULL;
}

int ioapic_guest_read(uint64_t base, uint32_t reg, uint32_t *value)
{
    const struct ioapic *a = ioapic_at(base);
    uint64_t flags;

    if (!a || (reg > REG_ARB && (reg < REG_RTE || reg >= REG_RTE + 2 * a->pins)))
        return -EINVAL;
    flags = spin_lock_irqsave(&lock);
    *value = reg_read(a, reg);
    spin_unlock_irqrestore(&lock, flags);
    return 0;
}

int ioapic_guest_gsi(uint64_t base, uint32_t reg, unsigned int *gsi)
{
    const struct ioapic *a = ioapic_at(base);

    if (!a || reg < REG_RTE || reg >= REG_RTE + 2 * a->pins)
        return -EINVAL;
    *gsi = a->gsi_base + (reg - REG_RTE) / 2;
    return 0;
}
