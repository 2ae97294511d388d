/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a boot loader hands over, multiboot 1 and 2, as any bytes: the input's
 * first byte chooses which, the rest is memory from address 0 on.  Each piece
 * that the parser asks for is an allocation of just that size.
 *
 * sources: hypervisor/boot/multiboot.c
 */
#include <stdlib.h>
#include <string.h>

#include "boot/multiboot.h"

#define PIECES 65536

struct memory {
    const uint8_t *bytes;
    size_t size;
    void *pieces[PIECES];
    unsigned int count;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const void *map(void *context, uint64_t at, uint64_t bytes)
{
    struct memory *memory = context;
    void *piece;

    if (at > memory->size || bytes > memory->size - at)
        return NULL;
    if (memory->count == PIECES)
        abort();
    piece = malloc(bytes ? bytes : 1);
    memory->pieces[memory->count++] = piece;
    memcpy(piece, memory->bytes + at, bytes);
    return piece;
}

static bool range(void *context, uint64_t start, uint64_t end, uint32_t type)
{
    (void)context;
    (void)type;
    if (start > end)
        abort();
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct boot_info info;
    struct memory memory = {.bytes = data + 1, .size = size - 1};
    struct boot_view view = {map, range, &memory};

    if (!size)
        return 0;
    memset(&info, 0xa5, sizeof(info));
    if (!multiboot_parse(data[0] & 1 ? MULTIBOOT2_MAGIC : MULTIBOOT1_MAGIC, 0, &view, &info)) {
        unsigned int kept = info.modules < BOOT_MODULES ? info.modules : BOOT_MODULES;

        if (!memchr(info.text, 0, sizeof(info.text)) || info.rsdp_bytes > sizeof(info.rsdp))
            abort();
        for (unsigned int i = 0; i < kept; i++) {
            if (info.module[i].start > info.module[i].end ||
                !memchr(info.module[i].text, 0, sizeof(info.module[i].text)))
                abort();
        }
    }
    while (memory.count)
        free(memory.pieces[--memory.count]);
    return 0;
}
