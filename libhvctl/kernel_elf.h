/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading a PV kernel: a 64-bit ELF file and the notes by which it says what it wants.  Pure;
 * trusts no length.  It comes in two steps, so that a packed kernel can be unpacked straight to
 * where its segments belong: the head tells where that is, the notes lie somewhere in the file.
 */
#ifndef LIBHVCTL_KERNEL_ELF_H
#define LIBHVCTL_KERNEL_ELF_H

#include "unpack/buffer.h"

#define ELF_SEGMENTS 16  /* that are loaded, at most */
#define ELF_TABLE    128 /* program headers, at most */

struct elf_segment {
    uint64_t offset;       /* in the file */
    uint64_t paddr;        /* as the file says */
    uint64_t file_bytes;   /* from the file; zeroes follow */
    uint64_t memory_bytes; /* never fewer than file_bytes */
};

struct elf_kernel {
    uint64_t bytes; /* of the whole file */
    unsigned int segments;
    struct elf_segment segment[ELF_SEGMENTS];
    uint64_t start, end; /* of all segments: the lowest address, and behind the highest */
    /* from the notes */
    uint64_t entry, virt_base, paddr_offset, init_p2m, hypercall_page;
    bool has_init_p2m, has_hypercall_page, mod_start_pfn, is_pv;
    char guest_os[16], loader[16];
};

#define ELF_HEAD_BYTES 16384 /* of a file's beginning, enough for elf_read_head() */

/**
 * Reads the header and the table of segments.
 * @param head   the file's beginning: all of it, or at least ELF_HEAD_BYTES.
 * @param bytes  of the whole file.
 * @return 0; -EINVAL: it is no 64-bit ELF file for x86, or truncated, or its segments are
 *         impossible.
 */
int elf_read_head(struct elf_kernel *kernel, struct span head, uint64_t bytes, struct why *why)
    __attribute__((warn_unused_result));

/**
 * Reads the notes, and whether the kernel can run here.
 * @param file  the whole file, which elf_read_head() has accepted.
 * @return 0; -EINVAL: damaged notes; -ENOTSUP: no kernel for a PV guest of this ABI.
 */
int elf_read_notes(struct elf_kernel *kernel, struct span file, struct why *why)
    __attribute__((warn_unused_result));

#endif
