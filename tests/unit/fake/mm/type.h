/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for the type machine: a frame of the test is an L1 or it is not.
 */
#ifndef MM_TYPE_H
#define MM_TYPE_H

#include "mm/frame.h"
#include "mm/type_word.h"

int frame_get_type(mfn_t m, domid_t owner, enum frame_type t) __must_check;
void frame_put_type(struct frame *f);

enum frame_type fake_type_now(const struct frame *f);
#define frame_type_now(f) fake_type_now(f)

#endif
