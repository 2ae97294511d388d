/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the free lists. heap_lock (RANK_HEAP) protects them and the records of free frames.
 *
 * A block lies in one zone, since zones end at powers of two: zone z holds frames whose number has
 * z bits. Blocks with a dirty frame have lists of their own, from which idle CPUs take theirs to
 * zero frame by frame, under the lock: the block can be had all the while.
 */
#include "mm/alloc.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/alloc_fault.h"
#include "mm/tlb.h"
#include "mm/type_word.h"
#include "mm/window.h"

#define ZONES 33
#define NIL   0xffffffffU /* one less than what says that a list is empty */

static spinlock_t heap_lock = SPINLOCK_INIT(RANK_HEAP);
static uint32_t heads[2][ZONES][MAX_ORDER + 1]; /* [dirty]: first frame plus one; 0: empty */
static uint16_t filled[2][ZONES];               /* bit set: there are blocks of that order */
static uint64_t free_frames, claimed_frames; /* the second are free, and set aside for some owner */
static uint64_t dirty_blocks;
static struct {
    uint64_t n, next; /* a dirty block, or NIL; the frames before `next` are clean */
} scrubbed = {.n = NIL};

struct alloc_fault alloc_fault;

static unsigned int zone_of(uint64_t n)
{
    return bit_width(n);
}

static bool block_is_dirty(uint64_t n)
{
    return frame_table[n].flags & FRAME_DIRTY_BLOCK;
}

static void block_insert(uint64_t n, unsigned int order, bool dirty)
{
    struct frame *f = &frame_table[n];
    uint32_t *head = &heads[dirty][zone_of(n)][order];

    f->flags |= dirty ? FRAME_FREE | FRAME_DIRTY_BLOCK : FRAME_FREE;
    dirty_blocks += dirty;
    f->order = (uint8_t)order;
    f->prev = NIL;
    f->next = *head - 1;
    if (f->next != NIL)
        frame_table[f->next].prev = (uint32_t)n;
    *head = (uint32_t)n + 1;
    filled[dirty][zone_of(n)] |= (uint16_t)(1U << order);
}

static void block_remove(uint64_t n)
{
    struct frame *f = &frame_table[n];
    bool dirty = block_is_dirty(n);
    uint32_t *head = &heads[dirty][zone_of(n)][f->order];

    if (f->prev != NIL)
        frame_table[f->prev].next = f->next;
    else
        *head = f->next + 1;
    if (!*head)
        filled[dirty][zone_of(n)] &= (uint16_t) ~(1U << f->order);
    if (f->next != NIL)
        frame_table[f->next].prev = f->prev;
    f->flags &= (uint8_t) ~(FRAME_FREE | FRAME_DIRTY_BLOCK);
    dirty_blocks -= dirty;
    if (n == scrubbed.n)
        scrubbed.n = NIL;
}

static bool block_is_free(uint64_t n, unsigned int order)
{
    return mfn_valid(mfn(n)) && frame_table[n].flags & FRAME_FREE && frame_table[n].order == order;
}

/* Puts a block back, joined with its buddies as far as they are free. Lock held. */
static void block_free(uint64_t n, unsigned int order, bool dirty)
{
    free_frames += 1UL << order;
    while (order < MAX_ORDER) {
        uint64_t buddy = n ^ 1UL << order;

        if (!block_is_free(buddy, order) || zone_of(buddy) != zone_of(n))
            break;
        dirty |= block_is_dirty(buddy);
        block_remove(buddy);
        n &= ~(1UL << order);
        order++;
    }
    block_insert(n, order, dirty);
}

/*
 * Takes a block out of the lists, a clean one where there are both, splitting a larger one: its
 * upper part is what is taken. Lock held.
 */
static uint64_t block_take(unsigned int order, unsigned int top_zone)
{
    unsigned int z, o;
    uint64_t n;
    bool dirty;

    for (z = top_zone + 1; z-- > 0;) {
        o = (unsigned int)(filled[0][z] | filled[1][z]) >> order;
        if (!o)
            continue;
        o = order + bit_lowest(o);
        dirty = !heads[0][z][o];
        n = heads[dirty][z][o] - 1;
        block_remove(n);
        while (o > order) {
            o--;
            block_insert(n, o, dirty);
            n += 1UL << o;
        }
        free_frames -= 1UL << order;
        return n;
    }
    return NIL;
}

static void frame_zero(uint64_t n)
{
    void *p = window_map(mfn(n));

    memset(p, 0, PAGE_SIZE);
    window_unmap(p);
}

/* The work outside the lock: flush who may still see the frames, and zero what must be. */
static void block_clean(uint64_t n, unsigned int order, unsigned int flags)
{
    uint64_t epoch = 0, i;

    for (i = n; i < n + (1UL << order); i++)
        epoch = MAX(epoch, frame_table[i].type & TYPE_EPOCH_MASK);
    if (epoch)
        tlb_flush_older(epoch);
    for (i = n; i < n + (1UL << order); i++) {
        struct frame *f = &frame_table[i];

        if ((flags & ALLOC_ZERO || f->flags & FRAME_DIRTY) && !(flags & ALLOC_DIRTY))
            frame_zero(i);
        f->flags &= FRAME_RAM;
        f->type = type_idle(TYPE_NONE, 0);
        f->owner = DOMID_XEN;
        f->refs = FRAME_ALLOCATED; /* none to be had until it is assigned */
    }
}

mfn_t frames_alloc(unsigned int order, unsigned int bits, unsigned int flags)
{
    return frames_alloc_for(NULL, order, bits, flags);
}

mfn_t frames_alloc_for(struct owner *o, unsigned int order, unsigned int bits, unsigned int flags)
{
    uint64_t frames = 1UL << order, own, n = NIL;

    if (order > MAX_ORDER || bits <= PAGE_SHIFT || alloc_fails())
        return MFN_INVALID;
    spin_lock(&heap_lock);
    own = o ? MIN(o->claimed, frames) : 0;
    if (free_frames >= claimed_frames - own + frames)
        n = block_take(order, MIN(bits - PAGE_SHIFT, ZONES - 1));
    if (n != NIL && own) {
        o->claimed -= own;
        claimed_frames -= own;
    }
    spin_unlock(&heap_lock);
    if (n == NIL)
        return MFN_INVALID;
    block_clean(n, order, flags);
    return mfn(n);
}

void frames_give(mfn_t m, unsigned int order, uint8_t flags, uint64_t epoch)
{
    uint64_t i;

    for (i = m.n; i < m.n + (1UL << order); i++) {
        struct frame *f = &frame_table[i];

        f->refs = 0;
        f->flags = FRAME_RAM | flags;
        f->type = type_idle(TYPE_NONE, epoch);
    }
    spin_lock(&heap_lock);
    block_free(m.n, order, flags & FRAME_DIRTY);
    spin_unlock(&heap_lock);
}

void frames_free(mfn_t m, unsigned int order)
{
    ASSERT(frame_of(m)->owner == DOMID_XEN && frame_of(m)->refs == FRAME_ALLOCATED);
    frames_give(m, order, FRAME_DIRTY, tlb_epoch_now());
}

/* A dirty block where the next allocation looks first. Lock held. */
static uint64_t dirty_block(void)
{
    unsigned int z;

    for (z = ZONES; z-- > 0;)
        if (filled[1][z])
            return heads[1][z][bit_width(filled[1][z]) - 1] - 1;
    return NIL;
}

bool frames_to_scrub(void)
{
    return READ_ONCE(dirty_blocks);
}

/* The next thing to do; the epoch that has to be flushed for it first, or 0. Lock held. */
static uint64_t scrub_step(void)
{
    uint64_t n, end, epoch;

    if (scrubbed.n == NIL)
        scrubbed.n = scrubbed.next = dirty_block();
    if (scrubbed.n == NIL)
        return 0;
    end = scrubbed.n + (1UL << frame_table[scrubbed.n].order);
    while (scrubbed.next < end && !(frame_table[scrubbed.next].flags & FRAME_DIRTY))
        scrubbed.next++;
    if (scrubbed.next == end) {
        n = scrubbed.n;
        block_remove(n);
        block_insert(n, frame_table[n].order, false);
        return 0;
    }
    epoch = frame_table[scrubbed.next].type & TYPE_EPOCH_MASK;
    if (epoch && tlb_may_hold(epoch))
        return epoch;
    frame_zero(scrubbed.next);
    frame_table[scrubbed.next++].flags &= (uint8_t)~FRAME_DIRTY;
    return 0;
}

void frames_scrub(void)
{
    uint64_t epoch;

    spin_lock(&heap_lock);
    epoch = scrub_step();
    spin_unlock(&heap_lock);
    if (epoch)
        tlb_flush_older(epoch);
}

static bool all_ram(uint64_t first, uint64_t end)
{
    while (first < end && frame_table[first].flags & FRAME_RAM)
        first++;
    return first == end;
}

/* Frame 0 is a block of its own: it is alone in its zone. */
void frames_release(uint64_t first, uint64_t end, unsigned int flags)
{
    while (first < end) {
        unsigned int order = 0;

        if (!(frame_table[first].flags & FRAME_RAM)) {
            first++;
            continue;
        }
        while (first && order < MAX_ORDER && !(first & ((2UL << order) - 1)) &&
               first + (2UL << order) <= end &&
               all_ram(first + (1UL << order), first + (2UL << order)))
            order++;
        frames_give(mfn(first), order, (uint8_t)flags, 0);
        first += 1UL << order;
    }
}

void owner_claim_drop(struct owner *o)
{
    spin_lock(&heap_lock);
    claimed_frames -= o->claimed;
    o->claimed = 0;
    spin_unlock(&heap_lock);
}

int owner_claim(struct owner *o, uint64_t pages)
{
    uint64_t more;
    int rc = 0;

    if (!pages) {
        owner_claim_drop(o);
        return 0;
    }
    spin_lock(&o->lock);
    if (o->dying || pages <= o->tot_pages || pages > o->max_pages || READ_ONCE(o->claimed))
        rc = -EINVAL;
    more = pages - o->tot_pages;
    if (!rc) {
        spin_lock(&heap_lock);
        if (free_frames - claimed_frames < more || alloc_fails()) {
            rc = -ENOMEM;
        } else {
            o->claimed = more;
            claimed_frames += more;
        }
        spin_unlock(&heap_lock);
    }
    spin_unlock(&o->lock);
    return rc;
}

uint64_t frames_claimed_count(void)
{
    return READ_ONCE(claimed_frames);
}

static bool block_check(uint64_t n, bool dirty, unsigned int zone, unsigned int order)
{
    const struct frame *f = &frame_table[n];
    uint64_t i;

    if (!mfn_valid(mfn(n)) || !(f->flags & FRAME_FREE) || f->order != order ||
        n & ((1UL << order) - 1) || zone_of(n) != zone || block_is_dirty(n) != dirty)
        return false;
    for (i = n; i < n + (1UL << order); i++) {
        if (frame_table[i].refs || !(frame_table[i].flags & FRAME_RAM) ||
            (!dirty && frame_table[i].flags & FRAME_DIRTY) ||
            (i != n && frame_table[i].flags & (FRAME_FREE | FRAME_DIRTY_BLOCK)))
            return false;
    }
    return true;
}

/* Checks a list and adds up its frames. Lock held. */
static bool list_check(bool dirty, unsigned int zone, unsigned int order, uint64_t *frames)
{
    uint32_t n;

    for (n = heads[dirty][zone][order] - 1; n != NIL; n = frame_table[n].next) {
        if (!block_check(n, dirty, zone, order))
            return false;
        *frames += 1UL << order;
    }
    return true;
}

bool alloc_check(uint64_t *frames)
{
    unsigned int z, o;
    bool ok = true;

    *frames = 0;
    spin_lock(&heap_lock);
    for (z = 0; z < ZONES; z++)
        for (o = 0; o <= MAX_ORDER; o++)
            ok = ok && list_check(false, z, o, frames) && list_check(true, z, o, frames);
    ok = ok && *frames == free_frames;
    spin_unlock(&heap_lock);
    return ok;
}

uint64_t frames_free_count(void)
{
    return READ_ONCE(free_frames);
}

void alloc_dump(void)
{
    unsigned int z, o, dirty;
    uint32_t n;

    spin_lock(&heap_lock);
    for (z = 0; z < ZONES; z++) {
        uint64_t sum = 0, largest = 0;

        for (o = 0; o <= MAX_ORDER; o++) {
            for (dirty = 0; dirty < 2; dirty++) {
                for (n = heads[dirty][z][o] - 1; n != NIL; n = frame_table[n].next) {
                    sum += 1UL << o;
                    largest += o == MAX_ORDER;
                }
            }
        }
        if (sum)
            pr_info("memory: %lu free frames of %u address bits, %lu blocks of 4 MiB\n", sum,
                    z + PAGE_SHIFT, largest);
    }
    if (dirty_blocks)
        pr_info("memory: %lu blocks still to be zeroed\n", dirty_blocks);
    spin_unlock(&heap_lock);
}
