/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the rarer changes of a frame's references. All by compare-exchange or locked arithmetic on
 * `refs`; no locks.
 */
#include "mm/frame.h"
#include "lib/printk.h"
#include "mm/alloc.h"

void frame_get_for_state(struct frame *f)
{
    __atomic_add_fetch(&f->refs, 1, __ATOMIC_SEQ_CST);
}

bool frame_disown(struct frame *f)
{
    return __atomic_fetch_and(&f->refs, ~FRAME_ALLOCATED, __ATOMIC_SEQ_CST) & FRAME_ALLOCATED;
}

bool frame_release(struct frame *f)
{
    if (!frame_disown(f))
        return false;
    frame_put(f);
    return true;
}
