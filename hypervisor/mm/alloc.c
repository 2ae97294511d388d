/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the free lists. heap_lock (RANK_HEAP) protects them and the records of free frames.
 *
 * A block lies in one zone, since zones end at powers of two: zone z holds frames whose number has z bits.
 */
#include "mm/alloc.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/tlb.h"
#include "mm/type_word.h"
#include "mm/window.h"

#define ZONES 33
#define NIL   0xffffffffU

static spinlock_t heap_lock = SPINLOCK_INIT(RANK_HEAP);
static uint32_t heads[ZONES][MAX_ORDER + 1]; /* first frame plus one; 0: empty */
static uint64_t free_frames;

static unsigned int zone_of(uint64_t n)
{
    return bit_width(n);
}

static void block_insert(uint64_t n, unsigned int order)
{
    struct frame *f = &frame_table[n];
    uint32_t *head = &heads[zone_of(n)][order];

    f->flags |= FRAME_FREE;
    f->order = (uint8_t)order;
    f->prev = NIL;
    f->next = *head ? *head - 1 : NIL;
    if (f->next != NIL)
        frame_table[f->next].prev = (uint32_t)n;
    *head = (uint32_t)n + 1;
}

static void block_remove(uint64_t n)
{
    struct frame *f = &frame_table[n];

    if (f->prev != NIL)
        frame_table[f->prev].next = f->next;
    else
        heads[zone_of(n)][f->order] = f->next == NIL ? 0 : f->next + 1;
    if (f->next != NIL)
        frame_table[f->next].prev = f->prev;
    f->flags &= (uint8_t)~FRAME_FREE;
}

static bool block_is_free(uint64_t n, unsigned int order)
{
    return mfn_valid(mfn(n)) && frame_table[n].flags & FRAME_FREE && frame_table[n].order == order;
}

/* Puts a block back, joined with its buddies as far as they are free. Lock held. */
static void block_free(uint64_t n, unsigned int order)
{
    free_frames += 1UL << order;
    while (order < MAX_ORDER) {
        uint64_t buddy = n ^ 1UL << order;

        if (!block_is_free(buddy, order) || zone_of(buddy) != zone_of(n))
            break;
        block_remove(buddy);
        n &= ~(1UL << order);
        order++;
    }
    block_insert(n, order);
}

/* Takes a block out of the lists, splitting a larger one: its upper part is what is taken. Lock held. */
static uint64_t block_take(unsigned int order, unsigned int top_zone)
{
    unsigned int z, o;
    uint64_t n;

    for (z = top_zone + 1; z-- > 0;) {
        for (o = order; o <= MAX_ORDER && !heads[z][o]; o++)
            ;
        if (o > MAX_ORDER)
            continue;
        n = heads[z][o] - 1;
        block_remove(n);
        while (o > order) {
            o--;
            block_insert(n, o);
            n += 1UL << o;
        }
        free_frames -= 1UL << order;
        return n;
    }
    return NIL;
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

        if ((flags & ALLOC_ZERO || f->flags & FRAME_DIRTY) && !(flags & ALLOC_DIRTY)) {
            void *p = window_map(mfn(i));
            memset(p, 0, PAGE_SIZE);
            window_unmap(p);
        }
        f->flags &= FRAME_RAM;
        f->type = type_idle(TYPE_NONE, 0);
        f->owner = DOMID_XEN;
        f->refs = FRAME_ALLOCATED; /* none to be had until it is assigned */
    }
}

mfn_t frames_alloc(unsigned int order, unsigned int bits, unsigned int flags)
{
    uint64_t n;

    if (order > MAX_ORDER || bits <= PAGE_SHIFT)
        return MFN_INVALID;
    spin_lock(&heap_lock);
    n = block_take(order, MIN(bits - PAGE_SHIFT, ZONES - 1));
    spin_unlock(&heap_lock);
    if (n == NIL)
        return MFN_INVALID;
    block_clean(n, order, flags);
    return mfn(n);
}

static void block_give(mfn_t m, unsigned int order, uint8_t flags, uint64_t epoch)
{
    uint64_t i;

    for (i = m.n; i < m.n + (1UL << order); i++) {
        struct frame *f = &frame_table[i];

        f->refs = 0;
        f->flags = FRAME_RAM | flags;
        f->type = type_idle(TYPE_NONE, epoch);
    }
    spin_lock(&heap_lock);
    block_free(m.n, order);
    spin_unlock(&heap_lock);
}

void frames_free(mfn_t m, unsigned int order)
{
    ASSERT(frame_of(m)->owner == DOMID_XEN && frame_of(m)->refs == FRAME_ALLOCATED);
    block_give(m, order, FRAME_DIRTY, tlb_epoch_now());
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
        block_give(mfn(first), order, (uint8_t)flags, 0);
        first += 1UL << order;
    }
}

static void owner_link_in(uint32_t *list, struct frame *f)
{
    f->prev = OWNER_LIST_END;
    f->next = *list;
    if (*list != OWNER_LIST_END)
        frame_table[*list].prev = (uint32_t)frame_mfn(f).n;
    *list = (uint32_t)frame_mfn(f).n;
}

static void owner_link(struct owner *o, struct frame *f)
{
    f->flags |= FRAME_LISTED;
    owner_link_in(&o->list, f);
}

static void owner_unlink(struct owner *o, struct frame *f)
{
    if (f->prev != OWNER_LIST_END)
        frame_table[f->prev].next = f->next;
    else if (f->flags & FRAME_LINGERS)
        o->lingering = f->next;
    else
        o->list = f->next;
    if (f->next != OWNER_LIST_END)
        frame_table[f->next].prev = f->prev;
    f->flags &= (uint8_t) ~(FRAME_LISTED | FRAME_LINGERS);
}

void owner_kill(struct owner *o)
{
    spin_lock(&o->lock);
    o->dying = true;
    spin_unlock(&o->lock);
}

int owner_first_frame(struct owner *o, mfn_t *m)
{
    int rc = 0;

    *m = MFN_INVALID;
    spin_lock(&o->lock);
    if (o->list != OWNER_LIST_END) {
        *m = mfn(o->list);
        if (!frame_get_again(frame_of(*m)))
            rc = -ERESTART;
    }
    spin_unlock(&o->lock);
    return rc;
}

void owner_give_up(struct owner *o, mfn_t m)
{
    struct frame *f = frame_of(m);

    spin_lock(&o->lock);
    owner_unlink(o, f);
    f->flags |= FRAME_LISTED | FRAME_LINGERS;
    owner_link_in(&o->lingering, f);
    spin_unlock(&o->lock);
    (void)frame_release(f); /* it may have been given back already, and be in use still */
    frame_put(f);
}

bool owner_empty_or(struct owner *o, void (*gone)(struct owner *))
{
    bool empty;

    spin_lock(&o->lock);
    empty = !o->tot_pages && !o->shared_pages;
    if (!empty)
        o->last_frame_gone = gone;
    spin_unlock(&o->lock);
    return empty;
}

int frames_assign(struct owner *o, mfn_t m, unsigned int order)
{
    return frames_assign_extra(o, m, order, 0);
}

int frames_assign_extra(struct owner *o, mfn_t m, unsigned int order, uint64_t extra)
{
    uint64_t i, frames = 1UL << order;
    int rc = 0;

    spin_lock(&o->lock);
    if (o->dying)
        rc = -EINVAL;
    else if (o->tot_pages + frames > o->max_pages + extra)
        rc = -ENOMEM;
    else
        o->tot_pages += frames;
    for (i = 0; !rc && i < frames; i++) {
        struct frame *f = frame_of(mfn_add(m, i));

        f->owner = o->id;
        smp_wmb(); /* pairs with frame_get(): who gets a reference sees the owner */
        __atomic_store_n(&f->refs, FRAME_ALLOCATED | 1, __ATOMIC_RELEASE);
        owner_link(o, f);
    }
    spin_unlock(&o->lock);
    return rc;
}

int frame_share(struct owner *o, mfn_t m)
{
    struct frame *f = frame_of(m);
    int rc = 0;

    spin_lock(&o->lock);
    if (o->dying) {
        rc = -EINVAL;
    } else {
        o->shared_pages++;
        f->owner = o->id;
        f->flags |= FRAME_SHARED;
        __atomic_store_n(&f->refs, FRAME_ALLOCATED | 1, __ATOMIC_RELEASE);
    }
    spin_unlock(&o->lock);
    return rc;
}

void frame_free_last(struct frame *f)
{
    struct owner *o = owner_find(f->owner);
    uint64_t epoch = MAX(tlb_epoch_now(), 1);
    void (*gone)(struct owner *) = NULL;

    spin_lock(&o->lock);
    if (f->flags & FRAME_SHARED)
        o->shared_pages--;
    else
        o->tot_pages--;
    if (f->flags & FRAME_LISTED)
        owner_unlink(o, f);
    if (!o->tot_pages && !o->shared_pages)
        gone = o->last_frame_gone;
    spin_unlock(&o->lock);
    f->owner = DOMID_XEN;
    m2p[frame_mfn(f).n] = ~0UL;
    block_give(frame_mfn(f), 0, FRAME_DIRTY, epoch);
    if (gone)
        gone(o);
}

static bool block_check(uint64_t n, unsigned int zone, unsigned int order)
{
    const struct frame *f = &frame_table[n];
    uint64_t i;

    if (!mfn_valid(mfn(n)) || !(f->flags & FRAME_FREE) || f->order != order ||
        n & ((1UL << order) - 1) || zone_of(n) != zone)
        return false;
    for (i = n; i < n + (1UL << order); i++) {
        if (frame_table[i].refs || !(frame_table[i].flags & FRAME_RAM) ||
            (i != n && frame_table[i].flags & FRAME_FREE))
            return false;
    }
    return true;
}

bool alloc_check(uint64_t *frames)
{
    unsigned int z, o;
    bool ok = true;
    uint32_t n;

    *frames = 0;
    spin_lock(&heap_lock);
    for (z = 0; z < ZONES; z++) {
        for (o = 0; o <= MAX_ORDER; o++) {
            for (n = heads[z][o] ? heads[z][o] - 1 : NIL; n != NIL && ok; n = frame_table[n].next) {
                ok = block_check(n, z, o);
                *frames += 1UL << o;
            }
        }
    }
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
    unsigned int z, o;
    uint64_t counts[MAX_ORDER + 1];
    uint32_t n;

    spin_lock(&heap_lock);
    for (z = 0; z < ZONES; z++) {
        uint64_t sum = 0;

        for (o = 0; o <= MAX_ORDER; o++) {
            counts[o] = 0;
            for (n = heads[z][o] ? heads[z][o] - 1 : NIL; n != NIL; n = frame_table[n].next)
                counts[o]++;
            sum += counts[o] << o;
        }
        if (sum)
            pr_info("memory: %lu free frames of %u address bits, %lu blocks of 4 MiB\n", sum,
                    z + PAGE_SHIFT, counts[MAX_ORDER]);
    }
    spin_unlock(&heap_lock);
}
