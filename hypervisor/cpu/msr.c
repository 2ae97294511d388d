/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns access to model-specific registers that may not be there: a fault becomes `false`.
 */
#include "cpu/asm.h"
#include "cpu/fixup.h"

bool rdmsr_safe(uint32_t msr, uint64_t *v)
{
    uint32_t lo, hi, bad;

    __asm__ volatile("1: rdmsr\n"
                     "xorl %2, %2\n"
                     "jmp 3f\n"
                     "2: xorl %%eax, %%eax\n"
                     "xorl %%edx, %%edx\n"
                     "movl $1, %2\n"
                     "3:\n" FIXUP("1b", "2b")
                     : "=a"(lo), "=d"(hi), "=&r"(bad)
                     : "c"(msr));
    *v = (uint64_t)hi << 32 | lo;
    return !bad;
}

bool wrmsr_safe(uint32_t msr, uint64_t v)
{
    uint32_t bad;

    __asm__ volatile("1: wrmsr\n"
                     "xorl %0, %0\n"
                     "jmp 3f\n"
                     "2: movl $1, %0\n"
                     "3:\n" FIXUP("1b", "2b")
                     : "=&r"(bad)
                     : "c"(msr), "a"((uint32_t)v), "d"((uint32_t)(v >> 32))
                     : "memory");
    return !bad;
}
