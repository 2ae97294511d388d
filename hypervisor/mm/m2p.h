/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the question where the M2P lies in memory. The table itself is made at boot
 * (mm/boot_memory.c), and written by whoever gives a frame a number.
 */
#ifndef MM_M2P_H
#define MM_M2P_H

#include "lib/types.h"

#define M2P_EXTENT_SHIFT 21 /* bytes of the table, as XENMEM_machphys_mfn_list counts them */

/* How many extents the table has, the last one perhaps not whole. */
uint64_t m2p_extents(void);

/*
 * The first frame behind extent n, if all of the extent that is there lies in one run of frames;
 * else MFN_INVALID. Interrupts on or off; uses a window.
 */
mfn_t m2p_extent_frame(uint64_t n);

#endif
