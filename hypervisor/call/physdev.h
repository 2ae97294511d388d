/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of HYPERVISOR_physdev_op that concerns PCI devices; the rest is in physdev_op.c.
 *
 * There is no IOMMU, so a device needs no record here: what Linux tells is checked, and of it only
 * the place of MSI-X tables is remembered (pv/device_memory.c).
 */
#ifndef CALL_PHYSDEV_H
#define CALL_PHYSDEV_H

#include "dev/pci.h"
#include "lib/types.h"

/* The caller may access hardware. -ENOSYS: no such operation. */
int physdev_pci_op(uint32_t cmd, gva_t arg);

/* From now on the control domain may only read the device's MSI-X table, where it lies now; what is
 * mapped writable stays so. -ENOMEM: the list of such tables is full. */
int physdev_keep_messages(struct pci_dev d) __must_check;

#endif
