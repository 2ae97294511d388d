/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control domain's kernel as a file: an ELF image with notes, whole, cut at every length and
 * with every byte changed; and where everything is placed in the domain's memory.
 */
#include <stdlib.h>
#include <string.h>
#include <xen/elfnote.h>

#include "dom0/layout.h"
#include "unit.h"

#define NOTES_AT 0x200
#define LOAD_AT  0x400
#define BYTES    0x600

static uint8_t file[BYTES];
static unsigned int notes_end;
static struct elf_kernel k;

static void put(unsigned int at, uint64_t v, unsigned int bytes)
{
    memcpy(file + at, &v, bytes);
}

static void note_of(const char *name, unsigned int name_bytes, uint32_t type, const void *value,
                    unsigned int bytes)
{
    put(notes_end, name_bytes, 4);
    put(notes_end + 4, bytes, 4);
    put(notes_end + 8, type, 4);
    memcpy(file + notes_end + 12, name, name_bytes);
    memcpy(file + notes_end + 12 + ROUND_UP(name_bytes, 4), value, bytes);
    notes_end += 12 + (unsigned int)(ROUND_UP(name_bytes, 4) + ROUND_UP(bytes, 4));
}

static void note(uint32_t type, const void *value, unsigned int bytes)
{
    note_of("Xen", 4, type, value, bytes);
}

static void note64(uint32_t type, uint64_t v)
{
    note(type, &v, 8);
}

static void segment(unsigned int n, uint32_t type, uint64_t offset, uint64_t pa, uint64_t in_file,
                    uint64_t in_memory)
{
    unsigned int at = 64 + n * 56;

    put(at, type, 4);
    put(at + 8, offset, 8);
    put(at + 16, pa + 0xffffffff80000000, 8);
    put(at + 24, pa, 8);
    put(at + 32, in_file, 8);
    put(at + 40, in_memory, 8);
}

static void notes_close(void)
{
    segment(0, 4, NOTES_AT, 0, notes_end - NOTES_AT, notes_end - NOTES_AT);
}

/* The start of a file: header, three segments, no note yet. */
static void begin(void)
{
    memset(file, 0, sizeof(file));
    memcpy(file, "\177ELF\2\1\1", 7);
    put(16, 2, 2);
    put(18, 62, 2);
    put(24, 0x1000200, 8); /* entry */
    put(32, 64, 8);        /* table of segments */
    put(54, 56, 2);
    put(56, 3, 2);
    segment(1, 1, LOAD_AT, 0x1000000, 0x100, 0x1000);
    segment(2, 1, LOAD_AT + 0x100, 0x1200000, 0x100, 0x200000);
    notes_end = NOTES_AT;
}

static void good(void)
{
    uint32_t one = 1;

    begin();
    note_of("GNU", 4, 3, "0123456789abcdef", 16);
    note(XEN_ELFNOTE_GUEST_OS, "linux", 6);
    note(XEN_ELFNOTE_XEN_VERSION, "xen-3.0", 8);
    note64(XEN_ELFNOTE_VIRT_BASE, 0xffffffff80000000);
    note64(XEN_ELFNOTE_PADDR_OFFSET, 0);
    note64(XEN_ELFNOTE_INIT_P2M, 0x8000000000);
    note64(XEN_ELFNOTE_ENTRY, 0xffffffff81345678);
    note64(XEN_ELFNOTE_HYPERCALL_PAGE, 0xffffffff81000000);
    note(XEN_ELFNOTE_MOD_START_PFN, &one, 4);
    note(XEN_ELFNOTE_LOADER, "generic", 8);
    notes_close();
}

static const char *parse(void)
{
    return elf_parse(file, sizeof(file), &k);
}

static void whole(void)
{
    good();
    EXPECT(!parse() && k.is_pv && k.segments == 2 && k.start == 0x1000000 && k.end == 0x1400000);
    EXPECT(k.segment[1].offset == LOAD_AT + 0x100 && k.segment[1].file_bytes == 0x100);
    EXPECT(k.entry == 0xffffffff81345678 && k.has_virt_base && k.virt_base == 0xffffffff80000000);
    EXPECT(k.has_init_p2m && k.init_p2m == 0x8000000000 && k.mod_start_pfn && !k.paddr_offset);
    EXPECT(k.has_hypercall_page && k.hypercall_page == 0xffffffff81000000);
    EXPECT(!strcmp(k.guest_os, "linux") && !strcmp(k.loader, "generic"));
}

/* Each part of the file has its sentence when it is missing or wrong. */
static void what_is_wrong(void)
{
    good();
    file[0] = 0;
    EXPECT(strstr(parse(), "no ELF"));
    good();
    file[4] = 1;
    EXPECT(strstr(parse(), "64-bit"));
    good();
    put(18, 183, 2);
    EXPECT(strstr(parse(), "64-bit"));
    begin();
    notes_close();
    EXPECT(strstr(parse(), "no PV kernel"));
    good();
    segment(1, 0, 0, 0, 0, 0);
    segment(2, 1, 0, 0, 0, 0);
    EXPECT(strstr(parse(), "nothing to load"));
    good();
    note(XEN_ELFNOTE_LOADER, "other", 6);
    notes_close();
    EXPECT(strstr(parse(), "loader"));
    good();
    note(XEN_ELFNOTE_ENTRY, "abc", 3);
    notes_close();
    EXPECT(strstr(parse(), "ENTRY"));
    good();
    note64(XEN_ELFNOTE_ENTRY, 0xffff800000001000); /* the last note of a kind counts */
    notes_close();
    EXPECT(strstr(parse(), "begins at"));
    good();
    note64(XEN_ELFNOTE_ENTRY, 0xffffffff81400000);
    notes_close();
    EXPECT(strstr(parse(), "begins at"));
    good();
    segment(2, 1, LOAD_AT, 0x1200000, 0x201, 0x1000);
    EXPECT(strstr(parse(), "truncated"));
    good();
    segment(2, 1, ~0UL - 10, 0x1200000, 0x100, 0x1000);
    EXPECT(strstr(parse(), "truncated"));
    good();
    segment(2, 1, LOAD_AT, 0x1200000, 0x100, 0xff);
    EXPECT(strstr(parse(), "truncated"));
    good();
    segment(2, 1, LOAD_AT, ~0UL - 0x100, 0x100, 0x1000);
    EXPECT(strstr(parse(), "impossible address"));
    good();
    put(54, 55, 2);
    EXPECT(strstr(parse(), "table of segments"));
    good();
    put(32, ~0UL - 8, 8);
    EXPECT(strstr(parse(), "table of segments"));
}

static void note_of_impossible_length(void)
{
    good();
    put(NOTES_AT + 4, 0xffffffff, 4);
    EXPECT(strstr(parse(), "truncated note"));
    good();
    put(NOTES_AT, 0xfffffffd, 4);
    EXPECT(strstr(parse(), "truncated note"));
    good();
    segment(0, 4, NOTES_AT, 0, BYTES, BYTES);
    EXPECT(strstr(parse(), "beyond the end"));
    good();
    note(XEN_ELFNOTE_GUEST_OS, "a name that is longer than the field", 36);
    notes_close();
    EXPECT(!parse() && !strcmp(k.guest_os, "a name that is "));
    good();
    notes_end -= 2; /* without the last note's padding */
    notes_close();
    (void)parse();
}

static void notes_in_a_section(void)
{
    good();
    segment(0, 0, 0, 0, 0, 0);
    EXPECT(strstr(parse(), "no PV kernel"));
    put(40, BYTES - 64, 8);
    put(58, 64, 2);
    put(60, 1, 2);
    put(BYTES - 64 + 4, 7, 4);
    put(BYTES - 64 + 24, NOTES_AT, 8);
    put(BYTES - 64 + 32, notes_end - NOTES_AT, 8);
    EXPECT(!parse() && k.has_virt_base);
    put(60, 2, 2); /* the second is beyond the end: no table of sections */
    EXPECT(strstr(parse(), "no PV kernel"));
}

static void too_many_segments(void)
{
    good();
    put(32, 0x800 - 0x600, 8); /* what is read there is taken for segments: it must not matter */
    (void)parse();
    good();
    put(54, 0, 2);
    EXPECT(parse());
}

/* Whatever is accepted lies inside the file and below 2^46. */
static void sane(const char *wrong, uint64_t bytes)
{
    if (wrong)
        return;
    EXPECT(k.segments && k.segments <= ELF_SEGMENTS && k.is_pv);
    for (unsigned int i = 0; i < k.segments; i++) {
        EXPECT(k.segment[i].offset <= bytes &&
               k.segment[i].file_bytes <= bytes - k.segment[i].offset);
        EXPECT(k.segment[i].file_bytes <= k.segment[i].memory_bytes);
        EXPECT(k.segment[i].paddr + k.segment[i].memory_bytes <= 1UL << 46);
        EXPECT(k.segment[i].paddr >= k.start &&
               k.segment[i].paddr + k.segment[i].memory_bytes <= k.end);
    }
    EXPECT(memchr(k.guest_os, 0, sizeof(k.guest_os)) && memchr(k.loader, 0, sizeof(k.loader)));
}

static void cut_and_changed(void)
{
    static const uint8_t values[] = {0, 1, 4, 7, 0x7f, 0x80, 0xff};

    for (unsigned int n = 0; n < BYTES; n++) {
        uint8_t *copy = malloc(n ? n : 1);

        good();
        memcpy(copy, file, n);
        EXPECT(elf_parse(copy, n, &k));
        free(copy);
    }
    for (unsigned int at = 0; at < NOTES_AT + 0x200; at++) {
        good();
        for (unsigned int i = 0; i < sizeof(values); i++) {
            file[at] = values[i];
            sane(parse(), BYTES);
        }
    }
}

/* -- layout */

static struct dom0_layout l;

static bool overlap(uint64_t a, uint64_t na, uint64_t b, uint64_t nb)
{
    return na && nb && a < b + nb && b < a + na;
}

/*
 * No two parts share a page, all lie in the memory, and what has to be mapped is mapped by the
 * tables counted.
 */
static void check_layout(uint64_t kernel_end, uint64_t initrd, uint64_t pages)
{
    uint64_t kernel = DIV_ROUND_UP(kernel_end, PAGE_SIZE);
    uint64_t parts[][2] = {{0, kernel},
                           {l.initrd_pfn, l.initrd_pages},
                           {l.p2m_pfn, l.p2m_pages + l.p2m_table_pages},
                           {l.start_info_pfn, 1},
                           {l.tables_pfn, l.table_pages},
                           {l.stack_pfn, 1}};

    for (unsigned int i = 0; i < ARRAY_SIZE(parts); i++) {
        EXPECT(parts[i][0] + parts[i][1] <= l.end_pfn && l.end_pfn <= pages);
        for (unsigned int j = 0; j < i; j++)
            EXPECT(!overlap(parts[i][0], parts[i][1], parts[j][0], parts[j][1]));
    }
    EXPECT(l.initrd_pages == DIV_ROUND_UP(initrd, PAGE_SIZE) &&
           l.p2m_pages * PAGE_SIZE >= pages * 8);
    EXPECT(l.stack_pfn + 1 + 128 <= l.mapped_pages && l.mapped_pages % 1024 == 0 &&
           l.mapped_pages <= pages);
    EXPECT(l.table_pages == tables_for(l.virt_base, l.mapped_pages) + 1);
    EXPECT(l.tables_pfn + l.table_pages <= l.mapped_pages && l.start_info_pfn < l.mapped_pages);
    EXPECT(!l.initrd_mapped || l.initrd_pfn + l.initrd_pages <= l.mapped_pages);
    EXPECT(l.initrd_mapped == (l.initrd_pages && !k.mod_start_pfn));
    EXPECT(k.has_init_p2m ? l.p2m_pfn >= l.mapped_pages
                          : l.p2m_pfn + l.p2m_pages <= l.mapped_pages);
}

static void layouts(void)
{
    unsigned int fit = 0;

    srandom(5);
    for (unsigned int n = 0; n < 20000; n++) {
        uint64_t initrd = random() % 3 ? (uint64_t)random() % (64 << 20) : 0;
        uint64_t pages = 1 + ((uint64_t)random() >> (random() % 16));

        memset(&k, 0, sizeof(k));
        k.virt_base = random() % 2 ? 0xffffffff80000000 : (uint64_t)(random() % 3) << 39;
        k.start = 0x1000000;
        k.end = k.start + (uint64_t)random() % (80 << 20);
        k.has_init_p2m = random() % 2;
        k.init_p2m = 0x8000000000;
        k.mod_start_pfn = random() % 2;
        if (k.virt_base + pages * PAGE_SIZE < k.virt_base)
            continue;
        if (dom0_layout(&k, initrd, pages, &l)) {
            check_layout(k.end, initrd, pages);
            fit++;
        } else {
            EXPECT(l.end_pfn > pages || DIV_ROUND_UP(k.end, PAGE_SIZE) >= pages ||
                   l.initrd_pages >= pages);
        }
    }
    EXPECT(fit > 1000);
}

static void tables(void)
{
    EXPECT(tables_for(0, 0) == 0 && tables_for(0, 1) == 3 && tables_for(0, 512) == 3 &&
           tables_for(0, 513) == 4);
    EXPECT(tables_for(0x1ff000, 2) == 4 && tables_for(0x3ffff000, 2) == 5 &&
           tables_for(0x7ffffff000, 2) == 6);
    EXPECT(tables_for(0xffffffff80000000, 1 << 19) == 1024 + 2 + 1);
}

int main(void)
{
    RUN(whole);
    RUN(what_is_wrong);
    RUN(note_of_impossible_length);
    RUN(notes_in_a_section);
    RUN(too_many_segments);
    RUN(cut_and_changed);
    RUN(layouts);
    RUN(tables);
    return UNIT_RESULT;
}
