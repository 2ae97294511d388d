/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI's configuration space in memory (q35): stores to it work as writes through the ports do. On
 * Mortise that holds for a device's MSI capability too, which neither way changes; Xen leaves that
 * to the control domain.
 */
#include "pci.h"

static volatile void *window(unsigned int devfn, uint64_t *entry)
{
    return device_map(1, window_of(devfn), entry);
}

#define AT(page, type, offset) (*(volatile type *)((volatile char *)(page) + (offset)))

TEST(window_reads)
{
    unsigned int devfn = device_find(DEVICE_EDU);
    uint64_t entry;
    volatile void *page = window(devfn, &entry);

    EXPECT_EQ(AT(page, uint32_t, 0), DEVICE_EDU);
    EXPECT_EQ(AT(page, uint16_t, 4), config_read(devfn, 4, 2));
    EXPECT_EQ(AT(page, uint8_t, 0x3c), config_read(devfn, 0x3c, 1));
    if (subject_is_mortise()) {
        EXPECT_EQ(entry & PTE_W, 0);
    }
}

TEST(window_stores)
{
    unsigned int devfn = device_find(DEVICE_EDU);
    uint32_t line = config_read(devfn, 0x3c, 1), bar = config_read(devfn, 0x10, 4);
    uint64_t entry;
    volatile void *page = window(devfn, &entry);

    AT(page, uint8_t, 0x3c) = 0x55;
    EXPECT_EQ(config_read(devfn, 0x3c, 1), 0x55);
    AT(page, uint8_t, 0x3c) = (uint8_t)line;
    AT(page, uint16_t, 4) = 0x402;
    EXPECT_EQ(config_read(devfn, 4, 2), 0x402);
    AT(page, uint16_t, 4) = 6;
    AT(page, uint32_t, 0x10) = bar ^ 0x00100000;
    EXPECT_EQ(config_read(devfn, 0x10, 4), bar ^ 0x00100000);
    AT(page, uint32_t, 0x10) = bar;
    EXPECT_EQ(AT(page, uint32_t, 0x10), bar);
}

/* Registers that only the window has: the error severities of the card's AER capability. */
TEST(window_extended)
{
    unsigned int devfn = device_find(DEVICE_E1000E);
    uint64_t entry;
    volatile void *page = window(devfn, &entry);
    uint32_t severity;

    REQUIRE((AT(page, uint32_t, 0x100) & 0xffff) == 1);
    severity = AT(page, uint32_t, 0x10c);
    AT(page, uint32_t, 0x10c) = severity ^ 0x10;
    EXPECT_EQ(AT(page, uint32_t, 0x10c), severity ^ 0x10);
    AT(page, uint32_t, 0x10c) = severity;
    EXPECT_EQ(AT(page, uint32_t, 0x10c), severity);
}

/* Where nothing is, stores go nowhere. */
TEST(window_absent_device)
{
    uint64_t entry;
    volatile void *page = device_map(1, window_of(0xf8) + (77ul << 20), &entry);

    AT(page, uint32_t, 0x10) = 1;
    AT(page, uint32_t, 0x400) = 1;
    EXPECT_EQ(AT(page, uint32_t, 0x10), 0xffffffff);
}

TEST(window_message_capability)
{
    unsigned int devfn = device_find(DEVICE_EDU), at = capability_find(devfn, CAPABILITY_MSI);
    struct physdev_map_pirq map = {.domid = DOMID_SELF,
                                   .type = MAP_PIRQ_TYPE_MSI_SEG,
                                   .index = -1,
                                   .pirq = -1,
                                   .devfn = (int)devfn};
    struct physdev_unmap_pirq unmap = {.domid = DOMID_SELF};
    uint64_t entry;
    volatile void *page = window(devfn, &entry);
    uint32_t address, control;

    REQUIRE(physdev(PHYSDEVOP_map_pirq, &map) == 0);
    address = config_read(devfn, at + 4, 4);
    control = config_read(devfn, at + 2, 2);
    EXPECT_EQ(address >> 20, 0xfee);
    AT(page, uint32_t, at + 4) = 0x1000;
    AT(page, uint8_t, at + 5) = 0x20;
    AT(page, uint16_t, at + 2) = (uint16_t)(control ^ 1);
    if (subject_is_mortise()) {
        EXPECT_EQ(config_read(devfn, at + 4, 4), address);
        EXPECT_EQ(config_read(devfn, at + 2, 2), control);
    }
    unmap.pirq = map.pirq;
    EXPECT_EQ(physdev(PHYSDEVOP_unmap_pirq, &unmap), 0);
}

/* Eight bytes, and what reads too, are no store that PCI knows: a fault on Mortise. */
TEST(window_other_instructions)
{
    unsigned int devfn = device_find(DEVICE_EDU);
    uint64_t entry;
    volatile void *page = window(devfn, &entry);

    if (!subject_is_mortise()) {
        SKIP("Xen leaves the window writable");
    }
    fault_clear();
    PROBE("movq $0, %0", : "=m"(AT(page, uint64_t, 0x10)));
    EXPECT_FAULT(VEC_PF, 3);
    fault_clear();
    PROBE("orl $1, %0", : "+m"(AT(page, uint32_t, 0x10)));
    EXPECT_FAULT(VEC_PF, 3);
}
