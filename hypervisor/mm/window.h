/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns windows: short-lived views of any frame, in the region of the vCPU (idle vCPUs included)
 * that runs on this CPU.
 *
 * window_map() and window_unmap() nest like brackets. A view that was unmapped stays in the region
 * as a cache, so that the next window on the same frame costs nothing; the cache is emptied by
 * every flush, so a frame can't reach a new owner while an old view shows it. A window must not be
 * held over a context switch. Not for NMI and #MC handlers, nor interrupts.
 */
#ifndef MM_WINDOW_H
#define MM_WINDOW_H

#include "cpu/percpu.h"
#include "lib/types.h"
#include "mm/guest_access.h"

struct window_cache {
    uint64_t *entries;     /* the L1 entries of the region's windows */
    uint64_t va;           /* of the first window */
    uint64_t mfn[WINDOWS]; /* what each shows; ~0: nothing */
    uint8_t users[WINDOWS];
    uint64_t filled; /* windows that show something */
};

/* Sets up the cache of a region: `l1` is its L1 table, `region` its address. */
void window_cache_init(struct window_cache *w, uint64_t *l1, uint64_t region);

/* The cache of the region that this CPU uses from now on. Interrupts off; no window in use. */
void window_cache_use(struct window_cache *w);

/* Forgets every unused view of this CPU; no TLB flush (the caller does one). */
void window_cache_empty(void);

void *window_fill(struct window_cache *w, mfn_t m);

static inline void *window_map(mfn_t m)
{
    struct window_cache *w = this_cpu()->windows;
    unsigned int i = m.n % WINDOWS;

    w->users[i]++;
    barrier();
    if (likely(READ_ONCE(w->mfn[i]) == m.n))
        return (void *)(w->va + i * PAGE_SIZE);
    w->users[i]--; /* another frame's, or a flush came in between */
    return window_fill(w, m);
}

static inline void window_unmap(const void *p)
{
    struct window_cache *w = this_cpu()->windows;

    w->users[((uintptr_t)p - w->va) >> PAGE_SHIFT]--;
}

/* The slow way of window_read(): through a window of its own. */
uint64_t window_read_slowly(mfn_t m, unsigned int index);

/* The cache that this CPU uses: for a row of window_read() without a stop. */
static inline const struct window_cache *window_cache_here(void)
{
    return this_cpu()->windows;
}

/*
 * Word `index` of a frame, as it is now. What a cached view shows is read without marking the
 * window used: an interrupt that empties the cache in between makes the load fault, and it is done
 * again through a window of its own.
 */
static inline __attribute__((always_inline)) uint64_t window_read(const struct window_cache *w,
                                                                  mfn_t m, unsigned int index)
{
    unsigned int i = m.n % WINDOWS;
    uint32_t gone = 0;
    uint64_t word;

    if (unlikely(READ_ONCE(w->mfn[i]) != m.n))
        return window_read_slowly(m, index);
    guest_load_u64(word, w->va + i * PAGE_SIZE + index * 8, gone);
    return likely(!gone) ? word : window_read_slowly(m, index);
}

#endif
