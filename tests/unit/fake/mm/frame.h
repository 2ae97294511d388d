/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for the frame table: the test has a few frames of its own, and records whose addresses
 * are only counted with.
 */
#ifndef MM_FRAME_H
#define MM_FRAME_H

#include <xen/xen.h>

#include "lib/types.h"

struct frame {
    uint64_t type;
};

#define frame_table ((struct frame *)0x10000)

bool fake_mfn_valid(mfn_t m);
#define mfn_valid(m) fake_mfn_valid(m)

static inline struct frame *frame_of(mfn_t m)
{
    return (struct frame *)(0x10000 + m.n * sizeof(struct frame));
}

bool frame_get(mfn_t m, domid_t owner) __must_check;
void frame_put(struct frame *f);

#endif
