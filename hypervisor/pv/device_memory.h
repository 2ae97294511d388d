/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns memory that is not RAM: which domain may map which of it.
 *
 * The control domain may map all of it but what the hypervisor drives itself; MSI-X tables read-only; any other domain only what it was
 * given by iomem permission.
 */
#ifndef PV_DEVICE_MEMORY_H
#define PV_DEVICE_MEMORY_H

#include <xen/xen.h>

#include "lib/types.h"

/* Whether the domain has devices at all: its RAM mappings may ask for other cacheability, and get write-back. */
bool device_memory_owner(domid_t domain);

enum device_access { DEVICE_NONE, DEVICE_READ, DEVICE_WRITE };

/* How the domain may map this frame, which is not RAM. */
enum device_access device_memory_access(domid_t domain, mfn_t m);

/* Keeps frames of [start, start + bytes) from everybody (the hypervisor's devices), or from being written (MSI-X tables).
 * False when the list is full. Under its own lock. */
bool device_memory_deny(paddr_t start, uint64_t bytes, bool also_reading);
void device_memory_undeny(paddr_t start, uint64_t bytes);

#endif
