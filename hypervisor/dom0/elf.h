/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the reading of a kernel: a 64-bit ELF with the notes by which a PV kernel says what it
 * wants. Pure; trusts no length.
 */
#ifndef DOM0_ELF_H
#define DOM0_ELF_H

#include "lib/types.h"

#define ELF_SEGMENTS 16

struct elf_segment {
    uint64_t offset, paddr, file_bytes, memory_bytes;
};

struct elf_kernel {
    const uint8_t *image;
    uint64_t bytes;
    unsigned int segments;
    struct elf_segment segment[ELF_SEGMENTS];
    uint64_t start, end; /* of all segments, physical addresses as the file says */
    /* from the notes */
    bool has_virt_base, has_init_p2m, has_hypercall_page, mod_start_pfn, is_pv;
    uint64_t virt_base, paddr_offset, entry, init_p2m, hypercall_page;
    char guest_os[16], loader[16];
};

/*
 * Reads the kernel at `image`; NULL when it is one that can be started, else a sentence's end about
 * what is wrong with it.
 */
const char *elf_parse(const uint8_t *image, uint64_t bytes, struct elf_kernel *k);

#endif
