/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the ELF parser. Every offset is checked against the file's length before it is followed;
 * proven for any file: tests/proof.
 */
#include "dom0/elf.h"

#include <xen/elfnote.h>

#include "dom0/elf_note.h"
#include "lib/string.h"

struct elf64_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_at, section_at;
    uint32_t flags;
    uint16_t header_bytes, program_bytes, programs, section_bytes, sections, names;
};

struct elf64_program {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, file_bytes, memory_bytes, align;
};

struct elf64_section {
    uint32_t name, type;
    uint64_t flags, addr, offset, bytes;
    uint32_t link, info;
    uint64_t align, entry_bytes;
};

#define PT_LOAD   1
#define PT_NOTE   4
#define SHT_NOTE  7
#define EM_X86_64 62

/* The file is all there, and apart from what is read out of it. */
/*@ predicate readable(struct elf_kernel *k) =
      \valid(k) && \valid_read(k->image + (0 .. k->bytes - 1)) &&
      \separated(k, k->image + (0 .. k->bytes - 1));
    predicate in_file(struct elf_kernel *k) = \forall integer i; 0 <= i < k->segments ==>
      k->segment[i].offset + k->segment[i].file_bytes <= k->bytes;
    predicate in_memory(struct elf_kernel *k) = \forall integer i; 0 <= i < k->segments ==>
      k->segment[i].file_bytes <= k->segment[i].memory_bytes;
    predicate placed(struct elf_kernel *k) =
      k->segments <= ELF_SEGMENTS && in_file(k) && in_memory(k);
*/

/*@ assigns \nothing;
    ensures \result != 0 <==> offset + n <= bytes;
*/
static bool inside(uint64_t offset, uint64_t n, uint64_t bytes)
{
    return offset <= bytes && n <= bytes - offset;
}

/* Whether a table of `count` records lies in the file, of which `used` bytes each are looked at. */
/*@ requires count <= 65535 && each <= 65535;
    assigns \nothing;
    ensures table: \result != 0 ==>
              \forall integer i; 0 <= i < count ==> at + i * each + used <= bytes;
*/
static bool table_inside(uint64_t at, uint32_t count, uint32_t each, uint32_t used, uint64_t bytes)
{
    return each >= used && inside(at, (uint64_t)count * each, bytes);
}

/* The copies of records out of the file, of any alignment. */
/*@ requires \valid(h) && \valid_read(at + (0 .. sizeof(struct elf64_header) - 1));
    assigns *h;
*/
static void header_read(struct elf64_header *h, const uint8_t *at)
{
    memcpy(h, at, sizeof(*h));
}

/*@ requires \valid(p) && \valid_read(at + (0 .. sizeof(struct elf64_program) - 1));
    assigns *p;
*/
static void program_read(struct elf64_program *p, const uint8_t *at)
{
    memcpy(p, at, sizeof(*p));
}

/*@ requires \valid(s) && \valid_read(at + (0 .. sizeof(struct elf64_section) - 1));
    assigns *s;
*/
static void section_read(struct elf64_section *s, const uint8_t *at)
{
    memcpy(s, at, sizeof(*s));
}

/*@ requires \valid(k) && \valid_read(n) && \valid_read(n->value + (0 .. n->bytes - 1));
    requires \separated(k, n) && \separated(k, n->value + (0 .. n->bytes - 1));
    assigns k->has_virt_base, k->has_init_p2m, k->has_hypercall_page, k->mod_start_pfn, k->is_pv,
            k->virt_base, k->paddr_offset, k->entry, k->init_p2m, k->hypercall_page,
            k->guest_os[0 .. 15], k->loader[0 .. 15];
    assigns \result \from n->type, n->bytes;
*/
static const char *note_take(struct elf_kernel *k, const struct elf_note *n)
{
    uint64_t v;

    switch (n->type) {
    case XEN_ELFNOTE_ENTRY:
        return elf_note_number(n->value, n->bytes, &k->entry)
                   ? NULL
                   : "has an ENTRY note of impossible length";
    case XEN_ELFNOTE_VIRT_BASE:
        k->has_virt_base = true;
        return elf_note_number(n->value, n->bytes, &k->virt_base)
                   ? NULL
                   : "has a VIRT_BASE note of impossible length";
    case XEN_ELFNOTE_PADDR_OFFSET:
        return elf_note_number(n->value, n->bytes, &k->paddr_offset)
                   ? NULL
                   : "has a PADDR_OFFSET note of impossible length";
    case XEN_ELFNOTE_INIT_P2M:
        k->has_init_p2m = true;
        return elf_note_number(n->value, n->bytes, &k->init_p2m)
                   ? NULL
                   : "has an INIT_P2M note of impossible length";
    case XEN_ELFNOTE_HYPERCALL_PAGE:
        k->has_hypercall_page = true;
        return elf_note_number(n->value, n->bytes, &k->hypercall_page)
                   ? NULL
                   : "has a HYPERCALL_PAGE note of impossible length";
    case XEN_ELFNOTE_MOD_START_PFN:
        if (!elf_note_number(n->value, n->bytes, &v))
            return "has a MOD_START_PFN note of impossible length";
        k->mod_start_pfn = v != 0;
        return NULL;
    case XEN_ELFNOTE_XEN_VERSION:
        k->is_pv = n->bytes >= 7 && elf_bytes_are(n->value, "xen-3.0", 7);
        return NULL;
    case XEN_ELFNOTE_GUEST_OS:
        elf_note_text(n->value, n->bytes, k->guest_os, sizeof(k->guest_os));
        return NULL;
    case XEN_ELFNOTE_LOADER:
        elf_note_text(n->value, n->bytes, k->loader, sizeof(k->loader));
        return NULL;
    default: /* not needed to start it */
        return NULL;
    }
}

/* The notes in [offset, offset + bytes) of the file. Bound: each step goes at least 12 bytes on. */
/*@ requires readable(k);
    assigns k->has_virt_base, k->has_init_p2m, k->has_hypercall_page, k->mod_start_pfn, k->is_pv,
            k->virt_base, k->paddr_offset, k->entry, k->init_p2m, k->hypercall_page,
            k->guest_os[0 .. 15], k->loader[0 .. 15];
    assigns \result \from offset, bytes, k->bytes, k->image[0 .. k->bytes - 1];
    ensures refused: offset + bytes > k->bytes ==> \result != \null;
*/
static const char *notes_parse(struct elf_kernel *k, uint64_t offset, uint64_t bytes)
{
    const char *wrong = NULL;

    if (!inside(offset, bytes, k->bytes))
        return "has notes beyond the end of the file";
    /*@ loop invariant offset + bytes <= k->bytes;
        loop assigns offset, bytes, wrong, k->has_virt_base, k->has_init_p2m,
                     k->has_hypercall_page, k->mod_start_pfn, k->is_pv, k->virt_base,
                     k->paddr_offset, k->entry, k->init_p2m, k->hypercall_page,
                     k->guest_os[0 .. 15], k->loader[0 .. 15];
        loop variant bytes;
    */
    while (bytes >= ELF_NOTE_HEAD && !wrong) {
        struct elf_note n;
        uint64_t step = elf_note_read(k->image + offset, bytes, &n);

        if (!step)
            return "has a truncated note";
        if (n.ours)
            wrong = note_take(k, &n);
        offset += step;
        bytes -= step;
    }
    return wrong;
}

/*@ requires readable(k) && \valid_read(p) && \separated(k, p) && placed(k);
    assigns k->segments, k->segment[0 .. ELF_SEGMENTS - 1], k->start, k->end;
    assigns \result \from *p, k->segments, k->bytes;
    ensures placed: k->segments <= ELF_SEGMENTS;
    ensures placed: in_file(k);
    ensures placed: in_memory(k);
*/
static const char *segment_take(struct elf_kernel *k, const struct elf64_program *p)
{
    struct elf_segment *s;

    if (!p->memory_bytes)
        return NULL;
    if (k->segments == ELF_SEGMENTS)
        return "has too many segments";
    if (p->file_bytes > p->memory_bytes || !inside(p->offset, p->file_bytes, k->bytes))
        return "is truncated: a segment lies beyond the end of the file";
    if (!inside(p->paddr, p->memory_bytes, 1UL << 46))
        return "has a segment at an impossible address";
    s = &k->segment[k->segments];
    s->offset = p->offset;
    s->paddr = p->paddr;
    s->file_bytes = p->file_bytes;
    s->memory_bytes = p->memory_bytes;
    k->segments++;
    k->start = MIN(k->start, p->paddr);
    k->end = MAX(k->end, p->paddr + p->memory_bytes);
    /*@ assert file: k->bytes == \at(k->bytes, Pre); */
    /*@ assert new: k->segment[k->segments - 1].offset + k->segment[k->segments - 1].file_bytes <=
          k->bytes; */
    /*@ assert old: \forall integer i; 0 <= i < k->segments - 1 ==>
          k->segment[i].offset == \at(k->segment[\at(i, Here)].offset, Pre) &&
          k->segment[i].file_bytes == \at(k->segment[\at(i, Here)].file_bytes, Pre); */
    return NULL;
}

/*@ requires readable(k) && \valid_read(h) && \separated(k, h) && placed(k);
    assigns *k;
    assigns \result \from *h, *k, k->image[0 .. k->bytes - 1];
    ensures placed: placed(k) && k->image == \old(k->image) && k->bytes == \old(k->bytes);
*/
static const char *programs_parse(struct elf_kernel *k, const struct elf64_header *h)
{
    const char *wrong = NULL;
    struct elf64_program p;
    unsigned int i;

    if (!table_inside(h->program_at, h->programs, h->program_bytes, sizeof(p), k->bytes))
        return "is truncated: its table of segments lies beyond the end of the file";
    /*@ loop invariant 0 <= i <= h->programs && k->segments <= ELF_SEGMENTS;
        loop invariant in_file(k);
        loop invariant in_memory(k);
        loop invariant k->image == \at(k->image, Pre) && k->bytes == \at(k->bytes, Pre);
        loop assigns i, wrong, p, *k;
        loop variant h->programs - i;
    */
    for (i = 0; i < h->programs && !wrong; i++) {
        program_read(&p, k->image + h->program_at + (uint64_t)i * h->program_bytes);
        if (p.type == PT_LOAD)
            wrong = segment_take(k, &p);
        else if (p.type == PT_NOTE)
            wrong = notes_parse(k, p.offset, p.file_bytes);
    }
    return wrong;
}

/* Notes that are in no segment; a file without a table of sections has none. */
/*@ requires readable(k) && \valid_read(h) && \separated(k, h) && placed(k);
    assigns *k;
    assigns \result \from *h, *k, k->image[0 .. k->bytes - 1];
    ensures placed: placed(k) && k->image == \old(k->image) && k->bytes == \old(k->bytes);
*/
static const char *sections_parse(struct elf_kernel *k, const struct elf64_header *h)
{
    const char *wrong = NULL;
    struct elf64_section s;
    unsigned int i;

    if (!table_inside(h->section_at, h->sections, h->section_bytes, sizeof(s), k->bytes))
        return NULL;
    /*@ loop invariant 0 <= i <= h->sections && k->segments <= ELF_SEGMENTS;
        loop invariant in_file(k);
        loop invariant in_memory(k);
        loop invariant k->image == \at(k->image, Pre) && k->bytes == \at(k->bytes, Pre);
        loop assigns i, wrong, s, *k;
        loop variant h->sections - i;
    */
    for (i = 0; i < h->sections && !wrong; i++) {
        section_read(&s, k->image + h->section_at + (uint64_t)i * h->section_bytes);
        if (s.type == SHT_NOTE)
            wrong = notes_parse(k, s.offset, s.bytes);
    }
    return wrong;
}

/*@ requires \valid_read(loader + (0 .. 15));
    assigns \nothing;
*/
static bool is_generic(const char *loader)
{
    static const char name[] = "generic";
    unsigned int i;

    /*@ loop invariant 0 <= i <= 8;
        loop assigns i;
        loop variant 8 - i;
    */
    for (i = 0; i < sizeof(name); i++) {
        if (loader[i] != name[i])
            return false;
    }
    return true;
}

/*@ requires readable(k) && k->segments == 0;
    assigns *k;
    assigns \result \from *k, k->image[0 .. k->bytes - 1];
    ensures some: \result == \null ==> 1 <= k->segments <= ELF_SEGMENTS && k->is_pv;
    ensures file: \result == \null ==> in_file(k);
    ensures memory: \result == \null ==> in_memory(k);
*/
static const char *kernel_parse(struct elf_kernel *k)
{
    struct elf64_header h;
    const char *wrong;

    if (k->bytes < sizeof(h))
        return "is no ELF file";
    header_read(&h, k->image);
    if (!elf_bytes_are(h.ident, "\177ELF", 4))
        return "is no ELF file (a bzImage must be unpacked first: mortise-unpack does it)";
    if (h.ident[4] != 2 || h.ident[5] != 1 || h.machine != EM_X86_64)
        return "is no 64-bit x86 ELF file";
    k->entry = h.entry;
    wrong = programs_parse(k, &h);
    if (!wrong && !k->is_pv)
        wrong = sections_parse(k, &h);
    if (wrong)
        return wrong;
    if (!k->segments)
        return "has nothing to load";
    if (!k->is_pv)
        return "is no PV kernel: it has no note that says xen-3.0";
    if (k->loader[0] && !is_generic(k->loader))
        return "wants a loader that is not the generic one";
    if (k->entry - k->virt_base + k->paddr_offset < k->start ||
        k->entry - k->virt_base + k->paddr_offset >= k->end)
        return "begins at an address where nothing of it is loaded";
    return NULL;
}

const char *elf_parse(const uint8_t *image, uint64_t bytes, struct elf_kernel *k)
{
    *k = (struct elf_kernel){.image = image, .bytes = bytes, .start = ~0UL};
    return kernel_parse(k);
}
