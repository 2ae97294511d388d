/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns access to PCI configuration space. The pair of ports is one resource: the lock covers
 * address and data together.
 */
#include "cpu/asm.h"
#include "cpu/spinlock.h"
#include "dev/acpi.h"
#include "dev/device_page.h"
#include "dev/pci.h"

#define CF8              0xcf8
#define CFC              0xcfc
#define CF8_ENABLE       0x80000000U
#define CAPABILITIES_MAX 48 /* as many as fit between 0x40 and 0xff */

static spinlock_t lock = SPINLOCK_INIT(RANK_DEVICE);

uint32_t pci_port_read(uint32_t cf8, unsigned int offset, unsigned int bytes)
{
    uint64_t flags = spin_lock_irqsave(&lock);
    uint16_t port = (uint16_t)(CFC + offset);
    uint32_t v;

    outl(CF8, cf8);
    v = bytes == 1 ? inb(port) : bytes == 2 ? inw(port) : inl(port);
    spin_unlock_irqrestore(&lock, flags);
    return v;
}

void pci_port_write(uint32_t cf8, unsigned int offset, unsigned int bytes, uint32_t v)
{
    uint64_t flags = spin_lock_irqsave(&lock);
    uint16_t port = (uint16_t)(CFC + offset);

    outl(CF8, cf8);
    if (bytes == 1)
        outb(port, (uint8_t)v);
    else if (bytes == 2)
        outw(port, (uint16_t)v);
    else
        outl(port, v);
    spin_unlock_irqrestore(&lock, flags);
}

static bool by_ports(struct pci_dev d, unsigned int reg)
{
    return !d.segment && reg < 256;
}

static uint32_t cf8_word(struct pci_dev d, unsigned int reg)
{
    return CF8_ENABLE | (uint32_t)d.bus << 16 | (uint32_t)d.devfn << 8 | (reg & 0xfc);
}

/* The page of a device's configuration space; NULL when no window covers it. */
static volatile uint8_t *window(struct pci_dev d)
{
    uint32_t i;

    for (i = 0; i < acpi_info.mcfg_count; i++) {
        const struct acpi_mcfg *m = &acpi_info.mcfg[i];

        if (m->segment == d.segment && d.bus >= m->bus_first && d.bus <= m->bus_last)
            return device_page(m->base + ((uint64_t)d.bus << 20 | (uint64_t)d.devfn << 12));
    }
    return NULL;
}

bool pci_window_find(uint64_t pa, struct pci_dev *d, unsigned int *reg)
{
    uint32_t i;

    for (i = 0; i < acpi_info.mcfg_count; i++) {
        const struct acpi_mcfg *m = &acpi_info.mcfg[i];
        uint64_t first = m->base + ((uint64_t)m->bus_first << 20);

        if (pa < first || pa - first >= (uint64_t)(m->bus_last - m->bus_first + 1) << 20)
            continue;
        *d = (struct pci_dev){m->segment, (uint8_t)((pa - m->base) >> 20),
                              (uint8_t)((pa - m->base) >> 12)};
        *reg = pa & 0xfff;
        return true;
    }
    return false;
}

static bool access_ok(unsigned int reg, unsigned int bytes)
{
    return (bytes == 1 || bytes == 2 || bytes == 4) && reg < 4096 && reg % bytes == 0;
}

uint32_t pci_read(struct pci_dev d, unsigned int reg, unsigned int bytes)
{
    uint32_t v;
    volatile uint8_t *w;

    if (!access_ok(reg, bytes))
        return ~0U;
    v = ~0U >> (32 - 8 * bytes);
    if (by_ports(d, reg))
        return pci_port_read(cf8_word(d, reg), reg & 3, bytes);
    w = window(d);
    if (!w)
        return v;
    v = bytes == 1   ? w[reg]
        : bytes == 2 ? *(volatile uint16_t *)(w + reg)
                     : *(volatile uint32_t *)(w + reg);
    return v;
}

void pci_write(struct pci_dev d, unsigned int reg, unsigned int bytes, uint32_t v)
{
    volatile uint8_t *w;

    if (!access_ok(reg, bytes))
        return;
    if (by_ports(d, reg)) {
        pci_port_write(cf8_word(d, reg), reg & 3, bytes, v);
        return;
    }
    w = window(d);
    if (!w)
        return;
    if (bytes == 1)
        w[reg] = (uint8_t)v;
    else if (bytes == 2)
        *(volatile uint16_t *)(w + reg) = (uint16_t)v;
    else
        *(volatile uint32_t *)(w + reg) = v;
}

unsigned int pci_find_capability(struct pci_dev d, uint8_t id)
{
    unsigned int at, i;

    if (pci_read(d, PCI_VENDOR, 2) == 0xffff || !(pci_read(d, PCI_STATUS, 2) & 0x10))
        return 0;
    at = pci_read(d, PCI_CAPABILITIES, 1) & 0xfc;
    for (i = 0; i < CAPABILITIES_MAX && at >= 0x40; i++) {
        uint32_t word = pci_read(d, at, 2);

        if ((word & 0xff) == id)
            return at;
        at = word >> 8 & 0xfc;
    }
    return 0;
}
