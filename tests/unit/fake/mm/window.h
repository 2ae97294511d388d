/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for windows: the test's frames are where they are.
 */
#ifndef MM_WINDOW_H
#define MM_WINDOW_H

#include "lib/types.h"

struct window_cache {
    uint64_t filled;
};

void *window_map(mfn_t m);
void window_unmap(const void *p);

#endif
