/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory while the machine boots: firmware's maps with overlaps, against a model of each piece;
 * what is taken out of it and given back; the frame table made from it.
 */
#include <stdlib.h>
#include <string.h>

#include "cpu/mapping.h"
#include "mm/alloc.h"
#include "mm/boot_memory.h"
#include "mm/heap.h"
#include "mm_machine.h"
#include "unit.h"

#define UNIT  0x800 /* half pages: ranges need not end with a page */
#define UNITS (MACHINE_FRAMES * 2)

static uint8_t model[UNITS]; /* type of each piece; 0: none */
static bool taken[MACHINE_FRAMES];
static bool large_pages;

/* -- mappings: the tables are arrays already */

void mapping_boot_map(uint64_t va, mfn_t m, uint64_t flags, bool large)
{
    (void)va;
    (void)flags;
    large_pages |= large;
    if (m.n >= MACHINE_FRAMES || taken[m.n])
        machine_break("a table lies in a frame that is not its own");
}

void *boot_identity(paddr_t pa)
{
    return machine_pages[pa.a >> PAGE_SHIFT];
}

void *device_map(paddr_t pa, size_t bytes)
{
    (void)bytes;
    return machine_pages[pa.a >> PAGE_SHIFT];
}

void *heap_alloc(size_t bytes)
{
    return calloc(1, bytes);
}

void heap_free(void *p)
{
    free(p);
}

/* -- the map */

static unsigned int worse(unsigned int a, unsigned int b)
{
    static const uint8_t rank[] = {0, 1, 4, 2, 3, 5, 4, 4};

    return rank[b] > rank[a] ? b : a;
}

static void add(uint64_t first, uint64_t end, unsigned int type)
{
    EXPECT(memory_map_add(first * UNIT, end * UNIT, type));
    for (uint64_t i = first; i < end; i++)
        model[i] = (uint8_t)worse(model[i], type);
}

static void fresh(void)
{
    memory_ranges = 0;
    ram_frames = frame_limit = 0;
    memset(model, 0, sizeof(model));
}

static bool frame_is_ram(uint64_t n)
{
    return model[2 * n] == MEMORY_RAM && model[2 * n + 1] == MEMORY_RAM;
}

/* In order, without overlaps, not two where one would do, and all of it as the model says. */
static void check_map(void)
{
    uint64_t at = 0, frames = 0;

    for (unsigned int i = 0; i < memory_ranges; i++) {
        const struct memory_range *r = &memory_map[i];

        EXPECT(r->start < r->end && r->start >= at && r->end <= UNITS * UNIT);
        EXPECT(!i || r->start > at || r->type != memory_map[i - 1].type);
        for (; at < r->start; at += UNIT)
            EXPECT(!model[at / UNIT]);
        for (; at < r->end; at += UNIT)
            EXPECT(model[at / UNIT] == r->type);
    }
    for (; at < UNITS * UNIT; at += UNIT)
        EXPECT(!model[at / UNIT]);
    for (uint64_t n = 0; n < MACHINE_FRAMES; n++)
        frames += frame_is_ram(n);
    EXPECT(ram_frames == frames);
}

/* Nothing of the boot's is kept by the test: all that is free is taken. */
static void take_all(void)
{
    boot_memory_reserve(0, UNITS * UNIT);
    EXPECT(mfn_eq(boot_alloc_frames(1, PAGE_SIZE), MFN_INVALID));
}

static void maps_at_random(void)
{
    static const uint8_t types[] = {1, 1, 1, 2, 2, 3, 4, 5, 7};

    srandom(11);
    for (unsigned int n = 0; n < 300; n++) {
        fresh();
        for (unsigned int i = 1 + (unsigned int)random() % 20; i; i--) {
            uint64_t first = (uint64_t)random() % UNITS,
                     size = (uint64_t)random() % (random() % 2 ? 20 : UNITS);

            if (first < MIN(first + size, UNITS))
                add(first, MIN(first + size, UNITS), types[random() % (long)sizeof(types)]);
        }
        memory_map_sort();
        check_map();
        take_all();
    }
}

/* A reserved range over several of RAM: none of them is usable, not only the first. */
static void one_over_many(void)
{
    fresh();
    add(0, 200, MEMORY_RESERVED);
    add(20, 40, MEMORY_RAM);
    add(60, 180, MEMORY_RAM);
    add(190, 400, MEMORY_RAM);
    memory_map_sort();
    check_map();
    EXPECT(memory_ranges == 2 && ram_frames == 100);
    take_all();
    fresh();
    add(0, 400, MEMORY_RAM);
    add(100, 110, MEMORY_ACPI);
    memory_map_sort();
    check_map();
    EXPECT(memory_ranges == 3 && ram_frames == 195);
    take_all();
}

/* More pieces than the map has room for: what is left out is not used. */
static void too_many(void)
{
    fresh();
    add(0, 1000, MEMORY_RAM);
    for (unsigned int i = 0; i < MEMORY_RANGES - 1; i++)
        add(2 + i * 4, 4 + i * 4, MEMORY_RESERVED);
    EXPECT(!memory_map_add(0, 1, MEMORY_RAM) && memory_map_add(1, 1, MEMORY_RAM));
    memory_map_sort();
    EXPECT(memory_ranges == MEMORY_RANGES && ram_frames == MEMORY_RANGES / 2);
    take_all();
}

/* -- what is taken: nothing twice, nothing that is no RAM */

static void reserve(uint64_t first, uint64_t end)
{
    boot_memory_reserve(first * PAGE_SIZE + 5, end * PAGE_SIZE - 5);
    for (; first < end; first++)
        taken[first] = true;
}

static void allocate(uint64_t frames, uint64_t align)
{
    mfn_t m = boot_alloc_frames(frames, align * PAGE_SIZE);

    EXPECT(!mfn_eq(m, MFN_INVALID) && !(m.n % align));
    for (uint64_t i = m.n; i < m.n + frames; i++) {
        EXPECT(i < MACHINE_FRAMES && frame_is_ram(i) && !taken[i]);
        taken[i] = true;
    }
}

static uint64_t free_frames(void)
{
    uint64_t n = 0;

    for (uint64_t i = 0; i < MACHINE_FRAMES; i++)
        n += frame_is_ram(i) && !taken[i];
    return n;
}

static void tables(void)
{
    uint64_t before, used;
    mfn_t m;

    machine_start(0, 0, 0);
    fresh();
    memset(machine_frames, 0, MACHINE_FRAMES * sizeof(struct frame));
    add(0, 318, MEMORY_RAM); /* 159 frames, as below the BIOS */
    add(318, 512, MEMORY_RESERVED);
    add(512, 7000, MEMORY_RAM);
    add(4001, 4003, MEMORY_NVS);
    memory_map_sort();
    check_map();
    reserve(0, 1);
    reserve(300, 400);
    reserve(3000, 3001);
    allocate(1, 1);
    allocate(64, 64);
    allocate(3, 16);
    EXPECT(mfn_eq(boot_alloc_frames(4000, PAGE_SIZE), MFN_INVALID));
    before = free_frames();
    frame_table_init();
    used = before - frames_free_count(); /* by the tables */
    EXPECT(used >= 1 + 7 * 3 + 7 * 1 && used < 60 && !large_pages && !machine_broken);
    for (uint64_t n = 0; n < MACHINE_FRAMES; n++) {
        const struct frame *f = frame_of(mfn(n));

        EXPECT(mfn_valid(mfn(n)) == (n < 3500));
        if (!mfn_valid(mfn(n)))
            continue;
        EXPECT(f->owner == (frame_is_ram(n) ? DOMID_XEN : DOMID_IO));
        EXPECT(!(f->flags & FRAME_RAM) == !frame_is_ram(n) &&
               (!taken[n] || f->refs == FRAME_ALLOCATED));
        EXPECT(machine_m2p[n] == ~0UL);
    }
    boot_memory_release(300 * PAGE_SIZE + 1, 400 * PAGE_SIZE);
    EXPECT(frames_free_count() == before - used + 99);
    while (!mfn_eq(m = frames_alloc(0, 64, 0), MFN_INVALID)) {
        EXPECT(frame_is_ram(m.n) && (!taken[m.n] || (m.n > 300 && m.n < 400)));
        taken[m.n] = true;
    }
    EXPECT(!frames_free_count());
}

int main(void)
{
    RUN(maps_at_random);
    RUN(one_over_many);
    RUN(too_many);
    RUN(tables);
    return UNIT_RESULT;
}
