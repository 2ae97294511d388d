/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns message-signalled interrupts: what is written into a device's MSI capability or MSI-X table
 * entry.
 *
 * struct msi is one message of one device; the caller serialises calls on one of them (the IRQ's
 * lock).
 */
#ifndef DEV_MSI_H
#define DEV_MSI_H

#include "dev/pci.h"
#include "lib/types.h"

struct msi {
    struct pci_dev dev;
    bool msix, wide, maskable; /* wide: 64-bit address; maskable: the message has a mask bit */
    uint8_t cap;               /* offset of the capability */
    uint16_t entry;            /* of the MSI-X table */
    volatile uint32_t *table;  /* MSI-X: this entry's four words */
};

#define MSI_ADDRESS 0xfee00000UL

/* Pure: the message that reaches one CPU at a vector, edge triggered, fixed delivery. */
static inline uint64_t msi_address(uint32_t apic_id)
{
    return MSI_ADDRESS | (uint64_t)(apic_id & 0xff) << 12;
}

struct msix_place { /* machine addresses; the ends are behind */
    uint64_t table, table_end, pba, pba_end;
};

/* Where the device has its MSI-X table and its pending bits now; false when it has none, or the
 * BARs hold no addresses yet. Hypercall context. */
bool msix_find(struct pci_dev dev, struct msix_place *out) __must_check;

/*
 * Finds the capability and maps the table entry: hypercall context. `table_base` is the start of
 * the BAR that the caller believes holds the MSI-X table, and must be what the device says; 0 means
 * plain MSI. -ENODEV: no such device or capability. -EINVAL: no such entry, or another BAR.
 * -ENOMEM: no room to map it. The message is left masked (MSI without a mask bit: MSI off).
 */
int msi_open(struct msi *m, struct pci_dev dev, uint16_t entry, uint64_t table_base) __must_check;
void msi_close(struct msi *m); /* off */

/* Any context but NMI. Writing leaves the message masked. */
void msi_write(struct msi *m, uint8_t vector, uint32_t apic_id);
void msi_mask(struct msi *m);
void msi_unmask(struct msi *m);

#endif
