/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frame allocator against a model that knows of each frame whether it is free: address limits,
 * no overlap, nothing refused that is there, zeroing, flushes, blocks that join again as they were.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/bits.h"
#include "lib/errno.h"
#include "mm/alloc.h"
#include "mm/heap.h"
#include "mm/tlb.h"
#include "mm/type_word.h"
#include "mm_machine.h"
#include "unit.h"

#define RAM_END 4000
#define HOLE    1234 /* no RAM: a frame in the middle */
#define BLOCKS  600
#define FILL    0x5a

static struct {
    bool ram, used, dirty; /* dirty: somebody had it since it was zeroed */
    uint64_t epoch;        /* when it was given back; 0: never */
} model[MACHINE_FRAMES];

static struct {
    uint64_t first;
    unsigned int order;
} blocks[BLOCKS];
static unsigned int block_count;

static struct owner owner, poor;
static unsigned int last_gone;

void *heap_alloc(size_t bytes)
{
    return calloc(1, bytes);
}

void heap_free(void *p)
{
    free(p);
}

static unsigned int zone(uint64_t n)
{
    return bit_width(n);
}

/* Whether the model has 2^order free frames, aligned, in one zone, from `first` on. */
static bool block_is_there(uint64_t first, unsigned int order)
{
    uint64_t end = first + (1UL << order);

    if (end > MACHINE_FRAMES || zone(first) != zone(end - 1))
        return false;
    for (uint64_t i = first; i < end; i++)
        if (!model[i].ram || model[i].used)
            return false;
    return true;
}

/* The highest zone that has such a block below 2^bits bytes; 0: none. */
static unsigned int best_zone(unsigned int order, unsigned int bits)
{
    unsigned int best = 0;

    for (uint64_t n = 0; n < MACHINE_FRAMES; n += 1UL << order)
        if (zone(n) + PAGE_SHIFT <= bits && zone(n) + 1 > best && block_is_there(n, order))
            best = zone(n) + 1;
    return best;
}

static uint64_t free_in_model(void)
{
    uint64_t n = 0;

    for (unsigned int i = 0; i < MACHINE_FRAMES; i++)
        n += model[i].ram && !model[i].used;
    return n;
}

static bool page_is(uint64_t n, uint8_t byte)
{
    for (unsigned int i = 0; i < PAGE_SIZE; i += 509)
        if (machine_pages[n][i] != byte)
            return false;
    return true;
}

static void check_frame(uint64_t n, unsigned int flags)
{
    const struct frame *f = frame_of(mfn(n));

    EXPECT(model[n].ram && !model[n].used);
    /* who thought it somebody's a moment ago gets no reference that the assignment would lose */
    EXPECT(!frame_get_again(frame_of(mfn(n))));
    EXPECT(f->owner == DOMID_XEN && f->refs == FRAME_ALLOCATED && f->flags == FRAME_RAM &&
           f->type == type_idle(TYPE_NONE, 0));
    if (flags & ALLOC_DIRTY)
        EXPECT(!model[n].dirty || page_is(n, FILL));
    else if (flags & ALLOC_ZERO || model[n].dirty)
        EXPECT(page_is(n, 0));
    for (unsigned int c = 0; c < cpu_count; c++)
        EXPECT(!model[n].epoch || cpu_block(c)->flush_epoch > model[n].epoch);
    model[n].used = model[n].dirty = true;
    memset(machine_pages[n], FILL, PAGE_SIZE);
}

/* Takes a block, checks all of it and keeps it; false when there was none, rightly. */
static bool take(unsigned int order, unsigned int bits, unsigned int flags, uint64_t *first)
{
    unsigned int best = order <= MAX_ORDER && bits > PAGE_SHIFT ? best_zone(order, bits) : 0;
    mfn_t m = frames_alloc(order, bits, flags);

    EXPECT(mfn_eq(m, MFN_INVALID) == !best);
    if (mfn_eq(m, MFN_INVALID))
        return false;
    EXPECT(!(m.n & ((1UL << order) - 1)) && zone(m.n) + 1 == best);
    EXPECT(bits > 63 || m.n + (1UL << order) <= 1UL << (bits - PAGE_SHIFT));
    for (uint64_t i = m.n; i < m.n + (1UL << order); i++)
        check_frame(i, flags);
    EXPECT(frames_free_count() == free_in_model());
    *first = m.n;
    return true;
}

static void given_back(uint64_t n)
{
    model[n].used = false;
    model[n].epoch = tlb_epoch_now();
}

static void give(uint64_t first, unsigned int order)
{
    for (uint64_t i = first; i < first + (1UL << order); i++)
        given_back(i);
    frames_free(mfn(first), order);
    EXPECT(frames_free_count() == free_in_model());
}

/* The free blocks as the records tell them. */
static void snapshot(int8_t *to)
{
    for (unsigned int i = 0; i < MACHINE_FRAMES; i++)
        to[i] = frame_table[i].flags & FRAME_FREE ? (int8_t)frame_table[i].order : -1;
}

/* Free blocks cover the free frames and nothing else, and none lies in two zones. */
static void blocks_are_right(void)
{
    uint64_t covered = 0;

    for (uint64_t i = 0; i < MACHINE_FRAMES; i++) {
        uint64_t size = 1UL << frame_table[i].order;

        if (!(frame_table[i].flags & FRAME_FREE))
            continue;
        EXPECT(!(i & (size - 1)) && block_is_there(i, frame_table[i].order));
        for (uint64_t k = i + 1; k < i + size; k++)
            EXPECT(!(frame_table[k].flags & FRAME_FREE));
        covered += size;
    }
    EXPECT(covered == free_in_model() && covered == frames_free_count());
}

static int8_t at_start[MACHINE_FRAMES], now_free[MACHINE_FRAMES];

static void released(void)
{
    for (unsigned int i = 0; i < RAM_END; i++)
        model[i].ram = i != HOLE;
    frame_table[HOLE].flags = 0;
    frames_release(0, 1000, 0);
    frames_release(1000, RAM_END, 0);
    blocks_are_right();
    snapshot(at_start);
}

/* Every order at every limit, from a full heap. */
static void limits(void)
{
    uint64_t first;

    for (unsigned int order = 0; order <= MAX_ORDER + 1; order++) {
        for (unsigned int bits = 0; bits <= 64; bits++) {
            unsigned int n = 0;

            while (n < 20 && take(order, bits, 0, &blocks[n].first))
                n++;
            while (n--)
                give(blocks[n].first, order);
        }
    }
    EXPECT(!take(0, PAGE_SHIFT, 0, &first) && !take(MAX_ORDER + 1, 64, 0, &first));
    blocks_are_right();
}

static void random_blocks(void)
{
    static const unsigned int widths[] = {64, 64, 64, 24, 23, 20, 18, 16, 13};

    srandom(7);
    for (unsigned int step = 0; step < 6000 && !unit_broken; step++) {
        unsigned int order = (unsigned int)random() % (step % 50 ? 4 : MAX_ORDER + 1), i;

        if (random() % 2 && block_count < BLOCKS) {
            if (take(order, widths[random() % 9], random() % 2 ? ALLOC_ZERO : 0,
                     &blocks[block_count].first))
                blocks[block_count++].order = order;
        } else if (block_count) {
            i = (unsigned int)random() % block_count;
            give(blocks[i].first, blocks[i].order);
            blocks[i] = blocks[--block_count];
        }
        if (step % 64 == 0)
            blocks_are_right();
    }
    while (block_count--)
        give(blocks[block_count].first, blocks[block_count].order);
    block_count = 0;
    blocks_are_right();
    snapshot(now_free);
    EXPECT(!memcmp(at_start, now_free, sizeof(at_start))); /* joined again as they were */
}

/* Everything can be had by the frame, and is one again afterwards. */
static void all_of_it(void)
{
    static uint64_t frames[MACHINE_FRAMES];
    unsigned int n = 0;

    while (take(0, 64, ALLOC_DIRTY, &frames[n]))
        n++;
    EXPECT(n == RAM_END - 1 && !frames_free_count());
    while (n--)
        give(frames[(n * 1277) % (RAM_END - 1)], 0);
    snapshot(now_free);
    EXPECT(!memcmp(at_start, now_free, sizeof(at_start)));
}

/* -- owners */

static void gone(struct owner *o)
{
    (void)o;
    last_gone++;
}

static void check_list(const struct owner *o, unsigned int frames)
{
    uint32_t n = o->list, before = OWNER_LIST_END;
    unsigned int found = 0;

    for (; n != OWNER_LIST_END && found <= frames; n = frame_table[n].next, found++) {
        EXPECT(frame_table[n].prev == before && frame_table[n].flags & FRAME_LISTED &&
               frame_table[n].owner == o->id);
        before = n;
    }
    EXPECT(found == frames && o->tot_pages == frames);
}

static void owners(void)
{
    uint64_t a, b, c;

    EXPECT(!owner_init(&owner, 700, 9) && !owner_init(&poor, 701, 0));
    owner.last_frame_gone = gone;
    EXPECT(owner_find(700) == &owner && owner_find(701) == &poor && !owner_find(702) &&
           !owner_find(DOMID_XEN));
    EXPECT(take(3, 64, 0, &a) && take(0, 64, 0, &b) && take(0, 64, 0, &c));
    EXPECT(frames_assign(&poor, mfn(a), 3) == -ENOMEM);
    EXPECT(!frames_assign(&owner, mfn(a), 3) && !frames_assign(&owner, mfn(b), 0));
    EXPECT(frames_assign(&owner, mfn(c), 0) == -ENOMEM);
    check_list(&owner, 9);
    EXPECT(!frame_share(&owner, mfn(c)) && owner.shared_pages == 1);
    check_list(&owner, 9);
    EXPECT(frame_get(mfn(a + 3), 700) && !frame_get(mfn(a + 3), 701) &&
           frame_is_domains(frame_of(mfn(a))));
    for (unsigned int i = 0; i < 8; i++) {
        if (i != 3)
            given_back(a + i);
        EXPECT(frame_disown(frame_of(mfn(a + i))));
        m2p[a + i] = 1;
        frame_put(frame_of(mfn(a + i)));
    }
    check_list(&owner, 2);
    EXPECT(m2p[a] == ~0UL && m2p[a + 3] == 1 && frame_table[a].owner == DOMID_XEN);
    given_back(a + 3);
    frame_put(frame_of(mfn(a + 3))); /* the mapping that outlived the ownership */
    given_back(b);
    EXPECT(frame_disown(frame_of(mfn(b))));
    frame_put(frame_of(mfn(b)));
    check_list(&owner, 0);
    EXPECT(!last_gone);
    owner.dying = true;
    EXPECT(take(0, 64, 0, &b) && frames_assign(&owner, mfn(b), 0) == -EINVAL &&
           frame_share(&owner, mfn(b)) == -EINVAL);
    give(b, 0);
    given_back(c);
    EXPECT(frame_disown(frame_of(mfn(c))));
    frame_put(frame_of(mfn(c)));
    EXPECT(last_gone == 1 && !owner.shared_pages && frames_free_count() == RAM_END - 1);
    owner_forget(&owner);
    EXPECT(!owner_find(700) && owner_find(701));
    blocks_are_right();
}

/* What is set aside for one reaches nobody else, and goes as it gets its frames, or dies. */
static void claims(void)
{
    static struct owner rich, other;
    uint64_t all = frames_free_count(), n, m;

    EXPECT(!owner_init(&rich, 710, all) && !owner_init(&other, 711, all));
    EXPECT(owner_claim(&rich, all + 1) == -EINVAL && owner_claim(&poor, 1) == -EINVAL);
    EXPECT(!owner_claim(&rich, all - 2) && frames_claimed_count() == all - 2);
    EXPECT(owner_claim(&rich, 5) == -EINVAL && owner_claim(&other, 3) == -ENOMEM &&
           !owner_claim(&other, 1));
    EXPECT(mfn_eq(frames_alloc(1, 64, 0), MFN_INVALID));
    EXPECT(take(0, 64, 0, &n) && mfn_eq(frames_alloc(0, 64, 0), MFN_INVALID));
    m = frames_alloc_for(&rich, 3, 64, 0).n;
    for (unsigned int i = 0; i < 8; i++)
        check_frame(m + i, 0);
    EXPECT(rich.claimed == all - 10 && frames_claimed_count() == all - 9);
    EXPECT(!frames_assign(&rich, mfn(m), 3) && owner_claim(&rich, 8) == -EINVAL);
    EXPECT(!owner_claim(&rich, 0) && !rich.claimed && frames_claimed_count() == 1);
    EXPECT(owner_claim(&rich, 8) == -EINVAL && !owner_claim(&rich, 9) && rich.claimed == 1);
    owner_kill(&rich);
    owner_kill(&other);
    EXPECT(!frames_claimed_count() && owner_claim(&rich, 20) == -EINVAL);
    give(n, 0);
    for (uint64_t i = m + 8; i-- > m;) {
        given_back(i);
        EXPECT(frame_release(frame_of(mfn(i))));
    }
    EXPECT(frames_free_count() == all);
    blocks_are_right();
}

/* A dying owner's frames leave one by one; those in use wait for their last use, which tells. */
static void dying(void)
{
    static struct owner o;
    uint64_t a, before = frames_free_count();
    mfn_t m;

    last_gone = 0;
    EXPECT(!owner_init(&o, 720, 4) && take(2, 64, 0, &a) && !frames_assign(&o, mfn(a), 2));
    EXPECT(frame_get(mfn(a), 720) && frame_get(mfn(a + 2), 720));
    EXPECT(frame_disown(frame_of(mfn(a + 2)))); /* given back by the domain, and still mapped */
    frame_put(frame_of(mfn(a + 2)));
    owner_kill(&o);
    for (unsigned int i = 0; i < 4; i++) {
        EXPECT(!owner_first_frame(&o, &m) && m.n == a + 3 - i);
        if (m.n == a + 1 || m.n == a + 3)
            given_back(m.n);
        owner_give_up(&o, m);
    }
    EXPECT(!owner_first_frame(&o, &m) && mfn_eq(m, MFN_INVALID));
    EXPECT(o.tot_pages == 2 && o.list == OWNER_LIST_END && o.lingering == a &&
           frame_table[a].next == a + 2 && frame_table[a + 2].prev == a);
    EXPECT(!owner_empty_or(&o, gone) && !last_gone);
    given_back(a);
    frame_put(frame_of(mfn(a)));
    EXPECT(!last_gone && o.lingering == a + 2);
    given_back(a + 2);
    frame_put(frame_of(mfn(a + 2)));
    EXPECT(last_gone == 1 && owner_empty_or(&o, gone) && frames_free_count() == before);
    blocks_are_right();
}

/* A frame that a domain had reaches nobody unzeroed, unless the hypervisor asks for it as it is. */
static void zeroing(void)
{
    uint64_t n;

    for (unsigned int flags = 0; flags <= (ALLOC_ZERO | ALLOC_DIRTY); flags++) {
        for (unsigned int i = 0; i < 50; i++) {
            EXPECT(take(0, 64, flags, &n));
            give(n, 0);
        }
    }
}

int main(void)
{
    machine_start(0, RAM_END, 0xff);
    RUN(released);
    RUN(limits);
    RUN(random_blocks);
    RUN(all_of_it);
    RUN(owners);
    RUN(claims);
    RUN(dying);
    RUN(zeroing);
    return UNIT_RESULT;
}
