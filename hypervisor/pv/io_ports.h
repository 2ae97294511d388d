/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the answer to every port access of a guest: the device's, or that of a port where there is
 * nothing.
 *
 * A port that the domain may not use reads as ones and ignores what is written: kernels look for
 * devices that way, and stop looking. Configuration space is reached through CF8 and CFC of each
 * vCPU's own.
 */
#ifndef PV_IO_PORTS_H
#define PV_IO_PORTS_H

#include "dev/pci.h"
#include "pv/pv.h"

/* Keeps ports first to last for the hypervisor. Boot only. */
void io_ports_deny(uint16_t first, uint16_t last);

/* One access of 1, 2 or 4 bytes by the current vCPU, whose right to use ports was checked.
 * Interrupts on. */
uint32_t io_port_read(struct vcpu *v, uint16_t port, unsigned int bytes);
void io_port_write(struct vcpu *v, uint16_t port, unsigned int bytes, uint32_t value);

/* pv/pci_access.c: a store of the control domain's to a register, found in the memory window. */
void pci_access_store(struct pci_dev d, unsigned int reg, unsigned int bytes, uint32_t value);

/* pv/pci_access.c: 1, 2 or 4 bytes at port CFC + offset, not beyond CFF, with the vCPU's CF8. */
uint32_t pci_access_read(const struct vcpu *v, unsigned int offset, unsigned int bytes);
void pci_access_write(const struct vcpu *v, unsigned int offset, unsigned int bytes,
                      uint32_t value);

#endif
