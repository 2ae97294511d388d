/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns physical memory while the hypervisor boots: what the firmware's map says, what is taken, and
 * the frame table made from it.
 */
#ifndef MM_BOOT_MEMORY_H
#define MM_BOOT_MEMORY_H

#include "lib/types.h"

#define MEMORY_RANGES 128

enum memory_type { MEMORY_RAM = 1, MEMORY_RESERVED, MEMORY_ACPI, MEMORY_NVS, MEMORY_BAD };

struct memory_range {
    uint64_t start, end; /* bytes; end is the first byte behind */
    uint32_t type;       /* enum memory_type, the E820 numbers */
};

/*
 * The firmware's map, sorted, overlaps resolved (the less usable type wins); boot and
 * XENMEM_machine_memory_map.
 */
extern struct memory_range memory_map[MEMORY_RANGES];
extern unsigned int memory_ranges;
extern uint64_t ram_frames; /* whole frames of RAM in it */

/* Adds one range as the firmware gave it; false when there is no room. */
bool memory_map_add(uint64_t start, uint64_t end, uint32_t type);
void memory_map_sort(void);

/*
 * Takes bytes [start, end) out of what boot_alloc_frames and the frame allocator may give: image,
 * modules.
 */
void boot_memory_reserve(uint64_t start, uint64_t end);

/*
 * `frames` contiguous frames below 4 GiB, aligned to as many bytes as `align`, from the top down;
 * MFN_INVALID when there are none.
 */
mfn_t boot_alloc_frames(uint64_t frames, uint64_t align);

/* Builds frame table and M2P, then gives all free RAM to the frame allocator. */
void frame_table_init(void);

/* Gives a reserved range back later: modules, the init part of the image. */
void boot_memory_release(uint64_t start, uint64_t end);

#endif
