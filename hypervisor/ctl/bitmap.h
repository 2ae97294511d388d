/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bitmaps of control calls, which are as long as the caller says, as one word of ours: no host
 * has more than 64 CPUs.
 */
#ifndef CTL_BITMAP_H
#define CTL_BITMAP_H

#include <xen/xen.h>

#include "lib/types.h"

/* The first 64 bits; what is beyond is ignored. -EFAULT (noted). */
int bitmap_fetch(const struct xenctl_bitmap *b, uint64_t *bits) __must_check;

/* As many bits as the caller has room for, the others clear. -EFAULT (noted). */
int bitmap_store(const struct xenctl_bitmap *b, uint64_t bits) __must_check;

#endif
