/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI-X tables of the control domain's devices: what interrupts it and where they go is the
 * hypervisor's, so the domain may read its table and no more. A mapping that asks for more gets
 * less, and a store has no effect; neither is a fault, since a kernel maps such a table in good
 * faith.
 */
#include "pci.h"

struct place {
    unsigned int devfn;
    uint64_t table, pending;
};

static void find(uint32_t id, struct place *p)
{
    struct physdev_pci_device device = {0};
    unsigned int at;
    uint32_t where;

    p->devfn = device_find(id);
    at = capability_find(p->devfn, CAPABILITY_MSIX);
    where = config_read(p->devfn, at + 4, 4);
    p->table = bar_start(p->devfn, where & 7) + (where & ~7u);
    where = config_read(p->devfn, at + 8, 4);
    p->pending = bar_start(p->devfn, where & 7) + (where & ~7u);
    device.devfn = (uint8_t)p->devfn;
    REQUIRE(physdev(PHYSDEVOP_prepare_msix, &device) == 0);
}

/* Xen keeps its own record of what was prepared; the next test begins anew. */
static void forget(const struct place *p)
{
    struct physdev_pci_device device = {.devfn = (uint8_t)p->devfn};

    EXPECT_EQ(physdev(PHYSDEVOP_release_msix, &device), 0);
}

static void stores_are_lost(uint64_t address)
{
    uint64_t entry;
    volatile uint32_t *table = (volatile uint32_t *)((unsigned long)device_map(0, address, &entry) |
                                                     (address & (PAGE_SIZE - 1)));
    uint32_t before[4];

    EXPECT_EQ(entry & PTE_W, 0);
    for (unsigned int i = 0; i < 4; i++) {
        before[i] = table[i];
    }
    for (unsigned int i = 0; i < 4; i++) {
        table[i] = 0x5a5a5a50u + i;
        EXPECT_EQ(table[i], before[i]);
    }
    *(volatile uint64_t *)table = ~0ul;
    EXPECT_EQ(table[0], before[0]);
    EXPECT_EQ(table[1], before[1]);
}

TEST(msix_table)
{
    struct place p;

    find(DEVICE_E1000E, &p);
    stores_are_lost(p.table);
    forget(&p);
}

TEST(msix_pending_bits)
{
    struct place p;
    uint64_t entry;

    find(DEVICE_E1000E, &p);
    REQUIRE(p.pending >> PAGE_SHIFT != p.table >> PAGE_SHIFT);
    (void)device_map(0, p.pending, &entry);
    EXPECT_EQ(entry & PTE_W, 0);
    forget(&p);
}

/* Other registers of the device stay the domain's. */
TEST(msix_other_pages)
{
    struct place p;
    uint64_t entry;
    volatile uint32_t *registers;

    find(DEVICE_E1000E, &p);
    registers = device_map(0, bar_start(p.devfn, 0), &entry);
    EXPECT_EQ(entry & PTE_W, PTE_W);
    registers[0x38 / 4] = 0x8100; /* VET, the type of VLAN frames */
    EXPECT_EQ(registers[0x38 / 4], 0x8100);
    forget(&p);
}

/* A store to the table's page beside the table is no fault either. */
TEST(msix_beside_the_table)
{
    struct place p;
    uint64_t entry;
    volatile uint32_t *page;

    find(DEVICE_XHCI, &p);
    page = device_map(0, p.table & ~(PAGE_SIZE - 1), &entry);
    EXPECT_EQ(entry & PTE_W, 0);
    page[0x700 / 4] = 1;
    forget(&p);
}

/* What would read the device as well is not emulated: the domain gets its fault. */
TEST(msix_table_read_and_write)
{
    struct place p;
    uint64_t entry;
    volatile uint32_t *table;

    find(DEVICE_E1000E, &p);
    table = device_map(0, p.table, &entry);
    fault_clear();
    PROBE("lock orl $1, %0", : "+m"(*table));
    if (subject_is_mortise()) { /* Xen does such instructions too, and drops the store */
        EXPECT_FAULT(VEC_PF, 3);
    }
    forget(&p);
}

/* The message of an entry is programmed by map_pirq, and only there; its table is kept even when
 * nothing was prepared. */
TEST(msix_map_pirq)
{
    unsigned int devfn = device_find(DEVICE_XHCI);
    unsigned int at = capability_find(devfn, CAPABILITY_MSIX);
    uint32_t where = config_read(devfn, at + 4, 4), address;
    struct physdev_map_pirq map = {.domid = DOMID_SELF,
                                   .type = MAP_PIRQ_TYPE_MSI_SEG,
                                   .index = -1,
                                   .pirq = -1,
                                   .devfn = (int)devfn,
                                   .entry_nr = 2,
                                   .table_base = bar_start(devfn, where & 7)};
    struct physdev_unmap_pirq unmap = {.domid = DOMID_SELF};
    struct evtchn_bind_pirq bind = {0};
    struct evtchn_close close;
    uint64_t entry;
    volatile uint32_t *table;

    REQUIRE(physdev(PHYSDEVOP_map_pirq, &map) == 0);
    bind.pirq = (uint32_t)map.pirq; /* only now Xen writes the message */
    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, &bind) == 0);
    table =
        (volatile uint32_t *)((unsigned long)device_map(0, map.table_base + (where & ~7u), &entry) |
                              (where & ~7u & (PAGE_SIZE - 1)));
    EXPECT_EQ(entry & PTE_W, 0);
    address = table[8];
    EXPECT_EQ(address >> 20, 0xfee);
    table[8] = 0x1000;
    EXPECT_EQ(table[8], address);
    close.port = bind.port;
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), 0);
    unmap.pirq = map.pirq;
    EXPECT_EQ(physdev(PHYSDEVOP_unmap_pirq, &unmap), 0);
}
