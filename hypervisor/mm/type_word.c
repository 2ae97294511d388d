/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the decisions of the type machine, on the value of a word alone. Pure: unit tests, models
 * and the hypervisor share it.
 */
#include "mm/type_word.h"

/* The copies that are called where the inline ones are not expanded. */
extern inline uint64_t type_idle(enum frame_type last, uint64_t epoch);
extern inline uint64_t type_used(enum frame_type t, uint64_t flags);
extern inline uint64_t type_get_at_once(uint64_t w, enum frame_type want);
extern inline struct type_move type_get_move(uint64_t w, enum frame_type want);
extern inline struct type_move type_put_move(uint64_t w);

/*@ assigns \nothing;
    ensures \result.step == step && \result.next == next && !\result.flush && !\result.undo;
*/
static struct type_move move(enum type_step step, uint64_t next)
{
    return (struct type_move){.step = step, .next = next};
}

/*@ assigns \nothing;
    ensures \result != 0 <==> t != TYPE_WRITABLE;
*/
static bool needs_checking(enum frame_type t)
{
    return t != TYPE_WRITABLE;
}

/*@ assigns \nothing;
    ensures flush: (enum frame_type)(w >> TYPE_SHIFT) != want &&
              (enum frame_type)(w >> TYPE_SHIFT) != TYPE_NONE ==>
              \result.step == STEP_CLAIM && \result.flush != 0;
    ensures checked: want != TYPE_WRITABLE ==> \result.step == STEP_CLAIM;
    ensures steps: \result.step == STEP_CLAIM || \result.step == STEP_SWAP;
*/
static struct type_move get_idle(uint64_t w, enum frame_type want)
{
    enum frame_type last = type_of(w);
    struct type_move m;

    m = move(STEP_CLAIM, type_used(want, TYPE_BUSY));
    m.flush = last != want && last != TYPE_NONE;
    if (!m.flush && !needs_checking(want))
        m = move(STEP_SWAP, type_used(want, TYPE_VALIDATED));
    return m;
}

struct type_move type_get_first_move(uint64_t w, enum frame_type want)
{
    struct type_move m;

    if (w & TYPE_IDLE)
        return get_idle(w, want);
    if (w & TYPE_BUSY)
        return move(type_of(w) == want ? STEP_WAIT : STEP_CONFLICT,
                    0); /* else two tables naming each other would wait forever */
    if (w & TYPE_PARTIAL) {
        m = move(STEP_CLAIM, w | TYPE_BUSY);
        m.undo = (w & TYPE_UNWINDING) || type_of(w) != want;
        if (m.undo)
            m.next |= TYPE_UNWINDING;
        return m;
    }
    if (type_of(w) != want)
        return move(STEP_CONFLICT, 0);
    if ((w & TYPE_COUNT_MASK) >= TYPE_COUNT_LIMIT)
        return move(STEP_FULL, 0);
    return move(STEP_SWAP, w + 1);
}

struct type_move type_put_last_move(uint64_t w)
{
    struct type_move m;

    if (w & TYPE_BUSY)
        return move(STEP_WAIT, 0);
    if (!type_is_table(type_of(w)))
        return move(STEP_CLAIM, type_used(type_of(w), TYPE_BUSY));
    m = move(STEP_CLAIM, (type_with_index(w, 512) & ~TYPE_VALIDATED) | TYPE_BUSY | TYPE_UNWINDING);
    m.undo = true;
    return m;
}

struct type_move type_resume_undo_move(uint64_t w)
{
    struct type_move m;

    if ((w & (TYPE_IDLE | TYPE_PARTIAL | TYPE_UNWINDING)) != (TYPE_PARTIAL | TYPE_UNWINDING))
        return move(STEP_CONFLICT, 0);
    if (w & TYPE_BUSY)
        return move(STEP_WAIT, 0);
    m = move(STEP_CLAIM, w | TYPE_BUSY);
    m.undo = true;
    return m;
}
