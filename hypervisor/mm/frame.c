/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the references on frames. All by compare-exchange or locked arithmetic on `refs`; no locks.
 */
#include "mm/frame.h"
#include "lib/printk.h"
#include "mm/alloc.h"

bool frame_get_again(struct frame *f)
{
    uint32_t x = READ_ONCE(f->refs);

    do {
        if (!(x & FRAME_COUNT) || (x & FRAME_COUNT) >= FRAME_COUNT_LIMIT)
            return false;
    } while (!__atomic_compare_exchange_n(&f->refs, &x, x + 1, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    return true;
}

bool frame_get(mfn_t m, domid_t owner)
{
    struct frame *f;

    if (!mfn_valid(m))
        return false;
    f = frame_of(m);
    if (f->owner != owner || !frame_get_again(f))
        return false;
    if (likely(f->owner == owner)) /* it could have changed until the reference was there */
        return true;
    frame_put(f);
    return false;
}

void frame_get_for_state(struct frame *f)
{
    __atomic_add_fetch(&f->refs, 1, __ATOMIC_SEQ_CST);
}

void frame_put(struct frame *f)
{
    uint32_t left = __atomic_sub_fetch(&f->refs, 1, __ATOMIC_SEQ_CST);

    if (unlikely(!(left & FRAME_COUNT)))
        frame_free_last(f);
}

bool frame_disown(struct frame *f)
{
    return __atomic_fetch_and(&f->refs, ~FRAME_ALLOCATED, __ATOMIC_SEQ_CST) & FRAME_ALLOCATED;
}
