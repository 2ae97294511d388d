/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the copies. Only these instructions, and the bounce frame's stores, touch a guest's
 * addresses; where the CPU has SMAP, access is opened right around them.
 */
#include "mm/guest_copy.h"
#include "cpu/features.h"
#include "cpu/fixup.h"
#include "mm/guest_access.h"

static inline size_t copy(void *dst, const void *src, size_t n)
{
    size_t words = n / 8, tail = n % 8;

    __asm__ volatile(ASM_STAC "1: rep movsq\n"
                              "movq %[tail], %%rcx\n"
                              "2: rep movsb\n"
                              "jmp 4f\n"
                              "3: leaq (%[tail], %%rcx, 8), %%rcx\n"
                              "4:\n" ASM_CLAC FIXUP("1b", "3b") FIXUP("2b", "4b")
                     : "+D"(dst), "+S"(src), "+c"(words)
                     : [tail] "r"(tail)
                     : "memory");
    return words; /* bytes not copied */
}

int copy_from_guest(void *dst, gva_t src, size_t n)
{
    if (!gva_range_ok(src, n))
        return -EFAULT;
    return copy(dst, (const void *)src.a, n) ? -EFAULT : 0;
}

int copy_to_guest(gva_t dst, const void *src, size_t n)
{
    if (!gva_range_ok(dst, n))
        return -EFAULT;
    return copy((void *)dst.a, src, n) ? -EFAULT : 0;
}

int get_guest_u64(uint64_t *v, gva_t src)
{
    int rc = 0;

    if (!gva_range_ok(src, 8))
        return -EFAULT;
    __asm__ volatile(ASM_STAC "1: movq %[src], %[v]\n"
                              "2:\n" ASM_CLAC ".subsection 1\n"
                              "3: movl %[fault], %[rc]\n"
                              "xorl %k[v], %k[v]\n"
                              "jmp 2b\n"
                              ".previous\n" FIXUP("1b", "3b")
                     : [v] "=&r"(*v), [rc] "+r"(rc)
                     : [src] "m"(*(const uint64_t *)src.a), [fault] "i"(-EFAULT));
    return rc;
}

int put_guest_u64(gva_t dst, uint64_t v)
{
    int rc = 0;

    if (!gva_range_ok(dst, 8))
        return -EFAULT;
    __asm__ volatile(ASM_STAC "1: movq %[v], (%[dst])\n"
                              "2:\n" ASM_CLAC ".subsection 1\n"
                              "3: movl %[fault], %[rc]\n"
                              "jmp 2b\n"
                              ".previous\n" FIXUP("1b", "3b")
                     : [rc] "+r"(rc)
                     : [v] "r"(v), [dst] "r"(dst.a), [fault] "i"(-EFAULT)
                     : "memory");
    return rc;
}
