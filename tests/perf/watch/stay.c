/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stay begins with the first block behind the guest's and ends with IRET or SYSRET to the guest,
 * be there a block of the guest behind it or the next interrupt. Interrupts are off from its
 * beginning to STI, and from CLI to STI or to its end. An interrupt that hits it is put aside with
 * its instructions and belongs to its vector; an exception inside belongs to the stay.
 */
#include "stay.h"
#include "insn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STUB_SIZE 16
#define NOTHING   ~0u

/* What an interrupt or exception inside the hypervisor puts aside. */
struct nest {
    struct row *row;
    uint64_t entered, off_start, off_from, gap_start, gap_from;
    bool off, interrupt;
};

struct row *stay_rows;
uint64_t stay_now, stay_stubs, stay_run, stay_idle, stay_unlock, stay_unlock_end;

static struct row pending;                 /* of the last call, until its label comes */
static unsigned int number = NOTHING;      /* of the pending call */
static uint64_t called_at;                 /* where it was made */
static unsigned int next_number = NOTHING; /* of the last SYSCALL */
static uint64_t next_at;
static uint64_t left_to; /* where the guest went on last */

static bool watching; /* from the first call to the mark of the end */
static bool inside, leaving, off;
static struct row *row;
static uint64_t entered, off_start, off_from, gap_start, gap_from;
static struct nest nests[16];
static unsigned int depth;
static uint64_t *ended; /* where a section's end is still to be written */

static bool keep(struct longest *l, uint64_t start, uint64_t from, uint64_t to)
{
    bool longer = stay_now - start > l->length && watching;

    if (longer) {
        *l = (struct longest){stay_now - start, from, to};
    }
    return longer;
}

static void merge(struct row *to, const struct row *from)
{
    to->entries += from->entries;
    to->total = from->total > to->total ? from->total : to->total;
    to->off = from->off.length > to->off.length ? from->off : to->off;
    to->gap = from->gap.length > to->gap.length ? from->gap : to->gap;
}

/* Where it ends is said by the next block: the function that goes on. */
static void off_end(void)
{
    if (off && keep(&row->off, off_start, off_from, 0)) {
        ended = &row->off.to;
    }
    off = false;
}

static void end_at(uint64_t va)
{
    if (va - stay_unlock < stay_unlock_end - stay_unlock) {
        return; /* not there: in who called it */
    }
    if (ended != NULL) {
        *ended = va;
    }
    ended = NULL;
}

static void off_begin(uint64_t at)
{
    if (!off) {
        off_start = stay_now;
        off_from = at;
    }
    off = true;
}

static void gap_begin(uint64_t at)
{
    gap_start = stay_now;
    gap_from = at;
}

void stay_point(uint64_t at)
{
    if (inside) {
        keep(&row->gap, gap_start, gap_from, at);
        gap_begin(at);
    }
}

static void total_end(void)
{
    if (stay_now - entered > row->total && watching) {
        row->total = stay_now - entered;
    }
    entered = stay_now;
}

void stay_label(unsigned int to)
{
    if (number != NOTHING) {
        merge(&stay_rows[to], &pending);
    }
    number = NOTHING;
}

/* The vector whose stub begins at `va`, or -1. */
static int vector_at(uint64_t va)
{
    uint64_t offset = va - stay_stubs;

    return offset < 256 * STUB_SIZE && offset % STUB_SIZE == 0 ? (int)(offset / STUB_SIZE) : -1;
}

/* The row of a call that begins; one that goes on by being made again is still the same. */
static struct row *row_of_call(void)
{
    if (number == NOTHING || next_at != called_at || left_to != called_at) {
        stay_label(number < CALLS ? number * SUBS + SUB_UNKNOWN : ROW_NO_CALL);
        memset(&pending, 0, sizeof(pending));
        pending.entries = 1;
        number = next_number;
        called_at = next_at;
    }
    return &pending;
}

static void enter(uint64_t va)
{
    int vector = vector_at(va);

    if (vector >= 0) {
        row = &stay_rows[ROW_VECTORS + vector];
        row->entries++;
    } else {
        row = row_of_call();
    }
    inside = true;
    depth = 0;
    entered = stay_now;
    gap_begin(va);
    off = false;
    off_begin(va);
}

static void leave(uint64_t va)
{
    off_end();
    end_at(va);
    stay_point(va);
    total_end();
    inside = leaving = false;
}

static void nest(int vector, uint64_t va)
{
    /* An interrupt shows that interrupts are on: what is kept here is checked against the CPU. */
    if (depth == sizeof(nests) / sizeof(nests[0]) || (vector >= 32 && off)) {
        fprintf(stderr, "sections: vector %d, %u deep, interrupts %s\n", vector, depth,
                off ? "off" : "on");
        abort();
    }
    nests[depth++] =
        (struct nest){row, stay_now, off_start, off_from, gap_start, gap_from, off, vector >= 32};
    if (vector >= 32) {
        row = &stay_rows[ROW_VECTORS + vector];
        row->entries++;
        gap_begin(va);
    }
    off_begin(va);
}

static void nest_end(void)
{
    const struct nest *n = &nests[--depth];

    if (!n->off) {
        off_end();
    }
    if (n->interrupt) {
        gap_start = n->gap_start + stay_now - n->entered;
        gap_from = n->gap_from;
        entered += stay_now - n->entered;
        row = n->row;
    }
    off = n->off;
    off_start = n->off_start;
    off_from = n->off_from;
}

void stay_return(bool leaves)
{
    if (leaves) {
        leaving = true;
    } else if (inside && depth > 0) {
        nest_end();
    }
}

/* From here on the work is not the call's. */
static void become(unsigned int which, uint64_t va)
{
    stay_point(va);
    total_end();
    row = &stay_rows[which];
    row->entries++;
}

void stay_block(uint64_t va)
{
    end_at(va);
    if (inside && (leaving || !in_hypervisor(va))) {
        leave(va);
    }
    if (!in_hypervisor(va)) {
        left_to = va;
    } else if (!inside) {
        enter(va);
    } else if (vector_at(va) >= 0) {
        nest(vector_at(va), va);
    } else if (va == stay_run) {
        become(ROW_SOFTIRQS, va);
    } else if (va == stay_idle) {
        become(ROW_IDLE, va);
    }
}

void stay_cli(uint64_t at)
{
    off_begin(at);
}

void stay_sti(void)
{
    off_end();
}

void stay_call(unsigned int nr, uint64_t at)
{
    watching = watching || next_number == NOTHING;
    next_number = nr;
    next_at = at;
}

void stay_stop(void)
{
    watching = false;
}
