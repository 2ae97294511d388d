/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the ELF and note parser. Every offset is checked against the file's length before it is
 * followed.
 */
#include "dom0/elf.h"

#include <xen/elfnote.h>

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

struct elf_note {
    uint32_t name_bytes, bytes, type;
};

#define PT_LOAD   1
#define PT_NOTE   4
#define SHT_NOTE  7
#define EM_X86_64 62

static bool inside(uint64_t offset, uint64_t n, uint64_t bytes)
{
    return offset <= bytes && n <= bytes - offset;
}

/* A number in a note, of 4 or 8 bytes. */
static bool note_number(const uint8_t *value, uint32_t n, uint64_t *out)
{
    uint32_t v32;

    if (n == 8) {
        memcpy(out, value, 8);
    } else if (n == 4) {
        memcpy(&v32, value, 4);
        *out = v32;
    } else {
        return false;
    }
    return true;
}

static void note_text(const uint8_t *value, uint32_t n, char *to, size_t size)
{
    size_t len = MIN(n, size - 1);

    memcpy(to, value, len);
    to[len] = 0;
}

static const char *note_take(struct elf_kernel *k, uint32_t type, const uint8_t *value, uint32_t n)
{
    uint64_t v;

    switch (type) {
    case XEN_ELFNOTE_ENTRY:
        return note_number(value, n, &k->entry) ? NULL : "has an ENTRY note of impossible length";
    case XEN_ELFNOTE_VIRT_BASE:
        k->has_virt_base = true;
        return note_number(value, n, &k->virt_base) ? NULL
                                                    : "has a VIRT_BASE note of impossible length";
    case XEN_ELFNOTE_PADDR_OFFSET:
        return note_number(value, n, &k->paddr_offset)
                   ? NULL
                   : "has a PADDR_OFFSET note of impossible length";
    case XEN_ELFNOTE_INIT_P2M:
        k->has_init_p2m = true;
        return note_number(value, n, &k->init_p2m) ? NULL
                                                   : "has an INIT_P2M note of impossible length";
    case XEN_ELFNOTE_HYPERCALL_PAGE:
        k->has_hypercall_page = true;
        return note_number(value, n, &k->hypercall_page)
                   ? NULL
                   : "has a HYPERCALL_PAGE note of impossible length";
    case XEN_ELFNOTE_MOD_START_PFN:
        if (!note_number(value, n, &v))
            return "has a MOD_START_PFN note of impossible length";
        k->mod_start_pfn = v != 0;
        return NULL;
    case XEN_ELFNOTE_XEN_VERSION:
        k->is_pv = n >= 7 && !strncmp((const char *)value, "xen-3.0", 7);
        return NULL;
    case XEN_ELFNOTE_GUEST_OS:
        note_text(value, n, k->guest_os, sizeof(k->guest_os));
        return NULL;
    case XEN_ELFNOTE_LOADER:
        note_text(value, n, k->loader, sizeof(k->loader));
        return NULL;
    default: /* not needed to start it */
        return NULL;
    }
}

/* The notes in [offset, offset + bytes) of the file. Bound: each step goes at least 12 bytes on. */
static const char *notes_parse(struct elf_kernel *k, uint64_t offset, uint64_t bytes)
{
    const char *wrong = NULL;

    if (!inside(offset, bytes, k->bytes))
        return "has notes beyond the end of the file";
    while (bytes >= sizeof(struct elf_note) && !wrong) {
        struct elf_note n;
        uint64_t name, value, step;

        memcpy(&n, k->image + offset, sizeof(n));
        name = sizeof(n);
        value = name + ROUND_UP((uint64_t)n.name_bytes, 4);
        step = value + ROUND_UP((uint64_t)n.bytes, 4);
        if (value + n.bytes > bytes)
            return "has a truncated note";
        if (n.name_bytes == 4 && !memcmp(k->image + offset + name, "Xen", 4))
            wrong = note_take(k, n.type, k->image + offset + value, n.bytes);
        if (step > bytes)
            break;
        offset += step;
        bytes -= step;
    }
    return wrong;
}

static const char *segment_take(struct elf_kernel *k, const struct elf64_program *p)
{
    if (!p->memory_bytes)
        return NULL;
    if (k->segments == ELF_SEGMENTS)
        return "has too many segments";
    if (p->file_bytes > p->memory_bytes || !inside(p->offset, p->file_bytes, k->bytes))
        return "is truncated: a segment lies beyond the end of the file";
    if (p->paddr + p->memory_bytes < p->paddr || p->paddr + p->memory_bytes > 1UL << 46)
        return "has a segment at an impossible address";
    k->segment[k->segments++] =
        (struct elf_segment){p->offset, p->paddr, p->file_bytes, p->memory_bytes};
    k->start = MIN(k->start, p->paddr);
    k->end = MAX(k->end, p->paddr + p->memory_bytes);
    return NULL;
}

static const char *programs_parse(struct elf_kernel *k, const struct elf64_header *h)
{
    const char *wrong = NULL;
    struct elf64_program p;
    unsigned int i;

    if (h->program_bytes < sizeof(p) ||
        !inside(h->program_at, (uint64_t)h->programs * h->program_bytes, k->bytes))
        return "is truncated: its table of segments lies beyond the end of the file";
    for (i = 0; i < h->programs && !wrong; i++) {
        memcpy(&p, k->image + h->program_at + (uint64_t)i * h->program_bytes, sizeof(p));
        if (p.type == PT_LOAD)
            wrong = segment_take(k, &p);
        else if (p.type == PT_NOTE)
            wrong = notes_parse(k, p.offset, p.file_bytes);
    }
    return wrong;
}

/* Notes that are in no segment; a file without a table of sections has none. */
static const char *sections_parse(struct elf_kernel *k, const struct elf64_header *h)
{
    const char *wrong = NULL;
    struct elf64_section s;
    unsigned int i;

    if (!h->sections || h->section_bytes < sizeof(s) ||
        !inside(h->section_at, (uint64_t)h->sections * h->section_bytes, k->bytes))
        return NULL;
    for (i = 0; i < h->sections && !wrong; i++) {
        memcpy(&s, k->image + h->section_at + (uint64_t)i * h->section_bytes, sizeof(s));
        if (s.type == SHT_NOTE)
            wrong = notes_parse(k, s.offset, s.bytes);
    }
    return wrong;
}

const char *elf_parse(const uint8_t *image, uint64_t bytes, struct elf_kernel *k)
{
    struct elf64_header h;
    const char *wrong;

    memset(k, 0, sizeof(*k));
    k->image = image;
    k->bytes = bytes;
    k->start = ~0UL;
    if (bytes < sizeof(h))
        return "is no ELF file";
    memcpy(&h, image, sizeof(h));
    if (memcmp(h.ident, "\177ELF", 4))
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
    if (k->loader[0] && strcmp(k->loader, "generic"))
        return "wants a loader that is not the generic one";
    if (k->entry - k->virt_base + k->paddr_offset < k->start ||
        k->entry - k->virt_base + k->paddr_offset >= k->end)
        return "begins at an address where nothing of it is loaded";
    return NULL;
}
