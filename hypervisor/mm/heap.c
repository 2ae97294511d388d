/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the heap area: pages by first fit in a bitmap, small objects in slabs of one page for each
 * of some sizes.
 *
 * A run of pages is as long as it was asked for: the length is known from a second bitmap that
 * marks each run's last page. A freed page is given back only after every CPU has flushed it.
 */
#include "mm/heap.h"
#include "cpu/asm.h"
#include "cpu/mapping.h"
#include "cpu/spinlock.h"
#include "lib/bits.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "mm/alloc_fault.h"
#include "mm/heap_map.h"
#include "mm/tlb.h"

/*
 * From 256 on: what of a page is left beside the slab's record, in 11, 8, 7, 6, 5, 4, 3 and 2
 * parts.
 */
static const uint16_t sizes[] = {32, 64, 128, 256, 368, 496, 576, 672, 816, 1008, 1360, 2032};
#define SIZES ARRAY_SIZE(sizes)
#define LARGE 2032 /* objects beyond are pages */

struct slab { /* at the start of its page; objects follow */
    struct slab *next;
    uint16_t size, used;
    uint32_t free; /* offset of the first free object, 0: none */
};

static spinlock_t map_lock = SPINLOCK_INIT(RANK_MAPPING);
static spinlock_t slab_lock = SPINLOCK_INIT(RANK_OWNER);
static uint64_t used_map[BITMAP_WORDS(HEAP_PAGES)], end_map[BITMAP_WORDS(HEAP_PAGES)];
static struct slab *slabs[SIZES];
static uint64_t pages_in_use, tables_in_use;

static unsigned int page_of(const void *p)
{
    return (unsigned int)(((uintptr_t)p - HEAP_START) >> PAGE_SHIFT);
}

static void *page_address(unsigned int page)
{
    return (void *)(HEAP_START + (uint64_t)page * PAGE_SIZE);
}

/* Makes the L1 tables for a run of pages; map_lock held. */
static bool tables_ready(unsigned int first, unsigned int pages)
{
    unsigned int p;
    mfn_t m;

    for (p = first & ~511U; p < first + pages; p += PT_ENTRIES) {
        if (!heap_table_missing(p))
            continue;
        m = frames_alloc(0, 64, ALLOC_DIRTY);
        if (mfn_eq(m, MFN_INVALID))
            return false;
        heap_table_add(p, m);
        tables_in_use++;
    }
    return true;
}

unsigned int heap_area_take(unsigned int pages, unsigned int align)
{
    unsigned int first = 0, end, p;

    if (alloc_fails())
        return HEAP_AREA_FULL;
    spin_lock(&map_lock);
    for (;; first = ROUND_UP(end + 1, align)) {
        first = (unsigned int)ROUND_UP(bitmap_next_clear(used_map, HEAP_PAGES, first), align);
        if (first + pages > HEAP_PAGES) {
            first = HEAP_AREA_FULL;
            break;
        }
        end = bitmap_next_set(used_map, first + pages, first);
        if (end == first + pages)
            break;
    }
    if (first != HEAP_AREA_FULL && !tables_ready(first, pages))
        first = HEAP_AREA_FULL;
    if (first != HEAP_AREA_FULL) {
        for (p = first; p < first + pages; p++)
            bit_set_nonatomic(used_map, p);
        bit_set_nonatomic(end_map, first + pages - 1);
    }
    spin_unlock(&map_lock);
    return first;
}

void heap_area_give(unsigned int first, unsigned int pages)
{
    unsigned int p;

    spin_lock(&map_lock);
    for (p = first; p < first + pages; p++)
        bit_clear_nonatomic(used_map, p);
    bit_clear_nonatomic(end_map, first + pages - 1);
    spin_unlock(&map_lock);
}

static void *alloc_run(unsigned int pages, unsigned int align)
{
    unsigned int first, i;
    mfn_t m;

    if (!pages)
        return NULL;
    first = heap_area_take(pages, align);
    if (first == HEAP_AREA_FULL)
        return NULL;
    for (i = 0; i < pages; i++) {
        m = frames_alloc(0, 64, ALLOC_DIRTY);
        if (mfn_eq(m, MFN_INVALID))
            goto undo;
        heap_page_map(first + i, m, PTE_HV_DATA);
    }
    __atomic_add_fetch(&pages_in_use, pages, __ATOMIC_RELAXED);
    return memset(page_address(first), 0, pages * PAGE_SIZE);
undo: /* nobody else has seen these mappings */
    while (i--)
        frames_free(heap_page_unmap(first + i), 0);
    heap_area_give(first, pages);
    return NULL;
}

void *heap_alloc_pages(unsigned int pages)
{
    return alloc_run(pages, 1);
}

void *heap_alloc_pages_aligned(unsigned int pages)
{
    return alloc_run(pages, pages);
}

void heap_free_pages(void *p, unsigned int pages)
{
    unsigned int first = page_of(p), i;
    mfn_t m[16];

    while (pages) {
        unsigned int n = MIN(pages, ARRAY_SIZE(m));

        for (i = 0; i < n; i++)
            m[i] = heap_page_unmap(first + i);
        tlb_flush_all();
        for (i = 0; i < n; i++)
            frames_free(m[i], 0);
        /* each part is a run of its own from here on */
        heap_area_give(first, n);
        first += n;
        pages -= n;
        __atomic_sub_fetch(&pages_in_use, n, __ATOMIC_RELAXED);
    }
}

void heap_make_executable(void *p)
{
    heap_page_map(page_of(p), heap_page_mfn(page_of(p)), PTE_HV_TEXT);
    invlpg((uintptr_t)p);
}

void heap_unmap_guard(void *p)
{
    frames_free(heap_page_unmap(page_of(p)), 0);
}

mfn_t heap_mfn(const void *p)
{
    if ((uintptr_t)p >= IMAGE_START) /* the boot CPU's pages */
        return paddr_to_mfn(image_paddr(p));
    return heap_page_mfn(page_of(p));
}

static unsigned int size_class(size_t bytes)
{
    unsigned int c = 0;

    while (sizes[c] < bytes)
        c++;
    return c;
}

/*
 * A page cut into objects of `size` bytes, the first at the first multiple of 16 behind the header.
 */
static struct slab *slab_new(unsigned int size)
{
    struct slab *s = heap_alloc_pages(1);
    uint32_t at;

    if (!s)
        return NULL;
    s->size = (uint16_t)size;
    for (at = ROUND_UP(sizeof(*s), 16); at + size <= PAGE_SIZE; at += size) {
        *(uint32_t *)((char *)s + at) = s->free;
        s->free = at;
    }
    return s;
}

void *heap_alloc(size_t bytes)
{
    struct slab *s, *fresh = NULL;
    unsigned int c;
    void *p;

    if (bytes > LARGE)
        return heap_alloc_pages((unsigned int)DIV_ROUND_UP(bytes, PAGE_SIZE));
    if (alloc_fails())
        return NULL;
    c = size_class(bytes);
    for (;;) {
        spin_lock(&slab_lock);
        if (fresh) {
            fresh->next = slabs[c];
            slabs[c] = fresh;
        }
        for (s = slabs[c]; s && !s->free; s = s->next)
            ;
        if (s)
            break;
        spin_unlock(&slab_lock);
        fresh = slab_new(sizes[c]);
        if (!fresh)
            return NULL;
    }
    p = (char *)s + s->free;
    s->free = *(uint32_t *)p;
    s->used++;
    spin_unlock(&slab_lock);
    return memset(p, 0, s->size);
}

static void slab_free(struct slab *s, void *p)
{
    struct slab **link;
    bool empty;

    spin_lock(&slab_lock);
    *(uint32_t *)p = s->free;
    s->free = (uint32_t)((uintptr_t)p & ~PAGE_MASK);
    empty = --s->used == 0;
    if (empty) {
        for (link = &slabs[size_class(s->size)]; *link != s; link = &(*link)->next)
            ;
        *link = s->next;
    }
    spin_unlock(&slab_lock);
    if (empty)
        heap_free_pages(s, 1);
}

void heap_free(void *p)
{
    unsigned int page, n = 1;

    if (!p)
        return;
    if ((uintptr_t)p & ~PAGE_MASK) {
        slab_free((struct slab *)((uintptr_t)p & PAGE_MASK), p);
        return;
    }
    for (page = page_of(p); !bit_test(end_map, page + n - 1); n++)
        ;
    heap_free_pages(p, n);
}

void heap_for_each_page(void (*fn)(unsigned int page, mfn_t m, void *data), void *data)
{
    unsigned int page;

    for (page = bitmap_next_set(used_map, HEAP_PAGES, 0); page < HEAP_PAGES;
         page = bitmap_next_set(used_map, HEAP_PAGES, page + 1))
        fn(page, heap_page_mfn(page), data);
}

uint64_t heap_frames(void)
{
    return READ_ONCE(pages_in_use) + READ_ONCE(tables_in_use);
}
