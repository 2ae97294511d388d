/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Zeroing free frames ahead: what somebody had is zero when the next one gets it, whether the idle
 * loop came by before, in the middle or never; nobody can write to it any more once it is zeroed;
 * what was zeroed ahead is not zeroed again, and can be had all the while.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/bits.h"
#include "mm/alloc.h"
#include "mm/heap.h"
#include "mm/tlb.h"
#include "mm_machine.h"
#include "unit.h"

#define FILL   0x5a
#define BLOCKS 300

static struct {
    uint64_t first;
    unsigned int order;
} blocks[BLOCKS];
static unsigned int count, windows;

void *heap_alloc(size_t bytes)
{
    return calloc(1, bytes);
}

void heap_free(void *p)
{
    free(p);
}

static void count_window(void)
{
    windows++;
}

static bool page_is(uint64_t n, uint8_t byte)
{
    for (unsigned int i = 0; i < PAGE_SIZE; i++)
        if (machine_pages[n][i] != byte)
            return false;
    return true;
}

/* A block that its owner writes to; its pages were zero. */
static bool take(unsigned int order)
{
    mfn_t m = frames_alloc(order, 64, 0);

    if (mfn_eq(m, MFN_INVALID))
        return false;
    for (uint64_t i = m.n; i < m.n + (1UL << order); i++) {
        EXPECT(page_is(i, 0));
        memset(machine_pages[i], FILL, PAGE_SIZE);
    }
    blocks[count].first = m.n;
    blocks[count++].order = order;
    return true;
}

static void give(unsigned int i)
{
    frames_free(mfn(blocks[i].first), blocks[i].order);
    blocks[i] = blocks[--count];
}

static void give_all(void)
{
    while (count)
        give((unsigned int)random() % count);
}

static void check(void)
{
    uint64_t frames;

    EXPECT(alloc_check(&frames) && frames == frames_free_count());
}

/* Steps until all is zero; how many it took. */
static unsigned int scrub(void)
{
    unsigned int steps = 0;

    for (; frames_to_scrub(); steps++)
        frames_scrub();
    check();
    return steps;
}

/* Memory that nobody had yet is left alone; what joins it is not. */
static void nothing_to_do(void)
{
    frames_release(0, 1024, 0);
    frames_release(1536, MACHINE_FRAMES, 0);
    EXPECT(!frames_to_scrub());
    frames_scrub();
    EXPECT(!windows);
    frames_release(1280, 1536, FRAME_DIRTY);
    frames_release(1024, 1280, 0);
    check();
    EXPECT(frames_to_scrub());
    scrub();
    EXPECT(windows == 2 * 256);
}

/* Of two blocks that fit alike the one that is zeroed already is taken. */
static void clean_first(void)
{
    uint64_t clean;

    for (unsigned int i = 0; i < 4; i++)
        EXPECT(take(0));
    /* two pairs of buddies: what is given of each stays a block of one */
    EXPECT((blocks[0].first ^ blocks[1].first) == 1 && (blocks[2].first ^ blocks[3].first) == 1);
    clean = blocks[0].first;
    frames_free(mfn(clean), 0);
    scrub();
    frames_free(mfn(blocks[2].first), 0);
    blocks[0] = blocks[3];
    count = 2;
    EXPECT(frames_to_scrub());
    windows = 0;
    EXPECT(take(0) && blocks[2].first == clean && !windows);
    give_all();
    scrub();
}

/* All of the memory, by blocks of one order: zeroed once each, and not again at allocation. */
static void once(void)
{
    for (unsigned int order = 5; order <= MAX_ORDER; order++) {
        unsigned int frames = 0;

        while (count < BLOCKS && take(order))
            frames += 1U << order;
        give_all();
        EXPECT(frames_to_scrub());
        windows = 0;
        /* a step a frame, and some to find blocks clean and to flush */
        EXPECT(scrub() <= frames + 200);
        /* opened and closed once a frame, and flushed */
        EXPECT(windows >= 2 * frames && windows <= 2 * frames + cpu_count);
        for (uint64_t i = 0; i < MACHINE_FRAMES; i++)
            EXPECT(!(frame_table[i].flags & FRAME_DIRTY) && page_is(i, 0));
        windows = 0;
        while (count < BLOCKS && take(order))
            ;
        EXPECT(!windows);
        give_all();
        scrub();
    }
}

static uint64_t flushes;

static void count_flush(void)
{
    flushes++;
}

/* Whoever may still hold a translation is flushed before the frame is zeroed, once for all. */
static void flushed_first(void)
{
    uint64_t epoch;

    machine_on_flush = count_flush;
    EXPECT(take(4));
    give_all();
    epoch = tlb_epoch_now();
    EXPECT(tlb_may_hold(epoch - 1));
    flushes = windows = 0;
    while (!windows && frames_to_scrub())
        frames_scrub();
    EXPECT(flushes == cpu_count && !tlb_may_hold(epoch - 1));
    scrub();
    EXPECT(flushes == cpu_count);
    machine_on_flush = NULL;
}

/* What is being zeroed is taken away, split, and grows by what is given back. */
static void in_between(void)
{
    srandom(11);
    for (unsigned int step = 0; step < 20000 && !unit_broken; step++) {
        unsigned int order = (unsigned int)random() % (step % 40 ? 5 : MAX_ORDER + 1);

        if (random() % 2 && count < BLOCKS)
            take(order);
        else if (count)
            give((unsigned int)random() % count);
        for (long n = random() % 8; n > 0; n--)
            frames_scrub();
        if (step % 64 == 0)
            check();
    }
    give_all();
    scrub();
    for (uint64_t i = 0; i < MACHINE_FRAMES; i++)
        EXPECT(page_is(i, 0));
    EXPECT(frames_free_count() == MACHINE_FRAMES);
}

int main(void)
{
    machine_start(0, MACHINE_FRAMES, 0xff);
    machine_hook = count_window;
    RUN(nothing_to_do);
    RUN(clean_first);
    RUN(once);
    RUN(flushed_first);
    RUN(in_between);
    return UNIT_RESULT;
}
