/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the hypervisor's own page tables: the boot identity map, the strict map of the image, and the devices' area.
 *
 * Boot allocator: before the frame allocator runs, page tables and early arrays come from boot_alloc_frames().
 */
#ifndef CPU_MAPPING_H
#define CPU_MAPPING_H

#include "lib/types.h"

/* Maps `bytes` of device memory at `pa`, uncached, for good; returns the address of the first byte. Panics when the area is full (boot). */
void *device_map(paddr_t pa, size_t bytes);

/* As device_map, but NULL when the area is full, and given back by device_unmap. */
void *device_map_temporary(paddr_t pa, size_t bytes);
void device_unmap(void *va, size_t bytes);

/* Machine memory below 4 GiB at its own address, boot only, until mapping_drop_identity(). NULL above 4 GiB. */
void *boot_identity(paddr_t pa);

#endif
