/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The type machine's decisions: every word of every combination of flags, against the drawing in
 * mm/type_word.h; then a search through all words that can be reached, in which each step must be
 * one of the drawing's arrows.
 */
#include <stdlib.h>
#include <string.h>

#include "mm/type_word.h"
#include "unit.h"

#define TYPES    (TYPE_DESCRIPTORS + 1)
#define FLAGS    (TYPE_VALIDATED | TYPE_PARTIAL | TYPE_UNWINDING | TYPE_PINNED | TYPE_BUSY)
#define RESERVED (~TYPE_COUNT_MASK & (TYPE_IDLE - 1)) /* bits that a word in use leaves clear */

static const uint64_t counts[] = {1, 2, 3, TYPE_COUNT_LIMIT - 1, TYPE_COUNT_LIMIT};
static const unsigned int indexes[] = {0, 1, 255, 511, 512};

static uint64_t count_of(uint64_t w)
{
    return w & TYPE_COUNT_MASK;
}

/* Whether the drawing has such a word. */
static bool legal(uint64_t w)
{
    if (type_of(w) > TYPE_DESCRIPTORS)
        return false;
    if (w & TYPE_IDLE)
        return !(w & (FLAGS | TYPE_INDEX_MASK));
    if (type_of(w) == TYPE_NONE || !count_of(w) || w & RESERVED || type_index(w) > 512)
        return false;
    if (w & TYPE_VALIDATED)
        return !(w & (TYPE_PARTIAL | TYPE_UNWINDING | TYPE_BUSY | TYPE_INDEX_MASK)) &&
               count_of(w) <= TYPE_COUNT_LIMIT;
    return w & (TYPE_BUSY | TYPE_PARTIAL) && !(w & TYPE_PINNED) && count_of(w) == 1;
}

static void each_word(void (*fn)(uint64_t w))
{
    for (unsigned int bits = 0; bits < 64; bits++)
        for (unsigned int t = 0; t < 8; t++)
            for (unsigned int i = 0; i < ARRAY_SIZE(indexes); i++)
                for (unsigned int c = 0; c < ARRAY_SIZE(counts); c++)
                    fn(type_with_index((uint64_t)t << TYPE_SHIFT | (uint64_t)(bits & 31) << 56 |
                                           (bits & 32 ? TYPE_IDLE : 0) | counts[c],
                                       indexes[i]));
}

static void fields(void)
{
    for (unsigned int t = 0; t < TYPES; t++) {
        uint64_t w = type_used((enum frame_type)t, TYPE_VALIDATED);

        EXPECT(type_of(w) == t && count_of(w) == 1 && type_index(w) == 0);
        EXPECT(type_of(type_idle((enum frame_type)t, ~0UL)) == t);
        EXPECT((type_idle((enum frame_type)t, ~0UL) & TYPE_EPOCH_MASK) == TYPE_EPOCH_MASK);
        for (unsigned int i = 0; i <= 512; i++)
            EXPECT(type_index(type_with_index(w, i)) == i && type_of(type_with_index(w, i)) == t);
    }
    for (unsigned int level = 1; level <= 4; level++)
        EXPECT(type_level(type_table(level)) == level && type_is_table(type_table(level)));
    EXPECT(!type_is_table(TYPE_NONE) && !type_is_table(TYPE_WRITABLE));
    EXPECT(!type_is_table(TYPE_DESCRIPTORS));
    EXPECT((TYPE_INDEX_MASK & (TYPE_IDLE | FLAGS | TYPE_EPOCH_MASK)) == 0);
    EXPECT((7UL << TYPE_SHIFT & (FLAGS | TYPE_INDEX_MASK)) == 0);
}

/* -- get */

static void get_from_idle(uint64_t w, enum frame_type want)
{
    struct type_move m = type_get_move(w, want);
    enum frame_type last = type_of(w);

    EXPECT(!m.undo && legal(m.next));
    EXPECT(m.flush == (last != TYPE_NONE && last != want));
    if (want == TYPE_WRITABLE && !m.flush)
        EXPECT(m.step == STEP_SWAP && m.next == type_used(TYPE_WRITABLE, TYPE_VALIDATED));
    else
        EXPECT(m.step == STEP_CLAIM && m.next == type_used(want, TYPE_BUSY));
}

static void get_from_partial(uint64_t w, enum frame_type want)
{
    struct type_move m = type_get_move(w, want);
    bool undo = w & TYPE_UNWINDING || type_of(w) != want;

    EXPECT(m.step == STEP_CLAIM && m.undo == undo && !m.flush && legal(m.next));
    EXPECT(m.next == (w | TYPE_BUSY | (undo ? TYPE_UNWINDING : 0)));
}

static void get_one(uint64_t w)
{
    for (unsigned int t = TYPE_WRITABLE; t < TYPES; t++) {
        enum frame_type want = (enum frame_type)t;
        struct type_move m = type_get_move(w, want);

        if (!legal(w))
            continue;
        if (w & TYPE_IDLE)
            get_from_idle(w, want);
        else if (w & TYPE_BUSY)
            EXPECT(m.step == (type_of(w) == want ? STEP_WAIT : STEP_CONFLICT));
        else if (w & TYPE_PARTIAL)
            get_from_partial(w, want);
        else if (type_of(w) != want)
            EXPECT(m.step == STEP_CONFLICT);
        else if (count_of(w) == TYPE_COUNT_LIMIT)
            EXPECT(m.step == STEP_FULL);
        else
            EXPECT(m.step == STEP_SWAP && m.next == w + 1 && legal(m.next) && !m.undo && !m.flush);
    }
}

static void get_every_word(void)
{
    each_word(get_one);
}

/* -- put: by who holds a use that was granted, so of validated words only */

static void put_one(uint64_t w)
{
    struct type_move m = type_put_move(w);

    if (!legal(w) || !(w & TYPE_VALIDATED))
        return;
    EXPECT(!m.flush);
    if (count_of(w) > 1) {
        EXPECT(m.step == STEP_SWAP && m.next == w - 1 && legal(m.next) && !m.undo);
    } else if (w & TYPE_PINNED) {
        EXPECT(m.step !=
               STEP_CONFLICT); /* the pin holds that use and is taken off first: never asked */
    } else if (type_is_table(type_of(w))) {
        EXPECT(m.step == STEP_CLAIM && m.undo && legal(m.next) && type_index(m.next) == 512);
        EXPECT((m.next & FLAGS) == (TYPE_BUSY | TYPE_UNWINDING) && type_of(m.next) == type_of(w));
    } else {
        /* claimed first: the epoch is read when nobody can take it up in between */
        EXPECT(m.step == STEP_CLAIM && !m.undo && legal(m.next));
        EXPECT((m.next & FLAGS) == TYPE_BUSY && type_of(m.next) == type_of(w));
    }
}

static void put_every_word(void)
{
    each_word(put_one);
}

static void resume_one(uint64_t w)
{
    struct type_move m = type_resume_undo_move(w);

    if (!legal(w))
        return;
    if (w & TYPE_IDLE || !(w & TYPE_PARTIAL) || !(w & TYPE_UNWINDING)) {
        EXPECT(m.step == STEP_CONFLICT);
    } else if (w & TYPE_BUSY) {
        EXPECT(m.step == STEP_WAIT);
    } else {
        EXPECT(m.step == STEP_CLAIM && m.undo && !m.flush && m.next == (w | TYPE_BUSY));
        EXPECT(legal(m.next));
    }
}

static void resume_every_word(void)
{
    each_word(resume_one);
}

/* -- the drawing: all that can be reached, with at most three uses and tables of two entries */

#define MAX_WORDS 4096

static uint64_t known[MAX_WORDS];
static unsigned int known_count;
static bool seen_validated[TYPES], seen_partial[TYPES], seen_unwinding[TYPES];

static void reach(uint64_t w)
{
    EXPECT(legal(w));
    if (!(w & TYPE_IDLE) && (w & (TYPE_COUNT_MASK)) > 3)
        return;
    for (unsigned int i = 0; i < known_count; i++)
        if (known[i] == w)
            return;
    EXPECT(known_count < MAX_WORDS);
    if (known_count < MAX_WORDS)
        known[known_count++] = w;
}

/* What mm/type.c stores when the work on a busy word ends, at each place where it can. */
static void work_ends(uint64_t w)
{
    static const unsigned int stops[] = {0, 1, 512};
    bool undo = w & TYPE_UNWINDING;
    uint64_t rest = (w & ~(TYPE_BUSY | TYPE_VALIDATED)) | TYPE_PARTIAL;

    reach(type_idle(type_of(w), 5)); /* undone, or refused and undone */
    if (!undo)
        reach(type_used(type_of(w), TYPE_VALIDATED));
    for (unsigned int i = 0; i < ARRAY_SIZE(stops) && type_is_table(type_of(w)); i++) {
        if (!undo)
            reach(type_with_index(rest, stops[i]));
        reach(type_with_index(rest | TYPE_UNWINDING, stops[i]));
    }
}

static void steps_from(uint64_t w)
{
    struct type_move m;

    if (!(w & TYPE_IDLE) && w & TYPE_BUSY)
        work_ends(w);
    for (unsigned int t = TYPE_WRITABLE; t < TYPES; t++) {
        m = type_get_move(w, (enum frame_type)t);
        if (m.step == STEP_SWAP || m.step == STEP_CLAIM)
            reach(m.next);
    }
    m = type_resume_undo_move(w);
    if (m.step == STEP_CLAIM)
        reach(m.next);
    if (w & TYPE_IDLE || !(w & TYPE_VALIDATED))
        return;
    m = type_put_move(w & ~TYPE_PINNED);
    if (m.step == STEP_SWAP || m.step == STEP_CLAIM)
        reach(m.next);
    if (count_of(w) > 1 && w & TYPE_PINNED)
        reach(w - 1);
    if (!(w & TYPE_PINNED) && type_is_table(type_of(w)))
        reach(w | TYPE_PINNED);
}

static void reachable_words_are_legal(void)
{
    reach(type_idle(TYPE_NONE, 0));
    for (unsigned int i = 0; i < known_count; i++) {
        uint64_t w = known[i];

        steps_from(w);
        if (w & TYPE_IDLE)
            continue;
        seen_validated[type_of(w)] |= (w & TYPE_VALIDATED) != 0;
        seen_partial[type_of(w)] |= (w & (TYPE_PARTIAL | TYPE_UNWINDING)) == TYPE_PARTIAL;
        seen_unwinding[type_of(w)] |= (w & TYPE_UNWINDING) != 0;
    }
    for (unsigned int t = TYPE_WRITABLE; t < TYPES; t++) {
        EXPECT(seen_validated[t]);
        EXPECT(seen_partial[t] == type_is_table((enum frame_type)t));
        EXPECT(seen_unwinding[t] == type_is_table((enum frame_type)t));
    }
}

/*
 * The one thing that must never happen: writable and a table at once, or a change of type without a
 * flush.
 */
static void no_change_of_type_without_flush(void)
{
    for (unsigned int i = 0; i < known_count; i++) {
        uint64_t w = known[i];

        for (unsigned int t = TYPE_WRITABLE; t < TYPES; t++) {
            struct type_move m = type_get_move(w, (enum frame_type)t);

            if (m.step != STEP_SWAP && m.step != STEP_CLAIM)
                continue;
            if (type_of(m.next) != type_of(w))
                EXPECT(w & TYPE_IDLE && (m.flush || type_of(w) == TYPE_NONE));
        }
    }
}

int main(void)
{
    RUN(fields);
    RUN(get_every_word);
    RUN(put_every_word);
    RUN(resume_every_word);
    RUN(reachable_words_are_legal);
    RUN(no_change_of_type_without_flush);
    return UNIT_RESULT;
}
