/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The heap of timers: comes out in order, whatever went in and was taken out between, with every
 * link right at each step.
 */
#include <stdint.h>
#include <stdlib.h>

#include "kern/timer_heap.h"
#include "unit.h"

#define TIMERS 300

static struct timer timers[TIMERS];
static struct timer_heap heap;

static void empty(void)
{
    while (heap.root)
        timer_heap_remove(&heap, heap.root);
}

static void one_goes_in_and_out(void)
{
    timers[0].expires = 5;
    timer_heap_insert(&heap, &timers[0]);
    EXPECT(heap.root == &timers[0] && heap.count == 1 && timers[0].active);
    timer_heap_remove(&heap, &timers[0]);
    EXPECT(!heap.root && !heap.count && !timers[0].active);
}

static void comes_out_sorted(void)
{
    int64_t last = INT64_MIN;
    unsigned int i;

    srand(2);
    for (i = 0; i < TIMERS; i++) {
        timers[i].expires = rand() % 1000 - 500;
        timer_heap_insert(&heap, &timers[i]);
        EXPECT(timer_heap_valid(&heap));
    }
    for (i = 0; i < TIMERS; i++) {
        EXPECT(heap.root->expires >= last);
        last = heap.root->expires;
        timer_heap_remove(&heap, heap.root);
        EXPECT(timer_heap_valid(&heap));
    }
    EXPECT(!heap.root);
}

static void any_may_leave(void)
{
    unsigned int round, active = 0;

    srand(3);
    for (round = 0; round < 100000; round++) {
        struct timer *t = &timers[rand() % TIMERS];

        if (t->active) {
            timer_heap_remove(&heap, t);
            active--;
        } else {
            t->expires = rand() % 64; /* many equal ones */
            timer_heap_insert(&heap, t);
            active++;
        }
        EXPECT(heap.count == active);
        if (round % 16 == 0)
            EXPECT(timer_heap_valid(&heap));
    }
    empty();
    EXPECT(timer_heap_valid(&heap));
}

static void extremes_keep_order(void)
{
    timers[0].expires = INT64_MAX;
    timers[1].expires = INT64_MIN;
    timers[2].expires = 0;
    timer_heap_insert(&heap, &timers[0]);
    timer_heap_insert(&heap, &timers[1]);
    timer_heap_insert(&heap, &timers[2]);
    EXPECT(heap.root == &timers[1]);
    timer_heap_remove(&heap, &timers[1]);
    EXPECT(heap.root == &timers[2]);
    empty();
}

int main(void)
{
    RUN(one_goes_in_and_out);
    RUN(comes_out_sorted);
    RUN(any_may_leave);
    RUN(extremes_keep_order);
    return UNIT_RESULT;
}
