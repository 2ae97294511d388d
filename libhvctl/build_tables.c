/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The first page tables and the p2m.  Tables are written as plain memory while they are nothing
 * else; the mapping must be gone before the L4 is pinned, since a table may not be writable
 * anywhere.  Tables show themselves to the guest read-only.
 */
#include <errno.h>
#include <string.h>

#include "build.h"

#define ENTRY_P  0x01ULL
#define ENTRY_RW 0x02ULL
#define ENTRY_U  0x04ULL
#define ENTRY_A  0x20ULL
#define ENTRY_D  0x40ULL

#define FLAGS_TABLE (ENTRY_P | ENTRY_RW | ENTRY_U | ENTRY_A | ENTRY_D)
#define ENTRIES     512

/* Tables of one area: an array of pages that is handed out from the front. */
struct tables {
    const struct build *b;
    uint64_t (*page)[ENTRIES];
    uint64_t pfn; /* of the first */
    uint64_t used, count;
};

static unsigned int index_of(uint64_t va, unsigned int level)
{
    return (unsigned int)(va >> (12 + 9 * (level - 1))) % ENTRIES;
}

static bool is_table(const struct layout *l, uint64_t pfn)
{
    uint64_t p2m_tables = l->p2m_pfn + l->p2m_pages;

    return (pfn >= l->tables_pfn && pfn < l->tables_pfn + l->table_pages) ||
           (pfn >= p2m_tables && pfn < p2m_tables + l->p2m_table_pages);
}

/* The table that an entry leads to; a new one where it is empty.  The layout counted them. */
static uint64_t *below(struct tables *t, uint64_t *entry, unsigned int *last)
{
    if (!*entry) {
        *entry = t->b->p2m[t->pfn + t->used] << PAGE_SHIFT | FLAGS_TABLE;
        *last = (unsigned int)t->used++;
    }
    return t->page[*last];
}

/* Maps count frames from pfn on at va.  Each level's newest table is the one that va needs. */
static void map_range(struct tables *t, uint64_t *l4, uint64_t va, uint64_t pfn, uint64_t count)
{
    const struct layout *l = &t->b->layout;
    unsigned int last[4] = {0};

    while (count) {
        uint64_t *l3 = below(t, &l4[index_of(va, 4)], &last[3]);
        uint64_t *l2 = below(t, &l3[index_of(va, 3)], &last[2]);
        uint64_t *l1 = below(t, &l2[index_of(va, 2)], &last[1]);

        for (unsigned int i = index_of(va, 1); i < ENTRIES && count; i++, count--, pfn++) {
            uint64_t flags = is_table(l, pfn) ? FLAGS_TABLE & ~ENTRY_RW : FLAGS_TABLE;

            l1[i] = t->b->p2m[pfn] << PAGE_SHIFT | flags;
            va += PAGE_SIZE;
        }
    }
}

static int write_p2m(struct build *b)
{
    const struct layout *l = &b->layout;
    void *p2m;
    int error = build_map(b, l->p2m_pfn, l->p2m_pages, &p2m);

    if (!error) {
        memcpy(p2m, b->p2m, b->pages * sizeof(*b->p2m));
        machine_unmap(p2m, l->p2m_pages);
    }
    return error;
}

static int write_tables(struct build *b)
{
    const struct layout *l = &b->layout;
    struct tables main = {.b = b, .pfn = l->tables_pfn, .used = 1, .count = l->table_pages};
    struct tables p2m = {.b = b, .pfn = l->p2m_pfn + l->p2m_pages, .count = l->p2m_table_pages};
    uint64_t mapped = l->mapped_pages < l->pages ? l->mapped_pages : l->pages;
    void *at, *p2m_at;
    int error = build_map(b, main.pfn, main.count, &at);

    if (error) {
        return error;
    }
    main.page = at;
    map_range(&main, main.page[0], l->virt_base, 0, mapped);
    if (p2m.count) {
        error = build_map(b, p2m.pfn, p2m.count, &p2m_at);
    }
    if (p2m.count && !error) {
        p2m.page = p2m_at;
        map_range(&p2m, main.page[0], l->p2m_va, l->p2m_pfn, l->p2m_pages);
        machine_unmap(p2m_at, p2m.count);
    }
    machine_unmap(at, main.count);
    return error;
}

static int pin(struct build *b)
{
    struct mmuext_op *op = calls_room(b->h, sizeof(*op));
    long result;

    memset(op, 0, sizeof(*op));
    op->cmd = MMUEXT_PIN_L4_TABLE;
    op->arg1.mfn = b->p2m[b->layout.tables_pfn];
    result = calls_plain(b->h, __HYPERVISOR_mmuext_op, (uintptr_t)op, 1, 0, b->domid);
    calls_done(b->h);
    return result < 0 ? calls_fail(b->h, result, "the guest's first page tables are refused") : 0;
}

int build_tables(struct build *b)
{
    int error = hvctl_progress(b->h, "making the guest's page tables", 0, 0);

    if (!error) {
        error = write_p2m(b);
    }
    if (!error) {
        error = write_tables(b);
    }
    return error ? error : pin(b);
}
