/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the list: an array of records that grows by a page. list_lock (RANK_OWNER) protects it.
 */
#include "mm/permanent.h"
#include "cpu/mapping.h"
#include "cpu/pte.h"
#include "lib/errno.h"
#include "mm/alloc.h"
#include "mm/heap.h"
#include "mm/heap_map.h"
#include "mm/tlb.h"
#include "mm/type.h"

struct record {
    uint32_t page; /* of the heap area, plus one; 0: unused */
    uint8_t kind;
};

struct record_page {
    struct record_page *next;
    struct record records[(PAGE_SIZE - 8) / sizeof(struct record)];
};

static spinlock_t list_lock = SPINLOCK_INIT(RANK_OWNER);
static struct record_page *list;

static struct record *record_find(uint32_t page)
{
    struct record_page *p;
    unsigned int i;

    for (p = list; p; p = p->next) {
        for (i = 0; i < ARRAY_SIZE(p->records); i++) {
            if (p->records[i].page == page)
                return &p->records[i];
        }
    }
    return NULL;
}

static bool record_add(uint32_t page, enum permanent_kind kind)
{
    struct record_page *fresh = NULL;
    struct record *r;

    for (;;) {
        spin_lock(&list_lock);
        if (fresh) {
            fresh->next = list;
            list = fresh;
        }
        r = record_find(0);
        if (r)
            *r = (struct record){page + 1, (uint8_t)kind};
        spin_unlock(&list_lock);
        if (r)
            return true;
        fresh = heap_alloc_pages(1);
        if (!fresh)
            return false;
    }
}

/* The frame has a use and a reference that become the list's. */
static int map_used(mfn_t m, enum permanent_kind kind, void **va)
{
    unsigned int page = heap_area_take(1, 1);

    if (page == HEAP_AREA_FULL)
        return -ENOMEM;
    if (!record_add(page, kind)) {
        heap_area_give(page, 1);
        return -ENOMEM;
    }
    heap_page_map(page, m, PTE_HV_DATA);
    *va = (void *)(HEAP_START + (uint64_t)page * PAGE_SIZE);
    return 0;
}

int permanent_map(mfn_t m, domid_t owner, enum permanent_kind kind, void **va)
{
    int rc = frame_get_type(m, owner, TYPE_WRITABLE);

    if (rc)
        return rc;
    rc = map_used(m, kind, va);
    if (rc)
        frame_put_type(frame_of(m));
    return rc;
}

static mfn_t unmap(void *va)
{
    unsigned int page = (unsigned int)(((uintptr_t)va - HEAP_START) >> PAGE_SHIFT);
    mfn_t m = heap_page_unmap(page);
    struct record *r;

    tlb_flush_all();
    spin_lock(&list_lock);
    r = record_find(page + 1);
    r->page = 0;
    spin_unlock(&list_lock);
    heap_area_give(page, 1);
    return m;
}

void permanent_unmap(void *va)
{
    frame_put_type(frame_of(unmap((void *)((uintptr_t)va & PAGE_MASK))));
}

int permanent_alloc(struct owner *o, enum permanent_kind kind, void **va)
{
    mfn_t m = frames_alloc(0, 64, ALLOC_ZERO);
    int rc;

    if (mfn_eq(m, MFN_INVALID))
        return -ENOMEM;
    rc = frame_share(o, m);
    if (rc) {
        frames_free(m, 0);
        return rc;
    }
    rc = permanent_map(m, o->id, kind, va);
    if (rc && frame_disown(frame_of(m)))
        frame_put(frame_of(m));
    return rc;
}

void permanent_free(void *va)
{
    struct frame *f = frame_of(permanent_mfn(va));

    permanent_unmap(va);
    if (frame_disown(f))
        frame_put(f);
}

mfn_t permanent_mfn(const void *va)
{
    return heap_mfn(va);
}

struct count {
    mfn_t m;
    unsigned int n;
};

static void count_one(mfn_t m, enum permanent_kind kind, void *data)
{
    struct count *c = data;

    (void)kind;
    c->n += mfn_eq(m, c->m);
}

unsigned int permanent_count(mfn_t m)
{
    struct count c = {m, 0};

    permanent_for_each(count_one, &c);
    return c.n;
}

void permanent_for_each(void (*fn)(mfn_t m, enum permanent_kind kind, void *data), void *data)
{
    struct record_page *p;
    unsigned int i;

    for (p = list; p; p = p->next) {
        for (i = 0; i < ARRAY_SIZE(p->records); i++) {
            if (p->records[i].page)
                fn(heap_page_mfn(p->records[i].page - 1), p->records[i].kind, data);
        }
    }
}
