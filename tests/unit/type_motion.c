/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The type machine in motion: tables of eight entries whose checking and undoing stop, or refuse,
 * where the test says. After every step all references can be recounted: who asked, what is
 * partial, which entries hold.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/alloc.h"
#include "mm/tlb.h"
#include "mm/type.h"
#include "mm_machine.h"
#include "unit.h"

#define ENTRIES 8
#define FRAMES  6
#define FIRST   100 /* its MFN */
#define OWNER   7

static struct {
    bool held[ENTRIES];      /* the entry holds its reference */
    unsigned int refs, uses; /* of the test itself */
    enum frame_type type;    /* what those uses are */
    uint32_t working;        /* a CPU is at it: atomic */
    bool writable_cached;    /* a TLB may hold a writable translation */
} tables[FRAMES];

static unsigned int steps = ENTRIES,
                    refuse_at =
                        ENTRIES; /* entries that the work does at once; the one that is refused */
static mfn_t noted[16];
static unsigned int noted_count, freed;

static unsigned int number(const struct frame *f)
{
    return (unsigned int)(frame_mfn(f).n - FIRST);
}

static struct frame *frame(unsigned int n)
{
    return frame_of(mfn(FIRST + n));
}

static void work_begins(unsigned int n)
{
    if (__atomic_exchange_n(&tables[n].working, 1, __ATOMIC_SEQ_CST))
        machine_break("two CPUs work on one table");
    if (!(READ_ONCE(frame(n)->type) & TYPE_BUSY) || READ_ONCE(frame(n)->type) & TYPE_VALIDATED)
        machine_break("work on a table that is not busy");
    if (tables[n].writable_cached)
        machine_break("a table is checked while it may be written through an old translation");
}

int table_check(struct frame *f, enum frame_type t, unsigned int *index)
{
    unsigned int n = number(f), i;
    int rc = 0;

    work_begins(n);
    if (t == TYPE_DESCRIPTORS)
        rc = refuse_at < ENTRIES ? -EINVAL : 0;
    for (i = *index; i < ENTRIES && !rc && t != TYPE_DESCRIPTORS; i++) {
        if (i - *index == steps)
            rc = -ERESTART;
        else if (i == refuse_at)
            rc = -EINVAL;
        else if (tables[n].held[i])
            machine_break("an entry is taken twice");
        else
            tables[n].held[i] = true;
        if (rc)
            break;
    }
    *index = i;
    __atomic_store_n(&tables[n].working, 0, __ATOMIC_SEQ_CST);
    return rc;
}

int table_undo(struct frame *f, enum frame_type t, unsigned int *index)
{
    unsigned int n = number(f), i, start = MIN(*index, ENTRIES);
    int rc = 0;

    work_begins(n);
    if (t == TYPE_DESCRIPTORS && start)
        machine_break("descriptors have nothing to undo");
    for (i = start; i > 0; i--) {
        if (start - i == steps) {
            rc = -ERESTART;
            break;
        }
        if (!tables[n].held[i - 1])
            machine_break("an entry is given back twice");
        tables[n].held[i - 1] = false;
    }
    *index = i;
    __atomic_store_n(&tables[n].working, 0, __ATOMIC_SEQ_CST);
    return rc;
}

void type_undo_later(mfn_t m)
{
    if (noted_count < ARRAY_SIZE(noted))
        noted[noted_count++] = m;
}

void frame_free_last(struct frame *f)
{
    if (f->type & TYPE_IDLE ? f->refs : 1)
        machine_break("a frame is freed while it is in use");
    freed++;
}

/* What is writable now may be in a TLB after a flush, too. */
static void on_flush(void)
{
    for (unsigned int n = 0; n < FRAMES; n++)
        tables[n].writable_cached = tables[n].type == TYPE_WRITABLE && tables[n].uses;
}

/* -- the recount */

static void recount(void)
{
    for (unsigned int n = 0; n < FRAMES; n++) {
        uint64_t w = frame(n)->type;
        bool partial = !(w & TYPE_IDLE) && w & TYPE_PARTIAL;
        unsigned int entries = w & TYPE_IDLE ? 0 : partial ? type_index(w) : ENTRIES;

        EXPECT(frame(n)->refs == (FRAME_ALLOCATED | (1 + tables[n].refs + partial)));
        EXPECT(w & TYPE_IDLE || !(w & TYPE_BUSY));
        EXPECT(tables[n].uses == (w & TYPE_IDLE || partial ? 0 : w & TYPE_COUNT_MASK));
        EXPECT(!tables[n].uses || type_of(w) == tables[n].type);
        if (!type_is_table(type_of(w)))
            entries = 0;
        for (unsigned int i = 0; i < ENTRIES; i++)
            EXPECT(tables[n].held[i] == (i < MIN(entries, ENTRIES)));
    }
    if (machine_broken)
        EXPECT(!machine_broken);
}

/* -- what the test does, keeping its own books */

static int get(unsigned int n, enum frame_type t)
{
    int rc = frame_get_type(mfn(FIRST + n), OWNER, t);

    if (!rc) {
        tables[n].refs++;
        tables[n].uses++;
        tables[n].type = t;
        tables[n].writable_cached |= t == TYPE_WRITABLE;
    }
    recount();
    return rc;
}

static void put(unsigned int n)
{
    tables[n].refs--;
    tables[n].uses--;
    frame_put_type(frame(n));
    recount();
}

static int go_on(unsigned int n)
{
    int rc = frame_undo_continue(mfn(FIRST + n));

    recount();
    return rc;
}

/* The work does `n` entries at once, and refuses one (ENTRIES: none). */
static void works(unsigned int n, unsigned int refuse)
{
    steps = n;
    refuse_at = refuse;
}

static void nothing_left(void)
{
    works(ENTRIES, ENTRIES);
    for (unsigned int n = 0; n < FRAMES; n++) {
        while (tables[n].uses)
            put(n);
        EXPECT(!go_on(n));
        if (frame(n)->type & TYPE_IDLE)
            continue;
        EXPECT(!get(n, TYPE_WRITABLE)); /* undoes a table whose checking has stopped */
        put(n);
    }
    noted_count = 0;
}

/* The work on a table goes on only as far as one step when it always stops. */
static void always_stopped(void)
{
    unsigned int tries = 0;

    works(1, ENTRIES);
    while (get(0, TYPE_L2) == -ERESTART)
        EXPECT(type_index(frame(0)->type) == ++tries && noted_count == 0);
    EXPECT(tries == ENTRIES - 1 && frame_type_now(frame(0)) == TYPE_L2);
    put(0);
    EXPECT(noted_count == 1 && frame(0)->type & TYPE_UNWINDING &&
           type_index(frame(0)->type) == ENTRIES - 1);
    for (tries = 0; go_on(0) == -ERESTART; tries++)
        ;
    EXPECT(tries == ENTRIES - 2 && noted_count == ENTRIES - 1 && frame(0)->type & TYPE_IDLE);
    nothing_left();
}

/* Every place where checking can stop, times every type that may be wanted then. */
static void wanted_in_between(void)
{
    for (unsigned int t = TYPE_WRITABLE; t <= TYPE_DESCRIPTORS; t++) {
        for (unsigned int i = 1; i < ENTRIES; i++) {
            unsigned int tries = 0;

            works(i, ENTRIES);
            EXPECT(get(1, TYPE_L3) == -ERESTART && type_index(frame(1)->type) == i);
            EXPECT(go_on(1) == 0 &&
                   type_index(frame(1)->type) == i); /* not one that is being undone */
            works(1, ENTRIES);
            while (get(1, (enum frame_type)t) == -ERESTART && tries++ < 20)
                ;
            if (t == TYPE_L3)
                EXPECT(tries == ENTRIES - i - 1 && !noted_count);
            else
                EXPECT(noted_count == i - 1);
            EXPECT(frame_type_now(frame(1)) == t && tables[1].uses == 1);
            nothing_left();
        }
    }
}

/*
 * A refusal at every entry gives back what the entries before it took, even when that stops in
 * between.
 */
static void refused(void)
{
    for (unsigned int i = 0; i < ENTRIES; i++) {
        works(ENTRIES, i);
        EXPECT(get(2, TYPE_L4) == -EINVAL && frame(2)->type & TYPE_IDLE && noted_count == 0);
        EXPECT(!get(2, TYPE_WRITABLE));
        nothing_left();
        if (i < 2)
            continue;
        works(i, i);
        EXPECT(get(2, TYPE_L4) == -ERESTART && type_index(frame(2)->type) == i);
        works(1, i);
        EXPECT(get(2, TYPE_L4) == -EINVAL && noted_count == 1 && frame(2)->type & TYPE_UNWINDING);
        EXPECT(go_on(2) == (i == 2 ? 0 : -ERESTART));
        works(ENTRIES, ENTRIES);
        EXPECT(!get(2, TYPE_L4) && tables[2].uses == 1);
        nothing_left();
    }
}

static void conflicts(void)
{
    EXPECT(!get(3, TYPE_WRITABLE) && !get(3, TYPE_WRITABLE));
    for (unsigned int t = TYPE_L1; t <= TYPE_DESCRIPTORS; t++)
        EXPECT(get(3, (enum frame_type)t) == -EINVAL);
    EXPECT(frame_get_type(mfn(FIRST + 3), OWNER + 1, TYPE_WRITABLE) == -EINVAL);
    EXPECT(frame_get_type(mfn(~0UL), OWNER, TYPE_WRITABLE) == -EINVAL);
    EXPECT(frame_get_type(mfn(MACHINE_FRAMES), OWNER, TYPE_WRITABLE) == -EINVAL);
    nothing_left();
    EXPECT(!get(3, TYPE_L1) && !get(3, TYPE_L1) && get(3, TYPE_WRITABLE) == -EINVAL &&
           get(3, TYPE_L2) == -EINVAL);
    EXPECT(frame_pin(frame(3)) && !frame_pin(frame(3)) && frame_unpin(frame(3)) &&
           !frame_unpin(frame(3)));
    nothing_left();
}

/* So many uses or references, and no more; the partial state's own reference has room even then. */
static void limits(void)
{
    struct frame *f = frame(4);
    uint32_t refs = f->refs;

    EXPECT(!get(4, TYPE_WRITABLE));
    f->type += TYPE_COUNT_LIMIT - 1;
    EXPECT(frame_get_type(mfn(FIRST + 4), OWNER, TYPE_WRITABLE) == -EBUSY && f->refs == refs + 1);
    f->type -= TYPE_COUNT_LIMIT - 1;
    put(4);
    f->refs = FRAME_ALLOCATED | FRAME_COUNT_LIMIT;
    EXPECT(frame_get_type(mfn(FIRST + 4), OWNER, TYPE_WRITABLE) == -EINVAL && !frame_get_again(f));
    f->refs--;
    works(3, ENTRIES); /* the last reference is the caller's: the partial state needs one more */
    EXPECT(frame_get_type(mfn(FIRST + 4), OWNER, TYPE_L2) == -ERESTART);
    EXPECT(f->refs == (FRAME_ALLOCATED | FRAME_COUNT_LIMIT) && type_index(f->type) == 3);
    f->refs--;
    works(ENTRIES, ENTRIES);
    EXPECT(!frame_get_type(mfn(FIRST + 4), OWNER, TYPE_L2) &&
           f->refs == (FRAME_ALLOCATED | (FRAME_COUNT_LIMIT - 1)));
    f->refs = FRAME_ALLOCATED | FRAME_COUNT_LIMIT;
    works(3, ENTRIES);
    frame_unuse(f);
    EXPECT(f->type & TYPE_UNWINDING && (f->refs & FRAME_COUNT) == FRAME_COUNT_LIMIT + 1);
    EXPECT(frame_undo_continue(mfn(FIRST + 4)) == -ERESTART &&
           !frame_undo_continue(mfn(FIRST + 4)));
    EXPECT(f->refs == (FRAME_ALLOCATED | FRAME_COUNT_LIMIT));
    f->refs = refs;
    nothing_left();
}

/* The last reference frees the frame, once; the partial state keeps it until it is undone. */
static void last_reference(void)
{
    struct frame *f = frame(5);

    freed = 0;
    EXPECT(!get(5, TYPE_L2));
    EXPECT(frame_disown(f) && !frame_disown(f));
    frame_put(f);
    EXPECT(f->refs == 1);
    works(3, ENTRIES);
    tables[5].refs = tables[5].uses = 0;
    frame_put_type(f);
    EXPECT(f->refs == 1 && f->type & TYPE_PARTIAL && !freed);
    EXPECT(frame_undo_continue(mfn(FIRST + 5)) == -ERESTART && !freed);
    EXPECT(!frame_undo_continue(mfn(FIRST + 5)) && freed == 1 && !f->refs);
    EXPECT(!frame_get(mfn(FIRST + 5), OWNER) && !frame_get_again(f));
    f->refs = FRAME_ALLOCATED | 1;
    nothing_left();
}

/* Anything, in any order. */
static void random_steps(void)
{
    srandom(6);
    for (unsigned int i = 0; i < 200000 && !unit_broken; i++) {
        unsigned int n = (unsigned int)random() % FRAMES;

        works(1 + (unsigned int)random() % (2 * ENTRIES),
              random() % 4 ? ENTRIES : (unsigned int)random() % ENTRIES);
        switch (random() % 4) {
        case 0:
        case 1:
            (void)get(n, (enum frame_type)(TYPE_WRITABLE + random() % 6));
            break;
        case 2:
            if (tables[n].uses)
                put(n);
            break;
        default:
            (void)go_on(n);
        }
        noted_count = 0;
    }
    nothing_left();
}

int main(void)
{
    machine_start(FIRST, FIRST + FRAMES, 1);
    machine_on_flush = on_flush;
    for (unsigned int n = 0; n < FRAMES; n++) {
        frame(n)->owner = OWNER;
        frame(n)->refs = FRAME_ALLOCATED | 1;
    }
    RUN(always_stopped);
    RUN(wanted_in_between);
    RUN(refused);
    RUN(conflicts);
    RUN(limits);
    RUN(last_reference);
    RUN(random_steps);
    return UNIT_RESULT;
}
