/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Segment bases by call: each in force at once, non-canonical ones refused (XSA-193's ground),
 * and the user's GS base swapped in and out with the mode.
 */
#include "harness.h"

static long base_set(unsigned int which, unsigned long base)
{
    return hcall(__HYPERVISOR_set_segment_base, which, base);
}

TEST(segment_bases)
{
    static uint64_t cells[2] = {0x1111, 0x2222};
    uint64_t value = 0;

    EXPECT_EQ(base_set(SEGBASE_FS, (unsigned long)&cells[0]), 0);
    PROBE("movq %%fs:0, %0", : "=r"(value));
    EXPECT_EQ(value, 0x1111);
    EXPECT_EQ(base_set(SEGBASE_GS_KERNEL, (unsigned long)&cells[1]), 0);
    PROBE("movq %%gs:0, %0", : "=r"(value));
    EXPECT_EQ(value, 0x2222);
    base_set(SEGBASE_FS, 0);
    base_set(SEGBASE_GS_KERNEL, 0);
}

static uint64_t user_gs(uint64_t offset)
{
    uint64_t value;

    __asm__ volatile("movq %%gs:(%1), %0" : "=r"(value) : "r"(offset));
    return value;
}

TEST(segment_gs_by_mode)
{
    static uint64_t kernel_cell = 0xaaaa, user_cell = 0xbbbb;
    uint64_t value = 0;

    EXPECT_EQ(base_set(SEGBASE_GS_KERNEL, (unsigned long)&kernel_cell), 0);
    EXPECT_EQ(base_set(SEGBASE_GS_USER, (unsigned long)&user_cell), 0);
    EXPECT_EQ(user_run(user_gs, 0, &value), USER_RETURNED);
    EXPECT_EQ(value, 0xbbbb);
    PROBE("movq %%gs:0, %0", : "=r"(value));
    EXPECT_EQ(value, 0xaaaa);
    base_set(SEGBASE_GS_KERNEL, 0);
    base_set(SEGBASE_GS_USER, 0);
}

TEST(segment_errors)
{
    static const unsigned int which[] = {SEGBASE_FS, SEGBASE_GS_USER, SEGBASE_GS_KERNEL};
    static const unsigned long bases[] = {0x0000800000000000ul, 0xffff7ffffffffffful, 1ul << 63};

    for (unsigned int i = 0; i < ARRAY_SIZE(which); i++) {
        for (unsigned int k = 0; k < ARRAY_SIZE(bases); k++) {
            EXPECT_EQ(base_set(which[i], bases[k]), E(INVAL));
        }
    }
    EXPECT_EQ(base_set(100, 0), E(INVAL));
}

/* A user selector that is null, or one that is none: no fault reaches the hypervisor. */
TEST(segment_user_selector)
{
    EXPECT_EQ(base_set(SEGBASE_GS_USER_SEL, 0), 0);
    EXPECT_EQ(base_set(SEGBASE_GS_USER_SEL, FLAT_USER_DS), 0);
    EXPECT_EITHER(base_set(SEGBASE_GS_USER_SEL, 0x1003), 0, E(INVAL));
    EXPECT_EITHER(base_set(SEGBASE_GS_USER_SEL, 0xfff8), 0, E(INVAL));
    EXPECT_EQ(base_set(SEGBASE_GS_USER_SEL, 0), 0);
}
