/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernels made to order: a segment of text, in which the notes lie, and one of data that begins
 * within a page and goes on as zeroes.
 */
#include "hvctl_kernel.h"

#include <elf.h>
#include <string.h>

#include <xen/elfnote.h>

#include "packers.h"

#define TEXT_OFFSET 0x1000
#define DATA_OFFSET 0x3900
#define NOTE_OFFSET 0x1100

static uint8_t *note(uint8_t *at, uint32_t type, const void *value, uint32_t size)
{
    Elf64_Nhdr head = {.n_namesz = 4, .n_descsz = size, .n_type = type};

    memcpy(at, &head, sizeof(head));
    memcpy(at + sizeof(head), "Xen", 4);
    memset(at + sizeof(head) + 4, 0, (size + 3) & ~3U);
    memcpy(at + sizeof(head) + 4, value, size);
    return at + sizeof(head) + 4 + ((size + 3) & ~3U);
}

static size_t make_notes(const struct kernel_wish *wish, uint8_t *at)
{
    static const uint32_t yes = 1; /* of 4 bytes: notes come in both sizes */
    uint8_t *end = note(at, XEN_ELFNOTE_GUEST_OS, "test", 5);

    if (!wish->no_pv_note) {
        end = note(end, XEN_ELFNOTE_XEN_VERSION, "xen-3.0", 8);
    }
    end = note(end, XEN_ELFNOTE_LOADER, "generic", 8);
    end = note(end, XEN_ELFNOTE_VIRT_BASE, &wish->virt_base, 8);
    end = note(end, XEN_ELFNOTE_PADDR_OFFSET, &wish->paddr_offset, 8);
    end = note(end, XEN_ELFNOTE_ENTRY, &wish->entry, 8);
    if (wish->init_p2m) {
        end = note(end, XEN_ELFNOTE_INIT_P2M, &wish->init_p2m, 8);
    }
    if (wish->hypercall_page) {
        end = note(end, XEN_ELFNOTE_HYPERCALL_PAGE, &wish->hypercall_page, 8);
    }
    if (wish->mod_start_pfn) {
        end = note(end, XEN_ELFNOTE_MOD_START_PFN, &yes, sizeof(yes));
    }
    return (size_t)(end - at);
}

size_t kernel_make(const struct kernel_wish *wish, uint8_t file[FILE_BYTES])
{
    const Elf64_Ehdr header = {
        .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_X86_64,
        .e_phoff = sizeof(header),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 3,
    };
    Elf64_Phdr segment[3] = {
        {.p_type = PT_LOAD,
         .p_offset = TEXT_OFFSET,
         .p_paddr = TEXT_PADDR + wish->paddr_offset,
         .p_filesz = TEXT_BYTES,
         .p_memsz = TEXT_BYTES},
        {.p_type = PT_LOAD,
         .p_offset = wish->data_offset ? wish->data_offset : DATA_OFFSET,
         .p_paddr = DATA_PADDR + wish->paddr_offset,
         .p_filesz = DATA_BYTES,
         .p_memsz = DATA_ROOM},
        {.p_type = PT_NOTE, .p_offset = NOTE_OFFSET},
    };

    for (size_t i = 0; i < FILE_BYTES; i++) {
        file[i] = (uint8_t)(i * 7 + (i >> 8) + 1);
    }
    segment[2].p_filesz = make_notes(wish, file + NOTE_OFFSET);
    memcpy(file, &header, sizeof(header));
    memcpy(file + sizeof(header), segment, sizeof(segment));
    return FILE_BYTES;
}

size_t kernel_pack(enum packing packing, const uint8_t *file, size_t bytes, uint8_t *to,
                   size_t room)
{
    switch (packing) {
    case GZIP_ELF:
        return pack_gzip(file, bytes, to, room);
    case XZ_ELF:
        return pack_xz(file, bytes, to, room);
    case BZIMAGE_LZ4:
        return make_bzimage(file, bytes, to, room, pack_lz4);
    case BZIMAGE_GZIP:
        return make_bzimage(file, bytes, to, room, pack_gzip);
    case BZIMAGE_XZ:
        return make_bzimage(file, bytes, to, room, pack_xz);
    case BZIMAGE_ZSTD:
        return make_bzimage(file, bytes, to, room, pack_zstd);
    case PLAIN:
    case PACKINGS:
        break;
    }
    memcpy(to, file, bytes);
    return bytes;
}
