/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's map of addresses, but with the frame table and the M2P where a test has them.
 */
#ifndef TESTS_CALLS_LAYOUT_H
#define TESTS_CALLS_LAYOUT_H

#include_next "cpu/layout.h"

#include <stdint.h>

extern char fake_frame_table[];
extern uint64_t fake_m2p[];

#undef FRAME_TABLE_START
#undef M2P_RW_START
#define FRAME_TABLE_START ((uintptr_t)fake_frame_table)
#define M2P_RW_START      ((uintptr_t)fake_m2p)

#endif
