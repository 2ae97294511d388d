/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ELF and note parser.  Every offset is checked against the file's length before it is
 * followed; every record is copied out before it is looked at.
 */
#include "kernel_elf.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include <xen/elfnote.h>

#define ADDRESS_LIMIT (1ULL << 46) /* no segment ends above: far beyond any host's memory */

static bool inside(uint64_t offset, uint64_t size, uint64_t bytes)
{
    return offset <= bytes && size <= bytes - offset;
}

static int take_segment(struct elf_kernel *k, const Elf64_Phdr *p, struct why *why)
{
    if (!p->p_memsz) {
        return 0;
    }
    if (k->segments == ELF_SEGMENTS) {
        return why_set(why, -EINVAL, "it has more than %d segments to load", ELF_SEGMENTS);
    }
    if (!inside(p->p_offset, p->p_filesz, k->bytes)) {
        return why_set(why, -EINVAL, "its ELF file is truncated");
    }
    if (p->p_filesz > p->p_memsz || p->p_paddr + p->p_memsz < p->p_paddr) {
        return why_set(why, -EINVAL, "it has a segment at an impossible address");
    }
    k->segment[k->segments++] =
        (struct elf_segment){p->p_offset, p->p_paddr, p->p_filesz, p->p_memsz};
    if (k->segments == 1 || p->p_paddr < k->start) {
        k->start = p->p_paddr;
    }
    if (p->p_paddr + p->p_memsz > k->end) {
        k->end = p->p_paddr + p->p_memsz;
    }
    return 0;
}

int elf_read_head(struct elf_kernel *k, struct span head, uint64_t bytes, struct why *why)
{
    Elf64_Ehdr header;

    *k = (struct elf_kernel){.bytes = bytes};
    if (head.size < sizeof(header)) {
        return why_set(why, -EINVAL, "its ELF header is truncated");
    }
    memcpy(&header, head.data, sizeof(header));
    if (memcmp(header.e_ident, ELFMAG, SELFMAG)) {
        return why_set(why, -EINVAL, "what it holds is no ELF file");
    }
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
        header.e_machine != EM_X86_64) {
        return why_set(why, -EINVAL, "its ELF file is not for 64-bit x86");
    }
    if (header.e_type != ET_EXEC && header.e_type != ET_DYN) {
        return why_set(why, -EINVAL, "its ELF file is no executable");
    }
    if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0) {
        return why_set(why, -EINVAL, "its ELF file has no program headers");
    }
    if (header.e_phnum > ELF_TABLE ||
        !inside(header.e_phoff, header.e_phnum * sizeof(Elf64_Phdr), head.size)) {
        return why_set(why, -EINVAL,
                       "its ELF file is truncated, or its program headers are not "
                       "at its beginning");
    }
    k->entry = header.e_entry;
    for (size_t i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr p;
        int error = 0;

        memcpy(&p, head.data + header.e_phoff + i * sizeof(p), sizeof(p));
        if (p.p_type == PT_LOAD) {
            error = take_segment(k, &p, why);
        }
        if (error) {
            return error;
        }
    }
    if (!k->segments) {
        return why_set(why, -EINVAL, "its ELF file has nothing to load");
    }
    return 0;
}

static bool number(const uint8_t *value, uint32_t size, uint64_t *out)
{
    uint32_t half;

    if (size == sizeof(*out)) {
        memcpy(out, value, sizeof(*out));
    } else if (size == sizeof(half)) {
        memcpy(&half, value, sizeof(half));
        *out = half;
    } else {
        return false;
    }
    return true;
}

static void text(const uint8_t *value, uint32_t size, char *to, size_t room)
{
    size_t length = size < room - 1 ? size : room - 1;

    memcpy(to, value, length);
    to[length] = 0;
}

/* One note of Xen's; false where its length is none that its type can have. */
static bool take_note(struct elf_kernel *k, uint32_t type, const uint8_t *value, uint32_t size)
{
    uint64_t wanted;

    switch (type) {
    case XEN_ELFNOTE_ENTRY:
        return number(value, size, &k->entry);
    case XEN_ELFNOTE_VIRT_BASE:
        return number(value, size, &k->virt_base);
    case XEN_ELFNOTE_PADDR_OFFSET:
        return number(value, size, &k->paddr_offset);
    case XEN_ELFNOTE_INIT_P2M:
        k->has_init_p2m = true;
        return number(value, size, &k->init_p2m);
    case XEN_ELFNOTE_HYPERCALL_PAGE:
        k->has_hypercall_page = true;
        return number(value, size, &k->hypercall_page);
    case XEN_ELFNOTE_MOD_START_PFN:
        if (!number(value, size, &wanted)) {
            return false;
        }
        k->mod_start_pfn = wanted != 0;
        return true;
    case XEN_ELFNOTE_XEN_VERSION:
        k->is_pv = size >= 7 && !memcmp(value, "xen-3.0", 7);
        return true;
    case XEN_ELFNOTE_GUEST_OS:
        text(value, size, k->guest_os, sizeof(k->guest_os));
        return true;
    case XEN_ELFNOTE_LOADER:
        text(value, size, k->loader, sizeof(k->loader));
        return true;
    default: /* not needed to start it */
        return true;
    }
}

/* The notes in part of the file.  Bound: each step goes at least 12 bytes on. */
static int take_notes(struct elf_kernel *k, struct span file, uint64_t offset, uint64_t bytes,
                      struct why *why)
{
    if (!inside(offset, bytes, file.size)) {
        return why_set(why, -EINVAL, "its notes lie behind its end");
    }
    while (bytes >= sizeof(Elf64_Nhdr)) {
        Elf64_Nhdr note;
        uint64_t name = sizeof(note), value, step;

        memcpy(&note, file.data + offset, sizeof(note));
        value = name + (((uint64_t)note.n_namesz + 3) & ~3ULL);
        step = value + (((uint64_t)note.n_descsz + 3) & ~3ULL);
        if (value + note.n_descsz > bytes) {
            return why_set(why, -EINVAL, "it has a truncated note");
        }
        if (note.n_namesz == 4 && !memcmp(file.data + offset + name, "Xen", 4) &&
            !take_note(k, note.n_type, file.data + offset + value, note.n_descsz)) {
            return why_set(why, -EINVAL, "its note %u for the hypervisor has a wrong length",
                           note.n_type);
        }
        if (step >= bytes) {
            break;
        }
        offset += step;
        bytes -= step;
    }
    return 0;
}

/* Notes that are in no segment; a file without a table of sections has none. */
static int take_sections(struct elf_kernel *k, const Elf64_Ehdr *header, struct span file,
                         struct why *why)
{
    if (header->e_shentsize != sizeof(Elf64_Shdr) ||
        !inside(header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr), file.size)) {
        return 0;
    }
    for (size_t i = 0; i < header->e_shnum; i++) {
        Elf64_Shdr section;
        int error = 0;

        memcpy(&section, file.data + header->e_shoff + i * sizeof(section), sizeof(section));
        if (section.sh_type == SHT_NOTE) {
            error = take_notes(k, file, section.sh_offset, section.sh_size, why);
        }
        if (error) {
            return error;
        }
    }
    return 0;
}

int elf_read_notes(struct elf_kernel *k, struct span file, struct why *why)
{
    Elf64_Ehdr header;
    int error = 0;

    memcpy(&header, file.data, sizeof(header));
    for (size_t i = 0; i < header.e_phnum && !error; i++) {
        Elf64_Phdr p;

        memcpy(&p, file.data + header.e_phoff + i * sizeof(p), sizeof(p));
        if (p.p_type == PT_NOTE) {
            error = take_notes(k, file, p.p_offset, p.p_filesz, why);
        }
    }
    if (!error && !k->is_pv) {
        error = take_sections(k, &header, file, why);
    }
    if (error) {
        return error;
    }
    if (!k->is_pv) {
        return why_set(why, -ENOTSUP,
                       "it is no kernel for a paravirtual guest: it has no note "
                       "that says xen-3.0 (Linux: CONFIG_XEN_PV)");
    }
    if (k->loader[0] && strcmp(k->loader, "generic")) {
        return why_set(why, -ENOTSUP, "it wants a loader of its own, \"%s\"", k->loader);
    }
    if (k->paddr_offset > k->start || k->end - k->paddr_offset > ADDRESS_LIMIT) {
        return why_set(why, -EINVAL, "its segments do not fit its PADDR_OFFSET note");
    }
    if (k->virt_base % 4096 || k->paddr_offset % 4096 || k->init_p2m % 4096) {
        return why_set(why, -EINVAL, "its notes name addresses that are not of a page");
    }
    return 0;
}
