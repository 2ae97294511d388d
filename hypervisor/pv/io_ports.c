/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the list of ports that nobody but the hypervisor touches, and the access itself.
 *
 * Of the PIT the control domain gets channel 2 and its gate, which make the speaker's sound;
 * channels 0 and 1, both 8259s, the ISA DMA controllers and the serial line in use are the
 * hypervisor's.
 */
#include "pv/io_ports.h"
#include "cpu/asm.h"
#include "dom/ctl_domain.h"
#include "lib/printk.h"

#define PIT_CHANNEL2    0x42
#define PIT_COMMAND     0x43
#define PORT_B          0x61
#define PORT_B_WRITABLE 0x3 /* gate of channel 2, speaker */
#define PCI_ADDRESS     0xcf8
#define PCI_DATA        0xcfc
#define DENIED_MAX      16

static struct {
    uint16_t first, last;
} denied[DENIED_MAX] __read_mostly = {
    {0x00, 0x0f},
    {0x20, 0x21},
    {0x40, 0x43},
    {0x81, 0x8f},
    {0xa0, 0xa1},
    {0xc0, 0xdf},
    {PCI_ADDRESS, PCI_DATA + 3},
};
static unsigned int denied_count __read_mostly = 7;

void io_ports_deny(uint16_t first, uint16_t last)
{
    if (denied_count == DENIED_MAX)
        panic("No room to keep ports %x to %x from guests", first, last);
    denied[denied_count].first = first;
    denied[denied_count++].last = last;
}

static bool is_denied(uint32_t port, unsigned int bytes)
{
    unsigned int i;

    for (i = 0; i < denied_count; i++) {
        if (port <= denied[i].last && port + bytes > denied[i].first)
            return true;
    }
    return false;
}

static uint32_t ones(unsigned int bytes)
{
    return 0xffffffffU >> (32 - 8 * bytes);
}

static uint32_t hardware_read(uint16_t port, unsigned int bytes)
{
    switch (bytes) {
    case 1:
        return inb(port);
    case 2:
        return inw(port);
    default:
        return inl(port);
    }
}

static void hardware_write(uint16_t port, unsigned int bytes, uint32_t value)
{
    switch (bytes) {
    case 1:
        outb(port, (uint8_t)value);
        break;
    case 2:
        outw(port, (uint16_t)value);
        break;
    default:
        outl(port, value);
    }
}

static bool is_pci_data(uint16_t port, unsigned int bytes)
{
    return port >= PCI_DATA && port + bytes <= PCI_DATA + 4;
}

/* Ports that a domain without privilege was given. */
static bool permitted(const struct vcpu *v, uint16_t port, unsigned int bytes)
{
    return !is_denied(port, bytes) &&
           ctl_domain_permits(v->domain, CTL_PORTS, port, port + bytes - 1);
}

uint32_t io_port_read(struct vcpu *v, uint16_t port, unsigned int bytes)
{
    if (port == PCI_ADDRESS && bytes == 4)
        return v->pv->cf8;
    if (!domain_may(v->domain, MAY_ACCESS_HARDWARE, NULL))
        return permitted(v, port, bytes) ? hardware_read(port, bytes) : ones(bytes);
    if (is_pci_data(port, bytes))
        return pci_access_read(v, port & 3, bytes);
    if (port == PIT_CHANNEL2 && bytes == 1)
        return inb(port);
    if (is_denied(port, bytes))
        return ones(bytes);
    return hardware_read(port, bytes);
}

/* The command register, for channel 2 alone; a latch command for others would disturb nobody, but
 * shows nothing either. */
static void pit_command(uint8_t value)
{
    if (value >> 6 == 2)
        outb(PIT_COMMAND, value);
}

static void port_b_write(uint8_t value)
{
    outb(PORT_B, (uint8_t)((inb(PORT_B) & ~PORT_B_WRITABLE & 0xf) | (value & PORT_B_WRITABLE)));
}

void io_port_write(struct vcpu *v, uint16_t port, unsigned int bytes, uint32_t value)
{
    if (port == PCI_ADDRESS && bytes == 4) {
        v->pv->cf8 = value;
        return;
    }
    if (!domain_may(v->domain, MAY_ACCESS_HARDWARE, NULL)) {
        if (permitted(v, port, bytes))
            hardware_write(port, bytes, value);
        return;
    }
    if (is_pci_data(port, bytes))
        pci_access_write(v, port & 3, bytes, value);
    else if (port == PIT_CHANNEL2 && bytes == 1)
        outb(port, (uint8_t)value);
    else if (port == PIT_COMMAND && bytes == 1)
        pit_command((uint8_t)value);
    else if (port == PORT_B && bytes == 1)
        port_b_write((uint8_t)value);
    else if (!is_denied(port, bytes))
        hardware_write(port, bytes, value);
}
