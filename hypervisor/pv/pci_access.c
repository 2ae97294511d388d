/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the control domain's accesses to PCI configuration space through the ports, and
 * its stores to the memory window, which it can only read.
 *
 * Where a device sends its MSIs, and whether it does, is the hypervisor's (dev/msi.c): what the
 * domain writes to an MSI capability is ignored. Of an MSI-X capability it has the control word,
 * since its entries lie in memory that it can only read.
 */
#include "dev/pci.h"
#include "pv/io_ports.h"

#define CF8_ENABLE       0x80000000U
#define CF8_ADDRESS      0x80fffffcU
#define FIRST_CAPABILITY 0x40  /* registers below belong to the standard header */
#define CONFIG_SPACE     0x100 /* registers from here on hold no MSI */
#define MSI_CONTROL      2
#define MSI_WIDE         0x80
#define MSI_MASKABLE     0x100

uint32_t pci_access_read(const struct vcpu *v, unsigned int offset, unsigned int bytes)
{
    if (!(v->pv->cf8 & CF8_ENABLE))
        return 0xffffffffU >> (32 - 8 * bytes);
    return pci_port_read(v->pv->cf8 & CF8_ADDRESS, offset, bytes);
}

static bool hits_msi(struct pci_dev d, unsigned int reg, unsigned int bytes)
{
    unsigned int cap = pci_find_capability(d, PCI_CAP_MSI), size;
    uint32_t control;

    if (!cap || reg + bytes <= cap)
        return false;
    control = pci_read(d, cap + MSI_CONTROL, 2);
    size = 10 + (control & MSI_WIDE ? 4 : 0) + (control & MSI_MASKABLE ? 10 : 0);
    return reg < cap + size;
}

void pci_access_store(struct pci_dev d, unsigned int reg, unsigned int bytes, uint32_t value)
{
    if (reg >= FIRST_CAPABILITY && reg < CONFIG_SPACE && hits_msi(d, reg, bytes))
        return;
    /* a window's page is mapped for good: not for what is not there */
    if (reg < CONFIG_SPACE || pci_read(d, PCI_VENDOR, 2) != 0xffff)
        pci_write(d, reg, bytes, value);
}

void pci_access_write(const struct vcpu *v, unsigned int offset, unsigned int bytes, uint32_t value)
{
    uint32_t cf8 = v->pv->cf8;
    struct pci_dev d = {.segment = 0, .bus = (uint8_t)(cf8 >> 16), .devfn = (uint8_t)(cf8 >> 8)};
    unsigned int reg = (cf8 & 0xfc) + offset;

    if (!(cf8 & CF8_ENABLE) || (reg >= FIRST_CAPABILITY && hits_msi(d, reg, bytes)))
        return;
    pci_port_write(cf8 & CF8_ADDRESS, offset, bytes, value);
}
