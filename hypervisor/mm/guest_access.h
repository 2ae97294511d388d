/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns single words of a guest's memory for the paths that are taken most: loads and stores that go
 * on elsewhere when they fault.
 *
 * Between guest_access_begin() and guest_access_end() the CPU may touch guests' pages (SMAP);
 * nothing else may be done there. The caller has checked the range (gva_range_ok). Whoever moves
 * more, or is in no hurry, uses mm/guest_copy.h.
 */
#ifndef MM_GUEST_ACCESS_H
#define MM_GUEST_ACCESS_H

#include "cpu/fixup.h"
#include "lib/types.h"

/* Three bytes of no-operation, patched to STAC and CLAC where the CPU has SMAP (cpu/patch.c). */
#define ASM_STAC                                                                                   \
    "770: .byte 0x0f, 0x1f, 0x00\n"                                                                \
    ".pushsection .stac_table, \"a\"\n.balign 4\n.long 770b - .\n.popsection\n"
#define ASM_CLAC                                                                                   \
    "771: .byte 0x0f, 0x1f, 0x00\n"                                                                \
    ".pushsection .clac_table, \"a\"\n.balign 4\n.long 771b - .\n.popsection\n"

static inline void guest_access_begin(void)
{
    __asm__ volatile(ASM_STAC ::: "memory");
}

static inline void guest_access_end(void)
{
    __asm__ volatile(ASM_CLAC ::: "memory");
}

#define GUEST_STORE(mov, type, at, value, fault)                                                   \
    __asm__ goto("1: " mov " %1, %0\n" FIXUP("1b", "%l[" #fault "]")                               \
                 : /* no outputs */                                                                \
                 : "m"(*(volatile type *)(at)), "r"((type)(value))                                 \
                 : "memory"                                                                        \
                 : fault)
#define guest_store_u64(at, value, fault) GUEST_STORE("movq", uint64_t, at, value, fault)
#define guest_store_u32(at, value, fault) GUEST_STORE("movl", uint32_t, at, value, fault)

/* The same, `offset` (a constant) bytes from `base`, for a row of them from one base. */
#define guest_store_word(base, offset, value, fault)                                               \
    __asm__ goto("1: movq %[word], %c[distance](%[from])\n" FIXUP("1b", "%l[" #fault "]")          \
                 : /* no outputs */                                                                \
                 : [from] "r"(base), [word] "re"((uint64_t)(value)), [distance] "i"(offset)        \
                 : "memory"                                                                        \
                 : fault)

/*
 * Loads `value`; when it faults `bad` becomes 1 and the value 0. (No jump: gcc 12 fails on those
 * with outputs.)
 */
#define GUEST_LOAD(mov, type, value, at, bad)                                                      \
    __asm__ volatile("1: " mov "\n"                                                                \
                     "2:\n"                                                                        \
                     ".subsection 1\n"                                                             \
                     "3: movl $1, %k[fault]\n"                                                     \
                     "xorl %k[to], %k[to]\n"                                                       \
                     "jmp 2b\n"                                                                    \
                     ".previous\n" FIXUP("1b", "3b")                                               \
                     : [to] "=&r"(value), [fault] "+r"(bad)                                        \
                     : [from] "m"(*(const volatile type *)(at)))
#define guest_load_u64(value, at, bad) GUEST_LOAD("movq %[from], %[to]", uint64_t, value, at, bad)
#define guest_load_u32(value, at, bad) GUEST_LOAD("movl %[from], %k[to]", uint32_t, value, at, bad)

/*
 * Fetches `words` (a constant) words of 64 bits; false on a fault. The caller has checked the
 * range.
 */
static inline __attribute__((always_inline)) bool guest_fetch(uint64_t *to, uint64_t at,
                                                              unsigned int words)
{
    uint32_t bad = 0;

    guest_access_begin();
#pragma GCC unroll 8
    for (unsigned int i = 0; i < words; i++)
        guest_load_u64(to[i], at + i * 8, bad);
    guest_access_end();
    return !bad;
}

#endif
