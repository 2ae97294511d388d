/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration space by the ports, devices, and mappings of device memory (pci.h).
 */
#include "pci.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define WINDOW_BASE    0x60 /* register of q35's host bridge: PCIEXBAR */

long physdev(unsigned int command, void *argument)
{
    return hcall(__HYPERVISOR_physdev_op, command, argument);
}

static void select(unsigned int devfn, unsigned int at)
{
    uint32_t word = 0x80000000u | devfn << 8 | (at & 0xfc);

    __asm__ volatile("outl %0, %w1" : : "a"(word), "d"(CONFIG_ADDRESS));
}

uint32_t config_read(unsigned int devfn, unsigned int at, unsigned int bytes)
{
    unsigned int port = CONFIG_DATA + (at & 3);
    uint32_t value;

    select(devfn, at);
    __asm__ volatile("inl %w1, %0" : "=a"(value) : "d"(CONFIG_DATA));
    return value >> (port & 3) * 8 & (bytes == 4 ? ~0u : (1u << 8 * bytes) - 1);
}

void config_write(unsigned int devfn, unsigned int at, unsigned int bytes, uint32_t value)
{
    unsigned int port = CONFIG_DATA + (at & 3);

    select(devfn, at);
    if (bytes == 1) {
        __asm__ volatile("outb %b0, %w1" : : "a"(value), "d"(port));
    } else if (bytes == 2) {
        __asm__ volatile("outw %w0, %w1" : : "a"(value), "d"(port));
    } else {
        __asm__ volatile("outl %0, %w1" : : "a"(value), "d"(port));
    }
}

unsigned int device_find(uint32_t id)
{
    struct physdev_set_iopl iopl = {.iopl = 1};
    struct physdev_pci_device_add add = {0};
    unsigned int devfn;

    REQUIRE(physdev(PHYSDEVOP_set_iopl, &iopl) == 0);
    for (devfn = 0; devfn < 256 && config_read(devfn, 0, 4) != id; devfn++) {}
    REQUIRE(devfn < 256);
    config_write(devfn, 4, 2, 6);
    add.devfn = (uint8_t)devfn;
    REQUIRE(physdev(PHYSDEVOP_pci_device_add, &add) == 0);
    return devfn;
}

unsigned int capability_find(unsigned int devfn, unsigned int id)
{
    unsigned int at = config_read(devfn, 0x34, 1) & 0xfc;

    while (at != 0 && config_read(devfn, at, 1) != id) {
        at = config_read(devfn, at + 1, 1) & 0xfc;
    }
    REQUIRE(at != 0);
    return at;
}

uint64_t bar_start(unsigned int devfn, unsigned int bar)
{
    uint64_t low = config_read(devfn, 0x10 + 4 * bar, 4);

    REQUIRE((low & 1) == 0);
    if ((low & 6) == 4) {
        low |= (uint64_t)config_read(devfn, 0x14 + 4 * bar, 4) << 32;
    }
    REQUIRE((low & ~0xful) != 0);
    return low & ~0xful;
}

volatile void *device_map(unsigned int slot, uint64_t address, uint64_t *entry)
{
    unsigned long va = SCRATCH_VA + slot * PAGE_SIZE;
    uint64_t *at = tables_make(va);

    REQUIRE(pte_set(at, pte_make(address >> PAGE_SHIFT, PTE_RW | PTE_PCD)) == 0);
    REQUIRE(mmuext(MMUEXT_INVLPG_LOCAL, va, 0) == 0);
    *entry = *(volatile uint64_t *)at;
    return (volatile void *)va;
}

uint64_t window_of(unsigned int devfn)
{
    uint32_t base = config_read(0, WINDOW_BASE, 4);

    REQUIRE((base & 7) == 1); /* on, 256 buses */
    return (uint64_t)config_read(0, WINDOW_BASE + 4, 4) << 32 | (base & 0xf0000000u) | devfn << 12;
}
