/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the hypervisor's own page tables: the strict map of the image, the heap area, the devices'
 * area, and the identity map that the boot uses until mapping_drop_identity().
 *
 * The tables that never move are arrays in the image; the heap's L1 tables are reached through an
 * area of their own. So no table is ever looked for in memory.
 */
#ifndef CPU_MAPPING_H
#define CPU_MAPPING_H

#include "cpu/pte.h"
#include "lib/types.h"

extern uint64_t idle_l4[PT_ENTRIES]; /* the hypervisor's own L4: runs while no guest does */

/* The machine address of something in the image. */
paddr_t image_paddr(const void *p);

/* Builds idle_l4 with the image's strict map and loads it, the identity map still in it. */
void mapping_init(void);

/* Ends the identity map, and makes init text and data unreachable; its frames can be given back. */
void mapping_drop_identity(void);

/*
 * Machine memory below 4 GiB at its own address, until mapping_drop_identity(). NULL above 4 GiB.
 */
void *boot_identity(paddr_t pa);

/*
 * Puts a range of frames at va in slots 256 to 259, boot only; takes tables from
 * table_frame_alloc(). `large`: one 2 MiB page.
 */
void mapping_boot_map(uint64_t va, mfn_t m, uint64_t flags, bool large);

/*
 * One page of the heap area. The L1 table must be there: heap_table_missing() says so,
 * heap_table_add() adds it.
 */
bool heap_table_missing(unsigned int page);
void heap_table_add(unsigned int page, mfn_t table);
void heap_page_map(unsigned int page, mfn_t m, uint64_t flags);
mfn_t heap_page_unmap(unsigned int page); /* flushes this CPU only */
mfn_t heap_page_mfn(unsigned int page);

/*
 * Maps `bytes` of device memory at `pa`, uncached, for good; returns the address of the first byte,
 * NULL when the area is full.
 */
void *device_map(paddr_t pa, size_t bytes);

/*
 * As device_map, but with the ordinary cacheability and read-only, to be given back by
 * device_unmap: firmware tables.
 */
void *firmware_map(paddr_t pa, size_t bytes);
void device_unmap(void *va, size_t bytes);

#endif
