/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for mm/window.h in tests of memory management on the host: a window is the page itself,
 * and the test counts them.
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

static inline const struct window_cache *window_cache_here(void)
{
    return NULL;
}

static inline uint64_t window_read(const struct window_cache *w, mfn_t m, unsigned int index)
{
    const uint64_t *t = window_map(m);
    uint64_t word = READ_ONCE(t[index]);

    (void)w;
    window_unmap(t);
    return word;
}

#endif
