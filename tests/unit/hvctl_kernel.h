/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernels for the tests of libhvctl's builder: small ELF files with any notes, packed in any way.
 */
#ifndef TESTS_UNIT_HVCTL_KERNEL_H
#define TESTS_UNIT_HVCTL_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_PADDR 0x100000
#define TEXT_BYTES 0x1810 /* ends within a page */
#define DATA_PADDR 0x102900
#define DATA_BYTES 0x900
#define DATA_ROOM  0x3000 /* with what is zero */
#define FILE_BYTES 0x6000

struct kernel_wish {
    uint64_t virt_base, paddr_offset, entry, init_p2m, hypercall_page; /* the last two: 0 none */
    bool mod_start_pfn, no_pv_note;
    uint64_t data_offset; /* 0: one that fits a page of the guest */
};

/** Makes the ELF file; returns its bytes. */
size_t kernel_make(const struct kernel_wish *wish, uint8_t file[FILE_BYTES]);

enum packing {
    PLAIN,
    GZIP_ELF,
    XZ_ELF,
    BZIMAGE_LZ4,
    BZIMAGE_GZIP,
    BZIMAGE_XZ,
    BZIMAGE_ZSTD,
    PACKINGS
};

/** Packs it; returns the bytes. */
size_t kernel_pack(enum packing packing, const uint8_t *file, size_t bytes, uint8_t *to,
                   size_t room);

#endif
