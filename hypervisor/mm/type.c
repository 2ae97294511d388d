/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the type machine's loops: read the word, ask mm/type_word.c what to do, compare-exchange, do
 * the work.
 *
 * A retry happens only when another CPU changed the word, and waiting only for a CPU that is at
 * work on the same type: tables name only lower levels, so waits can't go round in circles.
 */
#include "mm/type.h"
#include "cpu/asm.h"
#include "kern/softirq.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/tlb.h"

static bool word_swap(struct frame *f, uint64_t *w, uint64_t next)
{
    return __atomic_compare_exchange_n(&f->type, w, next, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_RELAXED);
}

static void word_store(struct frame *f, uint64_t w)
{
    __atomic_store_n(&f->type, w, __ATOMIC_SEQ_CST);
}

/* The work stopped in between: the state itself gets a reference, unless it had one. */
static void leave_partial(struct frame *f, uint64_t w, unsigned int index, uint64_t flags, bool had)
{
    if (!had)
        frame_get_for_state(f);
    word_store(f,
               type_with_index((w & ~(TYPE_BUSY | TYPE_VALIDATED)) | TYPE_PARTIAL | flags, index));
}

/*
 * Undoes entries below `index` of a frame that this CPU has busy. Afterwards it is idle (0) or
 * partial (-ERESTART).
 */
static int undo(struct frame *f, uint64_t w, unsigned int index, bool was_partial)
{
    int rc = table_undo(f, type_of(w), &index);

    if (rc) {
        leave_partial(f, w, index, TYPE_UNWINDING, was_partial);
        type_undo_later(frame_mfn(f));
        return rc;
    }
    word_store(f, type_idle(type_of(w), tlb_epoch_now()));
    if (was_partial)
        frame_put(f);
    return 0;
}

/* Checks a frame that this CPU has busy as type t. */
static int check(struct frame *f, uint64_t w, enum frame_type t)
{
    bool was_partial = w & TYPE_PARTIAL;
    unsigned int index = was_partial ? type_index(w) : 0;
    int rc = t == TYPE_WRITABLE ? 0 : table_check(f, t, &index);

    if (!rc) {
        word_store(f, type_used(t, TYPE_VALIDATED));
        if (was_partial)
            frame_put(f);
    } else if (rc == -ERESTART) {
        leave_partial(f, w, index, 0, was_partial);
    } else if (undo(f, w, index, was_partial)) {
        return rc; /* refused all the same; the rest is undone later */
    }
    return rc;
}

int frame_use_first(struct frame *f, enum frame_type t)
{
    uint64_t w = READ_ONCE(f->type);

    for (;;) {
        struct type_move m = type_get_move(w, t);

        switch (m.step) {
        case STEP_SWAP:
            if (word_swap(f, &w, m.next))
                return 0;
            break;
        case STEP_CLAIM:
            if (!word_swap(f, &w, m.next))
                break;
            if (m.flush)
                tlb_flush_older(w & TYPE_EPOCH_MASK);
            if (!m.undo)
                return check(f, m.next, t);
            if (undo(f, m.next, type_index(m.next), true))
                return -ERESTART;
            w = READ_ONCE(f->type);
            break;
        case STEP_WAIT:
            if (type_is_table(t) && t != TYPE_L1 && softirq_pending())
                return -ERESTART;
            cpu_relax();
            w = READ_ONCE(f->type);
            break;
        case STEP_CONFLICT:
            return -EINVAL;
        case STEP_FULL:
            return -EBUSY;
        }
    }
}

void frame_unuse_last(struct frame *f)
{
    uint64_t w = READ_ONCE(f->type);

    for (;;) {
        struct type_move m = type_put_move(w);

        switch (m.step) {
        case STEP_SWAP:
            if (word_swap(f, &w, m.next))
                return;
            break;
        case STEP_CLAIM:
            if (!word_swap(f, &w, m.next))
                break;
            if (m.undo) /* a partial state has its own reference, and is noted for later */
                (void)undo(f, m.next, type_index(m.next), false);
            else
                frame_use_ended(f, type_of(w));
            return;
        case STEP_WAIT:
        case STEP_CONFLICT:
        case STEP_FULL:
            cpu_relax();
            w = READ_ONCE(f->type);
            break;
        }
    }
}

int frame_undo_continue(mfn_t m)
{
    struct frame *f = frame_of(m);
    uint64_t w = READ_ONCE(f->type);

    for (;;) {
        struct type_move move = type_resume_undo_move(w);

        if (move.step == STEP_CONFLICT)
            return 0;
        if (move.step == STEP_CLAIM && word_swap(f, &w, move.next))
            return undo(f, move.next, type_index(move.next), true);
        if (move.step == STEP_WAIT) {
            if (softirq_pending()) {
                type_undo_later(m);
                return -ERESTART;
            }
            cpu_relax();
            w = READ_ONCE(f->type);
        }
    }
}

int frame_abandon(mfn_t m)
{
    struct frame *f = frame_of(m);
    uint64_t w = READ_ONCE(f->type);

    while (!(w & TYPE_IDLE) && w & TYPE_PARTIAL && !(w & TYPE_UNWINDING)) {
        if (w & TYPE_BUSY)
            return -ERESTART;
        if (word_swap(f, &w, w | TYPE_UNWINDING))
            break;
    }
    return frame_undo_continue(m);
}

bool frame_pin(struct frame *f)
{
    return !(__atomic_fetch_or(&f->type, TYPE_PINNED, __ATOMIC_SEQ_CST) & TYPE_PINNED);
}

bool frame_unpin(struct frame *f)
{
    return __atomic_fetch_and(&f->type, ~TYPE_PINNED, __ATOMIC_SEQ_CST) & TYPE_PINNED;
}
