/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the window caches. A frame has its own place by its number, so that one that is looked at
 * again is found at once; when that place is taken, the next unused one serves (two views of a
 * frame do no harm).
 *
 * An interrupt handler may flush (and so empty the cache) between any two instructions here:
 * entries in use are never emptied, and a window is marked used before its entry is looked at.
 */
#include "mm/window.h"
#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "cpu/pte.h"
#include "lib/bits.h"
#include "lib/printk.h"

void window_cache_init(struct window_cache *w, uint64_t *l1, uint64_t region)
{
    unsigned int i;

    w->entries = l1 + REGION_WINDOW;
    w->va = region + REGION_WINDOW * PAGE_SIZE;
    w->filled = 0;
    for (i = 0; i < WINDOWS; i++) {
        w->mfn[i] = ~0UL;
        w->users[i] = 0;
    }
}

void window_cache_use(struct window_cache *w)
{
    this_cpu()->windows = w;
    window_cache_empty();
}

void window_cache_empty(void)
{
    struct window_cache *w = this_cpu()->windows;
    uint64_t left;

    if (!w)
        return;
    for (left = w->filled; left; left &= left - 1) {
        unsigned int i = bit_lowest(left);

        if (w->users[i])
            continue;
        w->mfn[i] = ~0UL;
        WRITE_ONCE(w->entries[i], 0);
        w->filled &= ~(1UL << i);
    }
}

/* Takes an unused window, the frame's own place when that is one, and points it at the frame. */
void *window_fill(struct window_cache *w, mfn_t m)
{
    unsigned int i = m.n % WINDOWS, tries;
    uint64_t flags = irq_save();

    for (tries = 0; w->users[i] && tries < WINDOWS; tries++)
        i = (i + 1) % WINDOWS;
    BUG_ON(w->users[i]);
    w->users[i] = 1;
    w->mfn[i] = m.n;
    WRITE_ONCE(w->entries[i], pte_make(m, PTE_HV_DATA));
    if (w->filled >> i & 1)
        invlpg(w->va + i * PAGE_SIZE);
    w->filled |= 1UL << i;
    irq_restore(flags);
    return (void *)(w->va + i * PAGE_SIZE);
}

uint64_t window_read_slowly(mfn_t m, unsigned int index)
{
    const uint64_t *words = window_map(m);
    uint64_t word = READ_ONCE(words[index]);

    window_unmap(words);
    return word;
}
