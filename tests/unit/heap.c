/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's own memory: objects and pages at random against a model, every allocation made
 * to fail, the heap run empty; and the permanent mappings of guests' frames. A page that is given
 * back can't be touched any more.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cpu/mapping.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/alloc.h"
#include "mm/alloc_fault.h"
#include "mm/heap.h"
#include "mm/heap_map.h"
#include "mm/permanent.h"
#include "mm/type.h"
#include "mm_machine.h"
#include "unit.h"

#define RAM_FIRST 16
#define RAM_END   1500
#define OWNER     5
#define BLOCKS    300

static struct {
    uint8_t *p;
    size_t bytes;
    bool pages;
    uint8_t fill;
} blocks[BLOCKS];

static uint64_t mapped[HEAP_PAGES]; /* frame behind a page, plus one */
static bool tables[HEAP_PAGES / PT_ENTRIES];
static struct owner owner;

/* -- the area's pages: real ones, with what somebody left in them */

bool heap_table_missing(unsigned int page)
{
    return !tables[page / PT_ENTRIES];
}

void heap_table_add(unsigned int page, mfn_t table)
{
    (void)table;
    tables[page / PT_ENTRIES] = true;
}

static void *address(unsigned int page)
{
    return (void *)(HEAP_START + page * PAGE_SIZE);
}

void heap_page_map(unsigned int page, mfn_t m, uint64_t flags)
{
    (void)flags;
    if (mapped[page] || !tables[page / PT_ENTRIES])
        machine_break("a page of the heap is mapped twice, or without a table");
    if (mmap(address(page), PAGE_SIZE, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != address(page))
        machine_break("no memory for the test");
    memset(address(page), 0xdd, PAGE_SIZE);
    mapped[page] = m.n + 1;
}

mfn_t heap_page_unmap(unsigned int page)
{
    mfn_t m = mfn(mapped[page] - 1);

    if (!mapped[page] || munmap(address(page), PAGE_SIZE))
        machine_break("a page of the heap is unmapped twice");
    mapped[page] = 0;
    return m;
}

mfn_t heap_page_mfn(unsigned int page)
{
    return mfn(mapped[page] - 1);
}

paddr_t image_paddr(const void *p)
{
    return paddr((uintptr_t)p);
}

int table_check(struct frame *f, enum frame_type t, unsigned int *index)
{
    (void)f;
    (void)t;
    (void)index;
    return 0;
}

int table_undo(struct frame *f, enum frame_type t, unsigned int *index)
{
    (void)f;
    (void)t;
    *index = 0;
    return 0;
}

void type_undo_later(mfn_t m)
{
    (void)m;
}

/* -- the model */

static bool is_filled(const uint8_t *p, size_t n, uint8_t byte)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != byte)
            return false;
    return true;
}

static size_t some_size(void)
{
    static const size_t sizes[] = {0,    1,    31,   32,   33,   64,   100,  1024, 1025,
                                   2015, 2016, 2017, 2048, 4095, 4096, 4097, 9000, 70000};

    return random() % 2 ? sizes[random() % (long)ARRAY_SIZE(sizes)] : (size_t)random() % 3000;
}

static bool take(unsigned int i)
{
    size_t bytes = some_size();
    bool pages = random() % 8 == 0;
    uint8_t *p;

    if (pages)
        bytes = PAGE_SIZE << random() % 4;
    if (pages && random() % 2)
        p = heap_alloc_pages_aligned((unsigned int)(bytes >> PAGE_SHIFT));
    else
        p = pages ? heap_alloc_pages((unsigned int)(bytes >> PAGE_SHIFT)) : heap_alloc(bytes);
    if (!p)
        return false;
    EXPECT(is_filled(p, bytes, 0) && !((uintptr_t)p & 15));
    EXPECT(bytes < PAGE_SIZE || !((uintptr_t)p & ~PAGE_MASK));
    EXPECT(heap_mfn(p).n + 1 == mapped[((uintptr_t)p - HEAP_START) >> PAGE_SHIFT]);
    blocks[i].p = p;
    blocks[i].bytes = bytes;
    blocks[i].pages = pages;
    blocks[i].fill = (uint8_t)random();
    memset(p, blocks[i].fill, bytes);
    return true;
}

static void give(unsigned int i)
{
    EXPECT(is_filled(blocks[i].p, blocks[i].bytes, blocks[i].fill));
    if (blocks[i].pages && random() % 2)
        heap_free_pages(blocks[i].p, (unsigned int)(blocks[i].bytes >> PAGE_SHIFT));
    else
        heap_free(blocks[i].p);
    blocks[i].p = NULL;
}

static void give_all(void)
{
    for (unsigned int i = 0; i < BLOCKS; i++)
        if (blocks[i].p)
            give(i);
}

static uint64_t pages_mapped(void)
{
    uint64_t n = 0;

    for (unsigned int i = 0; i < HEAP_PAGES; i++)
        n += mapped[i] != 0;
    return n;
}

static uint64_t tables_made(void)
{
    uint64_t n = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(tables); i++)
        n += tables[i];
    return n;
}

static void nothing_is_left(void)
{
    EXPECT(pages_mapped() == 0 && heap_frames() == tables_made());
    EXPECT(frames_free_count() == RAM_END - RAM_FIRST - tables_made());
    EXPECT(!machine_broken);
}

static void at_random(void)
{
    srandom(8);
    for (unsigned int step = 0; step < 20000 && !unit_broken; step++) {
        unsigned int i = (unsigned int)random() % BLOCKS;

        if (blocks[i].p)
            give(i);
        else
            EXPECT(take(i));
        if (step % 500 == 0)
            EXPECT(heap_frames() == pages_mapped() + tables_made());
    }
    give_all();
    heap_free(NULL);
    nothing_is_left();
}

/* The n-th allocation from now on fails; 0: none does. */
static void fail_at(unsigned int n)
{
    alloc_fault = (struct alloc_fault){.armed = true, .first = n, .last = n};
}

/* One allocation in a few fails: nobody else notices. */
static void made_to_fail(void)
{
    unsigned int failed = 0;

    for (unsigned int step = 0; step < 5000 && !unit_broken; step++) {
        unsigned int i = (unsigned int)random() % BLOCKS;

        fail_at((unsigned int)random() % 4);
        if (blocks[i].p)
            give(i);
        else
            failed += !take(i);
        fail_at(0);
    }
    EXPECT(failed > 300);
    give_all();
    nothing_is_left();
    for (unsigned int n = 1; n <= 3;
         n++) { /* an object of a new slab: it, address space, a frame */
        fail_at(n);
        EXPECT(!heap_alloc(100) && alloc_fault.calls == n);
    }
    for (unsigned int n = 1; n <= 3; n++) { /* address space and two frames */
        fail_at(n);
        EXPECT(!heap_alloc_pages(2) && alloc_fault.calls == n);
    }
    fail_at(0);
    nothing_is_left();
}

/* All frames taken: what can't be had is not half had. */
static void run_empty(void)
{
    unsigned int n = 0, runs = 0;
    void *p;

    static void *pages[RAM_END];

    while ((p = heap_alloc_pages(7)))
        pages[runs++] = p;
    EXPECT(frames_free_count() < 7);
    while (n < BLOCKS && take(n))
        n++;
    EXPECT(heap_frames() == pages_mapped() + tables_made());
    give_all();
    while (runs--)
        heap_free(pages[runs]);
    nothing_is_left();
    EXPECT(!heap_alloc_pages(0) && !heap_alloc_pages(HEAP_PAGES + 1));
    EXPECT(heap_area_take(HEAP_PAGES + 1, 1) == HEAP_AREA_FULL);
}

static void guards(void)
{
    uint8_t *p = heap_alloc_pages_aligned(8);
    uint64_t frames = frames_free_count();

    heap_unmap_guard(p + 4 * PAGE_SIZE);
    EXPECT(!mapped[((uintptr_t)p - HEAP_START) / PAGE_SIZE + 4] &&
           frames_free_count() == frames + 1);
}

/* -- permanent mappings */

static unsigned int walked;

static void count_kind(mfn_t m, enum permanent_kind kind, void *data)
{
    (void)m;
    walked += kind == *(enum permanent_kind *)data;
}

static void permanent(void)
{
    enum permanent_kind kind = PERMANENT_GRANT_TABLE;
    mfn_t m = frames_alloc(0, 64, 0);
    void *a, *b, *c;

    EXPECT(!owner_init(&owner, OWNER, 10) && !frames_assign(&owner, m, 0));
    EXPECT(permanent_map(m, OWNER + 1, kind, &a) == -EINVAL);
    EXPECT(!permanent_map(m, OWNER, kind, &a) && !permanent_map(m, OWNER, PERMANENT_VCPU_INFO, &b));
    EXPECT(a != b && mfn_eq(permanent_mfn(a), m) && mfn_eq(permanent_mfn(b), m));
    EXPECT(permanent_count(m) == 2 && frame_of(m)->refs == (FRAME_ALLOCATED | 3));
    EXPECT(frame_type_now(frame_of(m)) == TYPE_WRITABLE &&
           frame_get_type(m, OWNER, TYPE_L1) == -EINVAL);
    permanent_for_each(count_kind, &kind);
    EXPECT(walked == 1);
    permanent_unmap((char *)b + 64); /* any address in it */
    EXPECT(permanent_count(m) == 1 && frame_of(m)->refs == (FRAME_ALLOCATED | 2));
    for (unsigned int n = 1; n <= 2; n++) { /* its frame, address space; the list has room */
        fail_at(n);
        EXPECT(permanent_alloc(&owner, kind, &c) == -ENOMEM && alloc_fault.calls == n);
        EXPECT(owner.shared_pages == 0 && owner.tot_pages == 1);
    }
    fail_at(3);
    EXPECT(permanent_alloc(&owner, kind, &c) == 0 && alloc_fault.calls == 2);
    fail_at(0);
    EXPECT(owner.shared_pages == 1 && owner.tot_pages == 1 &&
           permanent_count(permanent_mfn(c)) == 1);
    EXPECT(is_filled(machine_pages[permanent_mfn(c).n], PAGE_SIZE, 0));
    m = permanent_mfn(c);
    EXPECT(frame_get(m, OWNER)); /* the owner maps it, too */
    permanent_free(c);
    EXPECT(owner.shared_pages == 1 && frame_of(m)->refs == 1);
    frame_put(frame_of(m));
    EXPECT(owner.shared_pages == 0 && !permanent_count(m));
    permanent_unmap(a);
    owner.dying = true;
    EXPECT(permanent_alloc(&owner, kind, &c) == -EINVAL && owner.tot_pages == 1);
}

/* More than a page of records: the list grows. */
static void many_permanent(void)
{
    mfn_t m = mfn(owner.list);
    static void *va[1100];
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(va); i++)
        EXPECT(!permanent_map(m, OWNER, PERMANENT_VCPU_INFO, &va[i]));
    EXPECT(permanent_count(m) == ARRAY_SIZE(va) &&
           frame_of(m)->refs == (FRAME_ALLOCATED | (1 + ARRAY_SIZE(va))));
    for (i = 0; i < ARRAY_SIZE(va); i++)
        permanent_unmap(va[i]);
    EXPECT(permanent_count(m) == 0 && frame_of(m)->refs == (FRAME_ALLOCATED | 1));
    EXPECT(frame_type_now(frame_of(m)) == TYPE_NONE && !machine_broken);
}

int main(void)
{
    machine_start(RAM_FIRST, RAM_END, 7);
    frames_release(RAM_FIRST, RAM_END, 0);
    RUN(at_random);
    RUN(made_to_fail);
    RUN(run_empty);
    RUN(permanent);
    RUN(many_permanent);
    RUN(guards);
    return UNIT_RESULT;
}
