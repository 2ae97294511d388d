/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions that the hypervisor emulates, as the tests of this folder issue them.
 */
#ifndef TEST_EMUL_H
#define TEST_EMUL_H

#include "harness.h"

struct leaf {
    uint32_t a, b, c, d;
};

/* CPUID through the forced-emulation prefix: always the hypervisor's view. */
static inline struct leaf cpuid_forced(uint32_t number, uint32_t sub)
{
    struct leaf leaf;

    __asm__ volatile(".byte 0x0f, 0x0b, 0x78, 0x65, 0x6e\n cpuid"
                     : "=a"(leaf.a), "=b"(leaf.b), "=c"(leaf.c), "=d"(leaf.d)
                     : "a"(number), "c"(sub));
    return leaf;
}

/* Of a probe: look at EXPECT_FAULT and EXPECT_NO_FAULT after it. */
static inline uint64_t msr_read(uint32_t number)
{
    uint32_t low = 0, high = 0;

    PROBE("rdmsr", : "+a"(low), "+d"(high) : "c"(number));
    return low | (uint64_t)high << 32;
}

static inline void msr_write(uint32_t number, uint64_t value)
{
    PROBE("wrmsr", : : "c"(number), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

#endif
