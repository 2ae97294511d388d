/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for mm/window.h in tests of memory management on the host: a window is the page itself, and the test counts them.
 */
#ifndef MM_WINDOW_H
#define MM_WINDOW_H

#include "cpu/percpu.h"
#include "lib/types.h"

struct window_cache {
    uint64_t filled;
};

void window_cache_empty(void);
void *window_map(mfn_t m);
void window_unmap(const void *p);

#endif
