/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as the control domain's kernel: what the parser accepts lies within
 * the file, and is placed within the domain's memory.
 *
 * sources: hypervisor/dom0/elf.c hypervisor/dom0/elf_note.c hypervisor/dom0/layout.c
 */
#include <stdlib.h>
#include <string.h>

#include "dom0/layout.h"

#define PAGES 32768 /* of the domain: 128 MiB */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct elf_kernel kernel;
    struct dom0_layout layout;
    uint8_t *image = malloc(size ? size : 1);

    memcpy(image, data, size);
    if (!elf_parse(image, size, &kernel)) {
        if (kernel.segments > ELF_SEGMENTS || kernel.start > kernel.end)
            abort();
        for (unsigned int i = 0; i < kernel.segments; i++) {
            const struct elf_segment *segment = &kernel.segment[i];

            if (segment->offset > size || segment->file_bytes > size - segment->offset ||
                segment->file_bytes > segment->memory_bytes || segment->paddr < kernel.start ||
                segment->paddr + segment->memory_bytes > kernel.end)
                abort();
        }
        if (!memchr(kernel.guest_os, 0, sizeof(kernel.guest_os)) ||
            !memchr(kernel.loader, 0, sizeof(kernel.loader)))
            abort();
        if (dom0_layout(&kernel, size, PAGES, &layout) &&
            (layout.end_pfn > PAGES || layout.stack_pfn >= PAGES ||
             layout.tables_pfn + layout.table_pages > PAGES))
            abort();
    }
    free(image);
    return 0;
}
