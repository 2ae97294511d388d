/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the programming of MSI and MSI-X (PCI local bus specification 3.0, 6.8). A message without a
 * mask bit is masked by turning MSI off, with INTx held off too; an interrupt of that time is lost,
 * and kern/irq.c makes up for it by calling the handlers once when it unmasks.
 */
#include "dev/device_page.h"
#include "dev/msi.h"
#include "lib/errno.h"

#define MSI_CONTROL         2
#define MSI_ENABLE          0x1
#define MSI_MULTIPLE_ENABLE 0x70
#define MSI_WIDE            0x80
#define MSI_MASKABLE        0x100
#define MSIX_ENABLE         0x8000
#define MSIX_SIZE           0x7ff
#define MSIX_TABLE          4
#define MSIX_PBA            8
#define ENTRY_BYTES         16
#define ENTRY_MASKED        1

static void set_bits(struct pci_dev d, unsigned int reg, uint32_t clear, uint32_t set)
{
    uint32_t old = pci_read(d, reg, 2), v = (old & ~clear) | set;

    if (v != old)
        pci_write(d, reg, 2, v);
}

static unsigned int mask_register(const struct msi *m)
{
    return m->cap + (m->wide ? 16U : 12U);
}

void msi_mask(struct msi *m)
{
    if (m->msix) {
        m->table[3] |= ENTRY_MASKED;
        (void)m->table[3]; /* the read pushes the posted write out */
    } else if (m->maskable) {
        pci_write(m->dev, mask_register(m), 4, pci_read(m->dev, mask_register(m), 4) | 1);
    } else {
        set_bits(m->dev, PCI_COMMAND, 0, PCI_COMMAND_INTX_DISABLE);
        set_bits(m->dev, m->cap + MSI_CONTROL, MSI_ENABLE, 0);
    }
}

void msi_unmask(struct msi *m)
{
    if (m->msix) {
        m->table[3] &= ~(uint32_t)ENTRY_MASKED;
        return;
    }
    if (m->maskable)
        pci_write(m->dev, mask_register(m), 4, pci_read(m->dev, mask_register(m), 4) & ~1U);
    set_bits(m->dev, PCI_COMMAND, 0, PCI_COMMAND_INTX_DISABLE);
    set_bits(m->dev, m->cap + MSI_CONTROL, MSI_MULTIPLE_ENABLE, MSI_ENABLE);
}

void msi_write(struct msi *m, uint8_t vector, uint32_t apic_id)
{
    uint64_t address = msi_address(apic_id);

    msi_mask(m);
    if (m->msix) {
        m->table[0] = (uint32_t)address;
        m->table[1] = (uint32_t)(address >> 32);
        m->table[2] = vector;
        return;
    }
    pci_write(m->dev, m->cap + 4U, 4, (uint32_t)address);
    if (m->wide)
        pci_write(m->dev, m->cap + 8U, 4, (uint32_t)(address >> 32));
    pci_write(m->dev, m->cap + (m->wide ? 12U : 8U), 2, vector);
}

/* The machine address in a memory BAR; 0 when there is none. */
static uint64_t bar_address(struct pci_dev d, unsigned int bar)
{
    unsigned int bars = (pci_read(d, PCI_HEADER_TYPE, 1) & 0x7f) == 1 ? 2 : 6;
    uint32_t low;

    if (bar >= bars)
        return 0;
    low = pci_read(d, PCI_BAR0 + 4 * bar, 4);
    if (low & 1)
        return 0;
    if ((low & 6) != 4)
        return low & ~0xfU;
    if (bar + 1 >= bars)
        return 0;
    return (low & ~0xfU) | (uint64_t)pci_read(d, PCI_BAR0 + 4 * bar + 4, 4) << 32;
}

bool msix_find(struct pci_dev dev, struct msix_place *out)
{
    unsigned int cap = pci_find_capability(dev, PCI_CAP_MSIX), entries;
    uint32_t table, pba;
    uint64_t table_bar, pba_bar;

    if (!cap)
        return false;
    entries = (pci_read(dev, cap + MSI_CONTROL, 2) & MSIX_SIZE) + 1;
    table = pci_read(dev, cap + MSIX_TABLE, 4);
    pba = pci_read(dev, cap + MSIX_PBA, 4);
    table_bar = bar_address(dev, table & 7);
    pba_bar = bar_address(dev, pba & 7);
    if (!table_bar || !pba_bar)
        return false;
    out->table = table_bar + (table & ~7U);
    out->table_end = out->table + entries * ENTRY_BYTES;
    out->pba = pba_bar + (pba & ~7U);
    out->pba_end = out->pba + (entries + 63) / 64 * 8; /* a bit an entry, in words of 64 */
    return out->table < out->table_end && out->pba < out->pba_end;
}

static int msix_open(struct msi *m, uint64_t table_base)
{
    uint32_t control = pci_read(m->dev, m->cap + MSI_CONTROL, 2);
    uint32_t where = pci_read(m->dev, m->cap + MSIX_TABLE, 4);
    uint64_t base = bar_address(m->dev, where & 7), at;
    volatile void *page;

    if (m->entry > (control & MSIX_SIZE) || !base || base != table_base)
        return -EINVAL;
    at = base + (where & ~7U) + (uint64_t)m->entry * ENTRY_BYTES;
    if (at < base)
        return -EINVAL;
    page = device_page(at & PAGE_MASK);
    if (!page)
        return -ENOMEM;
    m->table = (volatile uint32_t *)page + (at & (PAGE_SIZE - 1)) / 4;
    m->maskable = true;
    set_bits(m->dev, PCI_COMMAND, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_DISABLE);
    /*
     * a message must be masked before the function is enabled; who masked the whole function keeps
     * it so
     */
    if (!(control & MSIX_ENABLE)) {
        set_bits(m->dev, m->cap + MSI_CONTROL, 0, MSIX_ENABLE | 0x4000);
        msi_mask(m);
        set_bits(m->dev, m->cap + MSI_CONTROL, 0x4000, control & 0x4000);
    } else {
        msi_mask(m);
    }
    return 0;
}

int msi_open(struct msi *m, struct pci_dev dev, uint16_t entry, uint64_t table_base)
{
    unsigned int cap = pci_find_capability(dev, table_base ? PCI_CAP_MSIX : PCI_CAP_MSI);
    uint32_t control;

    if (!cap)
        return -ENODEV;
    *m = (struct msi){.dev = dev, .cap = (uint8_t)cap, .msix = table_base != 0, .entry = entry};
    if (m->msix)
        return msix_open(m, table_base);
    control = pci_read(dev, cap + MSI_CONTROL, 2);
    m->wide = control & MSI_WIDE;
    m->maskable = control & MSI_MASKABLE;
    set_bits(dev, cap + MSI_CONTROL, MSI_ENABLE | MSI_MULTIPLE_ENABLE, 0);
    msi_mask(m);
    return 0;
}

void msi_close(struct msi *m)
{
    msi_mask(m);
    if (!m->msix)
        set_bits(m->dev, m->cap + MSI_CONTROL, MSI_ENABLE, 0);
}
