/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns PCI configuration space: ports CF8 and CFC for segment 0, the memory window (MCFG) for what
 * they can't reach.
 */
#ifndef DEV_PCI_H
#define DEV_PCI_H

#include "lib/types.h"

struct pci_dev {
    uint16_t segment;
    uint8_t bus, devfn;
};

#define PCI_VENDOR               0x00
#define PCI_COMMAND              0x04
#define PCI_STATUS               0x06
#define PCI_HEADER_TYPE          0x0e
#define PCI_BAR0                 0x10
#define PCI_CAPABILITIES         0x34
#define PCI_COMMAND_MEMORY       0x2
#define PCI_COMMAND_INTX_DISABLE 0x400
#define PCI_CAP_MSI              0x05
#define PCI_CAP_MSIX             0x11

/*
 * Reads or writes 1, 2 or 4 bytes at a register below 4096, aligned to its size. What can't be
 * reached reads as ones and ignores writes. Any context but NMI, with registers below 256 of
 * segment 0; the others map memory: hypercall context.
 */
uint32_t pci_read(struct pci_dev d, unsigned int reg, unsigned int bytes);
void pci_write(struct pci_dev d, unsigned int reg, unsigned int bytes, uint32_t v);

/* The register that lies at a machine address in a memory window; false when none does. */
bool pci_window_find(uint64_t pa, struct pci_dev *d, unsigned int *reg) __must_check;

/* Offset of a capability (below 256), 0 when the device is absent or has none. Bounded. */
unsigned int pci_find_capability(struct pci_dev d, uint8_t id);

/* The raw ports with an address word that somebody latched: offset 0..3 into CFC, not beyond it. */
uint32_t pci_port_read(uint32_t cf8, unsigned int offset, unsigned int bytes);
void pci_port_write(uint32_t cf8, unsigned int offset, unsigned int bytes, uint32_t v);

#endif
