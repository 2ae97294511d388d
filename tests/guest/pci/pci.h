/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI as the control domain of QEMU's q35 reaches it: by the two ports, by the memory window, and
 * the capabilities of devices on bus 0.
 */
#ifndef TEST_PCI_H
#define TEST_PCI_H

#include "harness.h"

#define DEVICE_E1000E 0x10d38086u
#define DEVICE_EDU    0x11e81234u
#define DEVICE_XHCI   0x000d1b36u
#define DEVICE_RNG    0x10051af4u /* virtio, with MSI-X, and nothing that firmware looks for */

#define CAPABILITY_MSI  0x05
#define CAPABILITY_MSIX 0x11

long physdev(unsigned int command, void *argument);

/* 1, 2 or 4 bytes by the ports; `at` is a multiple of them. */
uint32_t config_read(unsigned int devfn, unsigned int at, unsigned int bytes);
void config_write(unsigned int devfn, unsigned int at, unsigned int bytes, uint32_t value);

/* The device on bus 0, reported to the hypervisor; the test ends without it. */
unsigned int device_find(uint32_t id);
/* Offset of a capability; the test ends without it. */
unsigned int capability_find(unsigned int devfn, unsigned int id);
/* Start of a memory BAR. */
uint64_t bar_start(unsigned int devfn, unsigned int bar);

/* Asks for a writable mapping of device memory at one of a few addresses: where its page starts.
 * What the entry became is in *entry. */
volatile void *device_map(unsigned int slot, uint64_t address, uint64_t *entry);

/* Where the memory window has the registers of a device on bus 0. */
uint64_t window_of(unsigned int devfn);

#endif
