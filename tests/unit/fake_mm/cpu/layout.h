/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands before cpu/layout.h in tests of memory management on the host: the tables that the
 * hypervisor has at fixed addresses are arrays of the test's.
 */
#ifndef FAKE_CPU_LAYOUT_H
#define FAKE_CPU_LAYOUT_H

#include_next "cpu/layout.h"

#undef FRAME_TABLE_START
#undef M2P_RW_START
#undef HEAP_START
#define FRAME_TABLE_START ((unsigned long)&machine_frames[0])
#define M2P_RW_START      ((unsigned long)&machine_m2p[0])
#define HEAP_START        0x200000000000 /* where the test maps pages */

extern unsigned long machine_frames[], machine_m2p[];

#endif
