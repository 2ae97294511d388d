/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the question which descriptors a guest may have in GDT and LDT. The check of one is pure.
 */
#ifndef PV_DESCRIPTOR_CHECK_H
#define PV_DESCRIPTOR_CHECK_H

#include "lib/types.h"

/*
 * A descriptor that is not present, or a code or data segment: the latter with privilege 3,
 * whatever was asked. Gates, TSS and LDT descriptors are no guest's. Returns whether it is legal;
 * *stored is what goes into the table. Pure.
 */
bool descriptor_check(uint64_t asked, uint64_t *stored);

/*
 * All 512 of a frame, corrected in place; -EINVAL when one is not legal. The frame is busy as
 * descriptors.
 */
int descriptors_check_frame(mfn_t m) __must_check;

#endif
