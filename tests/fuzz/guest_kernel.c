/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a guest's kernel for libhvctl: head, notes, and the place of everything.
 * sources: libhvctl/kernel_elf.c libhvctl/layout.c libhvctl/unpack/buffer.c libhvctl/alloc.c
 */
#include "libhvctl/layout.h"

#include <string.h>

#define PAGES 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition)
{
    if (!condition) {
        __builtin_trap();
    }
}

/* Do two runs of frames keep apart? */
static bool apart(uint64_t a, uint64_t a_count, uint64_t b, uint64_t b_count)
{
    return !a_count || !b_count || a + a_count <= b || b + b_count <= a;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct elf_kernel kernel;
    struct layout l;
    struct why why = {""};
    struct span head = {data, size < ELF_HEAD_BYTES ? size : ELF_HEAD_BYTES}, file = {data, size};

    if (elf_read_head(&kernel, head, size, &why) || elf_read_notes(&kernel, file, &why) ||
        layout_make(&l, &kernel, size % 3 * 5000, PAGES, &why)) {
        must(why.text[0]);
        return 0;
    }
    must(l.used_pages <= PAGES && kernel.start >= kernel.paddr_offset);
    for (unsigned int i = 0; i < kernel.segments; i++) {
        const struct elf_segment *s = &kernel.segment[i];

        must(s->offset + s->file_bytes <= size);
        must(s->paddr - kernel.paddr_offset + s->memory_bytes <= PAGES * 4096ULL);
    }
    must(apart(l.tables_pfn, l.table_pages, l.p2m_pfn, l.p2m_pages + l.p2m_table_pages));
    must(apart(l.tables_pfn, l.table_pages, l.initrd_pfn, l.initrd_pages));
    must(apart(l.initrd_pfn, l.initrd_pages, l.p2m_pfn, l.p2m_pages + l.p2m_table_pages));
    must(l.stack_pfn == l.tables_pfn + l.table_pages && l.console_pfn == l.store_pfn + 1);
    must(layout_tables_for(l.virt_base, l.mapped_pages) + 1 == l.table_pages);
    return 0;
}
