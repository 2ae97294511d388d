/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the firmware's memory map and what of it is free while booting. One CPU, no locks.
 */
#include "mm/boot_memory.h"
#include "cpu/mapping.h"
#include "lib/bits.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "lib/upcall.h"
#include "mm/alloc.h"
#include "mm/frame.h"
#include "mm/type_word.h"

struct memory_range memory_map[MEMORY_RANGES];
unsigned int memory_ranges;
#define HOLE_PAGES (FRAMES_PER_SECTION * sizeof(struct frame) / PAGE_SIZE)
_Static_assert(HOLE_PAGES *PAGE_SIZE == FRAMES_PER_SECTION * sizeof(struct frame), "whole pages");

uint64_t ram_frames;

static struct memory_range free_ranges[MEMORY_RANGES] __initdata;
static unsigned int free_count __initdata;
static struct memory_range given_ranges[MEMORY_RANGES] __initdata; /* as the firmware has them */

uint64_t *frame_sections;
uint64_t frame_limit;

bool memory_map_add(uint64_t start, uint64_t end, uint32_t type)
{
    if (start >= end || memory_ranges == MEMORY_RANGES)
        return start >= end;
    memory_map[memory_ranges++] = (struct memory_range){start, end, type};
    return true;
}

/* Of two ranges that overlap the one of greater rank counts. */
static unsigned int rank(uint32_t type)
{
    switch (type) {
    case MEMORY_RAM:
        return 1;
    case MEMORY_ACPI:
        return 2;
    case MEMORY_NVS:
        return 3;
    case MEMORY_BAD:
        return 5;
    default:
        return 4;
    }
}

/*
 * What is at `at` in the first n of given_ranges (type 0: nothing), up to where. False: nothing is
 * there or behind.
 */
static bool piece_at(unsigned int n, uint64_t at, struct memory_range *piece)
{
    unsigned int i;

    *piece = (struct memory_range){at, ~0UL, 0};
    for (i = 0; i < n; i++) {
        const struct memory_range *r = &given_ranges[i];

        if (r->end <= at)
            continue;
        piece->end = MIN(piece->end, r->start > at ? r->start : r->end);
        if (r->start <= at && (!piece->type || rank(r->type) > rank(piece->type)))
            piece->type = r->type;
    }
    return piece->end != ~0UL || piece->type;
}

/* Bound: two pieces a range, each found by looking at all ranges. */
void memory_map_sort(void)
{
    unsigned int given = memory_ranges, i;
    struct memory_range piece, *last = NULL;

    memcpy(given_ranges, memory_map, given * sizeof(*memory_map));
    memory_ranges = free_count = 0;
    for (piece.end = 0; piece_at(given, piece.end, &piece);) {
        if (!piece.type)
            continue;
        if (last && last->type == piece.type && last->end == piece.start) {
            last->end = piece.end;
        } else {
            if (memory_ranges == MEMORY_RANGES)
                break; /* what is not in the map is not used */
            last = &memory_map[memory_ranges++];
            *last = piece;
        }
    }
    for (i = 0; i < memory_ranges; i++) {
        uint64_t first = ROUND_UP(memory_map[i].start, PAGE_SIZE) >> PAGE_SHIFT;
        uint64_t end = memory_map[i].end >> PAGE_SHIFT;

        if (memory_map[i].type != MEMORY_RAM || first >= end)
            continue;
        ram_frames += end - first;
        frame_limit = MAX(frame_limit, end);
        free_ranges[free_count++] =
            (struct memory_range){first << PAGE_SHIFT, end << PAGE_SHIFT, MEMORY_RAM};
    }
}

void boot_memory_reserve(uint64_t start, uint64_t end)
{
    unsigned int i;

    start &= PAGE_MASK;
    end = ROUND_UP(end, PAGE_SIZE);
    for (i = 0; i < free_count; i++) {
        struct memory_range *r = &free_ranges[i];

        if (r->end <= start || r->start >= end)
            continue;
        if (r->start < start && r->end > end) {
            BUG_ON(free_count == MEMORY_RANGES);
            free_ranges[free_count++] = (struct memory_range){end, r->end, MEMORY_RAM};
            r->end = start;
        } else if (r->start < start) {
            r->end = start;
        } else if (r->end > end) {
            r->start = end;
        } else {
            r->end = r->start;
        }
    }
}

mfn_t boot_alloc_frames(uint64_t frames, uint64_t align)
{
    uint64_t bytes = frames << PAGE_SHIFT, best = 0;
    unsigned int i;

    for (i = 0; i < free_count; i++) {
        uint64_t end = MIN(free_ranges[i].end, 1UL << 32);
        uint64_t at = end < bytes ? 0 : ROUND_DOWN(end - bytes, align);

        if (end >= bytes && at >= free_ranges[i].start)
            best = MAX(best, at);
    }
    if (!best)
        return MFN_INVALID;
    boot_memory_reserve(best, best + bytes);
    return paddr_to_mfn(paddr(best));
}

mfn_t table_frame_alloc(void)
{
    mfn_t m = boot_alloc_frames(1, PAGE_SIZE);

    if (mfn_eq(m, MFN_INVALID))
        panic("no memory below 4 GiB for the hypervisor's page tables");
    memset(boot_identity(mfn_to_paddr(m)), 0, PAGE_SIZE);
    return m;
}

/*
 * Whether the records of all frames behind the 2 MiB at `offset` of a table with records of `size`
 * bytes exist.
 */
static bool large_page_useful(uint64_t offset, uint64_t size)
{
    uint64_t first = offset / size, last = (offset + (2UL << 20) - 1) / size;
    uint64_t s;

    if (last >= frame_limit)
        return false;
    for (s = first / FRAMES_PER_SECTION; s <= last / FRAMES_PER_SECTION; s++) {
        if (!(frame_sections[s / 64] >> (s % 64) & 1))
            return false;
    }
    return true;
}

/*
 * Backs the part of a table (records of `size` bytes) that belongs to a section; 4 KiB pages, or 2
 * MiB where all of it is used.
 */
static void table_back(uint64_t section, uint64_t table, uint64_t view, uint64_t size, int fill)
{
    static uint64_t backed[2] __initdata; /* up to which offset; sections come in order */
    uint64_t *done = &backed[size == 8];
    uint64_t at = ROUND_DOWN(section * FRAMES_PER_SECTION * size, PAGE_SIZE);
    uint64_t end = ROUND_UP((section + 1) * FRAMES_PER_SECTION * size, PAGE_SIZE);
    mfn_t m;

    for (at = MAX(at, *done); at < end;) {
        bool large = !(at & ((2UL << 20) - 1)) && large_page_useful(at, size);
        uint64_t step = large ? 2UL << 20 : PAGE_SIZE;

        m = boot_alloc_frames(step >> PAGE_SHIFT, step);
        if (mfn_eq(m, MFN_INVALID) && large) {
            large = false;
            step = PAGE_SIZE;
            m = boot_alloc_frames(1, PAGE_SIZE);
        }
        if (mfn_eq(m, MFN_INVALID))
            panic("no memory below 4 GiB for the frame table");
        mapping_boot_map(table + at, m, PTE_HV_DATA | PTE_G, large);
        if (view)
            mapping_boot_map(view + at, m, PTE_HV_RODATA | PTE_U, large);
        memset((void *)(table + at), fill, step);
        at += step;
    }
    *done = MAX(*done, at);
}

static void sections_find(void)
{
    uint64_t words = BITMAP_WORDS(DIV_ROUND_UP(frame_limit, FRAMES_PER_SECTION));
    mfn_t m = boot_alloc_frames(DIV_ROUND_UP(words * 8, PAGE_SIZE), PAGE_SIZE);
    unsigned int i;
    uint64_t s;

    if (mfn_eq(m, MFN_INVALID))
        panic("no memory for the frame table");
    frame_sections = device_map(mfn_to_paddr(m), words * 8);
    memset(frame_sections, 0, words * 8);
    for (i = 0; i < memory_ranges; i++) {
        if (memory_map[i].type != MEMORY_RAM)
            continue;
        for (s = memory_map[i].start >> 21; s <= (memory_map[i].end - 1) >> 21 && s < words * 64;
             s++)
            frame_sections[s / 64] |= 1UL << (s % 64);
    }
}

static void record_no_ram(struct frame *f)
{
    f->owner = DOMID_IO;
    f->refs = 1;
    f->type = type_idle(TYPE_NONE, 0);
}

/* A section's records fill whole pages: those of all sections without RAM are the same ones. */
static void hole_back(uint64_t section)
{
    static mfn_t hole[HOLE_PAGES] __initdata;
    static bool made __initdata;
    uint64_t at = FRAME_TABLE_START + section * HOLE_PAGES * PAGE_SIZE;
    unsigned int i;

    for (i = 0; i < HOLE_PAGES; i++) {
        if (!made)
            hole[i] = table_frame_alloc();
        mapping_boot_map(at + i * PAGE_SIZE, hole[i], made ? PTE_HV_RODATA | PTE_G : PTE_HV_DATA,
                         false);
    }
    if (made)
        return;
    made = true;
    for (i = 0; i < FRAMES_PER_SECTION; i++)
        record_no_ram(&frame_table[section * FRAMES_PER_SECTION + i]);
}

/*
 * Every frame with a record starts as no RAM, or as the hypervisor's; what is free is given away
 * afterwards.
 */
static void records_init(void)
{
    unsigned int i;
    uint64_t n, s;

    for (s = 0; s * FRAMES_PER_SECTION < frame_limit; s++) {
        if (!mfn_recorded(mfn(s * FRAMES_PER_SECTION)))
            continue;
        for (n = s * FRAMES_PER_SECTION; n < (s + 1) * FRAMES_PER_SECTION; n++)
            record_no_ram(&frame_table[n]);
    }
    for (i = 0; i < memory_ranges; i++) {
        if (memory_map[i].type != MEMORY_RAM)
            continue;
        for (n = ROUND_UP(memory_map[i].start, PAGE_SIZE) >> PAGE_SHIFT;
             n < memory_map[i].end >> PAGE_SHIFT; n++) {
            frame_table[n].owner = DOMID_XEN;
            frame_table[n].refs = FRAME_ALLOCATED;
            frame_table[n].flags = FRAME_RAM;
        }
    }
}

void frame_table_init(void)
{
    unsigned int i;
    uint64_t s;

    sections_find();
    for (s = 0; s * FRAMES_PER_SECTION < frame_limit; s++) {
        if (!mfn_recorded(mfn(s * FRAMES_PER_SECTION))) {
            hole_back(s);
            continue;
        }
        table_back(s, FRAME_TABLE_START, 0, sizeof(struct frame), 0);
        table_back(s, M2P_RW_START, M2P_RO_START, 8, 0xff);
    }
    records_init();
    for (i = 0; i < free_count; i++)
        frames_release(free_ranges[i].start >> PAGE_SHIFT, free_ranges[i].end >> PAGE_SHIFT, 0);
    free_count = 0;
}

void boot_memory_release(uint64_t start, uint64_t end)
{
    frames_release(ROUND_UP(start, PAGE_SIZE) >> PAGE_SHIFT, end >> PAGE_SHIFT, FRAME_DIRTY);
}
