/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what the boot loader says: command line, modules, memory map, RSDP; from multiboot 1 or 2.
 * Pure, but for the memory it reads.
 */
#ifndef BOOT_MULTIBOOT_H
#define BOOT_MULTIBOOT_H

#include "lib/types.h"

#define MULTIBOOT1_MAGIC 0x2badb002
#define MULTIBOOT2_MAGIC 0x36d76289
#define BOOT_MODULES     4
#define BOOT_TEXT        2048 /* bytes of a command line, ending zero included */

struct boot_module {
    uint64_t start, end;  /* bytes of machine memory */
    char text[BOOT_TEXT]; /* its command line, file name first */
};

struct boot_info {
    char text[BOOT_TEXT];
    unsigned int modules; /* how many the loader has; only the first BOOT_MODULES are kept */
    struct boot_module module[BOOT_MODULES];
    uint8_t rsdp[36];
    unsigned int rsdp_bytes; /* 0: none given */
};

/*
 * How the parser sees memory: the bytes at a machine address, or NULL when they can't be had; and
 * where it puts the memory map.
 */
struct boot_view {
    const void *(*map)(void *context, uint64_t at, uint64_t bytes);
    bool (*memory)(void *context, uint64_t start, uint64_t end, uint32_t type);
    void *context;
};

/* Fills *info; NULL when all is well, else a sentence about what is wrong. */
const char *multiboot_parse(uint32_t magic, uint32_t at, const struct boot_view *view,
                            struct boot_info *info);

#endif
