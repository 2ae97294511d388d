/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns uses of frames by type: the type machine in motion. mm/type_word.h has the drawing.
 *
 * Order: the use is taken in the word, then stale translations are flushed, then the contents are
 * checked. Checking and undoing a table of level 2 to 4 can stop (-ERESTART) when the CPU has other
 * work: the frame is then partial, and whoever asks next goes on. An undo that stops is also noted
 * with type_undo_later(), so that it gets done soon.
 */
#ifndef MM_TYPE_H
#define MM_TYPE_H

#include "lib/errno.h"
#include "mm/frame.h"
#include "mm/tlb.h"
#include "mm/type_word.h"

/*
 * Takes a reference and a use as type t on a frame that `owner` owns. 0; -EINVAL: not its frame, in
 * use as something else, or its contents are no legal table; -EBUSY: too many uses; -ERESTART: do
 * the same again. Interrupts on.
 */
static inline int __must_check frame_get_type(mfn_t m, domid_t owner, enum frame_type t);

/* The same for who holds a reference on the frame already; no further reference is taken. */
int frame_use_first(struct frame *f, enum frame_type t) __must_check;

static inline int __must_check frame_use(struct frame *f, enum frame_type t)
{
    uint64_t w = READ_ONCE(f->type), next = type_get_at_once(w, t);

    if (likely(next) && likely(__atomic_compare_exchange_n(&f->type, &w, next, false,
                                                           __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)))
        return 0;
    return frame_use_first(f, t);
}

static inline int __must_check frame_get_type(mfn_t m, domid_t owner, enum frame_type t)
{
    int rc;

    if (!frame_get(m, owner))
        return -EINVAL;
    rc = frame_use(frame_of(m), t);
    if (unlikely(rc))
        frame_put(frame_of(m));
    return rc;
}

/* Gives a use back, or a use and a reference. Interrupts on. */
void frame_unuse_last(struct frame *f);

/* The last use ended, of a frame that was claimed for that. */
static inline void frame_use_ended(struct frame *f, enum frame_type t)
{
    __atomic_store_n(&f->type, type_idle(t, tlb_epoch_now()), __ATOMIC_RELEASE);
}

static inline void frame_unuse(struct frame *f)
{
    uint64_t w = READ_ONCE(f->type);
    struct type_move m;

    if (unlikely((w & TYPE_COUNT_MASK) <= 1 && w != type_used(TYPE_WRITABLE, TYPE_VALIDATED))) {
        frame_unuse_last(f); /* there is more to it */
        return;
    }
    m = type_put_move(w);
    if (unlikely(!__atomic_compare_exchange_n(&f->type, &w, m.next, false, __ATOMIC_SEQ_CST,
                                              __ATOMIC_RELAXED)))
        frame_unuse_last(f);
    else if (m.step == STEP_CLAIM)
        frame_use_ended(f, TYPE_WRITABLE);
}

static inline void frame_put_type(struct frame *f)
{
    frame_unuse(f);
    frame_put(f);
}

/*
 * Goes on undoing a frame that was left unfinished: 0 when it is done (or was not unfinished),
 * -ERESTART.
 */
int frame_undo_continue(mfn_t m) __must_check;

/*
 * For a frame whose owner dies: its check, if that stopped in between, is not gone on with but
 * undone. Else as frame_undo_continue().
 */
int frame_abandon(mfn_t m) __must_check;

/* Sets the pin on a frame that the caller uses; false when it is pinned already. */
bool frame_pin(struct frame *f) __must_check;
bool frame_unpin(struct frame *f) __must_check;

static inline enum frame_type frame_type_now(const struct frame *f)
{
    uint64_t w = READ_ONCE(f->type);

    return w & TYPE_IDLE ? TYPE_NONE : type_of(w);
}

#endif
