/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of HYPERVISOR_physdev_op that concerns PCI devices; the rest is in physdev_op.c.
 *
 * There is no IOMMU, so a device needs no record here: what Linux tells is checked, and remembered
 * nowhere.
 */
#ifndef CALL_PHYSDEV_H
#define CALL_PHYSDEV_H

#include "lib/types.h"

/* The caller may access hardware. -ENOSYS: no such operation. */
int physdev_pci_op(uint32_t cmd, gva_t arg);

#endif
