/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns patching. Each place is three bytes of no-operation, listed by its offset from the list's
 * own entry (cpu/entry.S, mm/guest_copy.c). Text is mapped read-only, so CR0.WP is off for the
 * moment of writing: no other mapping of it ever exists.
 */
#include "cpu/patch.h"
#include "cpu/asm.h"
#include "cpu/features.h"
#include "lib/printk.h"
#include "lib/string.h"

extern const int32_t clac_table_start[], clac_table_end[];
extern const int32_t stac_table_start[], stac_table_end[];

static const uint8_t nop3[3] = {0x0f, 0x1f, 0x00};
static const uint8_t clac3[3] = {0x0f, 0x01, 0xca};
static const uint8_t stac3[3] = {0x0f, 0x01, 0xcb};

static void patch_table(const int32_t *from, const int32_t *to, const uint8_t *code)
{
    for (; from < to; from++) {
        uint8_t *at = (uint8_t *)((uintptr_t)from + (uint64_t)(int64_t)*from);
        volatile uint8_t *out = at;

        BUG_ON(memcmp(at, nop3, 3));
        out[0] = code[0];
        out[1] = code[1];
        out[2] = code[2];
    }
}

void patch_smap(void)
{
    uint64_t flags, cr0;

    if (!cpu_features.smap)
        return;
    flags = irq_save();
    cr0 = read_cr0();
    write_cr0(cr0 & ~(uint64_t)CR0_WP);
    patch_table(clac_table_start, clac_table_end, clac3);
    patch_table(stac_table_start, stac_table_end, stac3);
    write_cr0(cr0);
    cpuid(0, 0); /* serialises: nothing that was fetched before is executed now */
    irq_restore(flags);
}
