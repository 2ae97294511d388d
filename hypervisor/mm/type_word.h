/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the frame type machine's word and its legal transitions. Pure.
 *
 * A frame is used as one thing at a time: writable memory, a page table of one level, or a page of
 * descriptors. The word says which, how many uses there are, and how far a table has been checked:
 *
 *   63..61 type   60 validated   59 partial   58 unwinding   57 pinned   56 busy   55..46 index
 *   45 idle        idle: 44..0 the epoch at which the last use ended         else: 31..0 count
 *
 *   idle ------get(t)-----> busy, count 1 ---checked---> validated, count 1..n
 *     ^                       |     ^                         |
 *     |                  preempted, again                put the last
 *     |                       v     |                         v
 *     +---put, all undone--- partial(index) <--preempted-- busy, undoing
 *
 * `busy` belongs to one CPU, which alone may change the rest of the word. A partial frame has count
 * 1: that use belongs to the partial state itself and is handed to whoever completes it. Entries
 * below `index` hold their references. The type of an idle frame is its last one: taking it up
 * again as the same needs no TLB flush.
 */
#ifndef MM_TYPE_WORD_H
#define MM_TYPE_WORD_H

#include "lib/types.h"

enum frame_type { TYPE_NONE, TYPE_WRITABLE, TYPE_L1, TYPE_L2, TYPE_L3, TYPE_L4, TYPE_DESCRIPTORS };

#define TYPE_SHIFT       61
#define TYPE_VALIDATED   (1UL << 60)
#define TYPE_PARTIAL     (1UL << 59)
#define TYPE_UNWINDING   (1UL << 58)
#define TYPE_PINNED      (1UL << 57)
#define TYPE_BUSY        (1UL << 56)
#define TYPE_INDEX_SHIFT 46
#define TYPE_INDEX_MASK  (0x3ffUL << TYPE_INDEX_SHIFT)
#define TYPE_IDLE        (1UL << 45)
#define TYPE_EPOCH_MASK  (TYPE_IDLE - 1)
#define TYPE_COUNT_MASK  0xffffffffUL
#define TYPE_COUNT_LIMIT 0xfffffff0UL

/*@ assigns \nothing;
    ensures \result == (enum frame_type)(w >> TYPE_SHIFT);
*/
static inline enum frame_type type_of(uint64_t w)
{
    return (enum frame_type)(w >> TYPE_SHIFT);
}

/*@ assigns \nothing; */
static inline unsigned int type_index(uint64_t w)
{
    return (unsigned int)((w & TYPE_INDEX_MASK) >> TYPE_INDEX_SHIFT);
}

/*@ assigns \nothing; */
inline uint64_t type_idle(enum frame_type last, uint64_t epoch)
{
    return (uint64_t)last << TYPE_SHIFT | TYPE_IDLE | (epoch & TYPE_EPOCH_MASK);
}

/*@ assigns \nothing; */
inline uint64_t type_used(enum frame_type t, uint64_t flags)
{
    return (uint64_t)t << TYPE_SHIFT | flags | 1;
}

/*@ assigns \nothing; */
static inline uint64_t type_with_index(uint64_t w, unsigned int index)
{
    return (w & ~TYPE_INDEX_MASK) | (uint64_t)index << TYPE_INDEX_SHIFT;
}

/*@ assigns \nothing;
    ensures \result != 0 <==> TYPE_L1 <= t <= TYPE_L4;
*/
static inline bool type_is_table(enum frame_type t)
{
    return t >= TYPE_L1 && t <= TYPE_L4;
}

/* The level, 1 to 4, of a page-table type. */
static inline unsigned int type_level(enum frame_type t)
{
    return (unsigned int)t - TYPE_L1 + 1;
}

static inline enum frame_type type_table(unsigned int level)
{
    return (enum frame_type)(TYPE_L1 + level - 1);
}

/* What a CPU that wants (or gives up) a use should do about the word it read. */
enum type_step {
    STEP_SWAP,     /* compare-exchange `next` in: done */
    STEP_CLAIM,    /* compare-exchange `next` in: then this CPU has it busy and does the work */
    STEP_WAIT,     /* another CPU has it busy */
    STEP_CONFLICT, /* in use as something else */
    STEP_FULL,     /* too many uses */
};

struct type_move {
    enum type_step step;
    uint64_t next;
    bool flush; /* get: stale translations must go before anything else */
    bool undo;  /* the work is to undo entries, from index down; else get: to check them, from index
                * up; put: there is none */
};

/* Every case but a further use of a checked frame. */
/*@ assigns \nothing;
    ensures change: \result.step == STEP_SWAP && (w & TYPE_IDLE) == 0 ==>
              (enum frame_type)(w >> TYPE_SHIFT) == want && \result.next == (uint64_t)(w + 1);
    ensures unbusy: \result.step == STEP_SWAP && (w & TYPE_IDLE) == 0 ==>
              (w & TYPE_BUSY) == 0 && (w & TYPE_PARTIAL) == 0;
    ensures limit: \result.step == STEP_SWAP && (w & TYPE_IDLE) == 0 ==>
              (w & TYPE_COUNT_MASK) < TYPE_COUNT_LIMIT;
    ensures flush: (w & TYPE_IDLE) != 0 && (enum frame_type)(w >> TYPE_SHIFT) != want &&
              (enum frame_type)(w >> TYPE_SHIFT) != TYPE_NONE ==>
              \result.step == STEP_CLAIM && \result.flush != 0;
    ensures checked: (w & TYPE_IDLE) != 0 && want != TYPE_WRITABLE ==> \result.step == STEP_CLAIM;
    ensures one: (w & TYPE_IDLE) == 0 && (w & TYPE_BUSY) != 0 ==>
              \result.step == STEP_WAIT || \result.step == STEP_CONFLICT;
    ensures forward: \result.step == STEP_WAIT ==> (enum frame_type)(w >> TYPE_SHIFT) == want;
    ensures undone: (w & TYPE_IDLE) == 0 && (w & TYPE_BUSY) == 0 && (w & TYPE_PARTIAL) != 0 &&
              (enum frame_type)(w >> TYPE_SHIFT) != want ==>
              \result.step == STEP_CLAIM && \result.undo != 0;
*/
struct type_move type_get_first_move(uint64_t w, enum frame_type want);
/*@ assigns \nothing;
    ensures one: (w & TYPE_BUSY) != 0 ==> \result.step == STEP_WAIT;
    ensures claimed: (w & TYPE_BUSY) == 0 ==> \result.step == STEP_CLAIM;
    ensures undone: (w & TYPE_BUSY) == 0 &&
              TYPE_L1 <= (enum frame_type)(w >> TYPE_SHIFT) <= TYPE_L4 ==>
              \result.undo != 0;
*/
struct type_move type_put_last_move(uint64_t w);

/*
 * The cases that count: one more use of what is in use as that already, and the first of writable
 * memory that was writable memory before. What to compare-exchange in, or 0: type_get_first_move()
 * decides.
 */
inline uint64_t type_get_at_once(uint64_t w, enum frame_type want)
{
    const uint64_t state =
        7UL << TYPE_SHIFT | TYPE_VALIDATED | TYPE_PARTIAL | TYPE_BUSY | TYPE_IDLE;

    if ((w & state) == ((uint64_t)want << TYPE_SHIFT | TYPE_VALIDATED) &&
        (w & TYPE_COUNT_MASK) < TYPE_COUNT_LIMIT)
        return w + 1;
    if (want == TYPE_WRITABLE && (w & (7UL << TYPE_SHIFT | TYPE_IDLE)) ==
                                     ((uint64_t)TYPE_WRITABLE << TYPE_SHIFT | TYPE_IDLE))
        return type_used(TYPE_WRITABLE, TYPE_VALIDATED);
    return 0;
}

/* How to take up a use as `want`. */
inline struct type_move type_get_move(uint64_t w, enum frame_type want)
{
    uint64_t next = type_get_at_once(w, want);

    return next ? (struct type_move){STEP_SWAP, next, false, false} : type_get_first_move(w, want);
}

/*
 * How to give a use up. The last one is claimed before it ends, so that the epoch is read when
 * nobody can take the frame up again: a number read earlier may be older than what a use in between
 * left in a TLB, and the word would not show it.
 */
/*@ assigns \nothing;
    ensures less: \result.step == STEP_SWAP ==>
              (w & TYPE_COUNT_MASK) > 1 && \result.next == w - 1;
    ensures last: (w & TYPE_COUNT_MASK) <= 1 ==>
              \result.step == STEP_CLAIM || \result.step == STEP_WAIT;
*/
inline struct type_move type_put_move(uint64_t w)
{
    if ((w & TYPE_COUNT_MASK) > 1)
        return (struct type_move){STEP_SWAP, w - 1, false, false};
    if (w == type_used(TYPE_WRITABLE, TYPE_VALIDATED))
        return (struct type_move){STEP_CLAIM, type_used(TYPE_WRITABLE, TYPE_BUSY), false, false};
    return type_put_last_move(w);
}

/* How to go on undoing a frame that was left in between; STEP_CONFLICT when it is not one. */
/*@ assigns \nothing;
    ensures never: \result.step == STEP_CONFLICT || \result.step == STEP_WAIT ||
              (\result.step == STEP_CLAIM && \result.undo != 0);
    ensures one: \result.step == STEP_CLAIM ==> (w & TYPE_BUSY) == 0;
*/
struct type_move type_resume_undo_move(uint64_t w);

#endif
