/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Extended state: XSETBV takes what a CPU would take and no more, and the registers of one vCPU
 * are not seen by the other (XSA-172's ground).
 */
#include "emul.h"

static bool has_xsave(void)
{
    return cpuid_forced(1, 0).c >> 26 & 1;
}

static void xsetbv(uint64_t value)
{
    PROBE("xsetbv", : : "c"(0), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

TEST(xsave_xsetbv)
{
    uint32_t low = 0, high = 0;
    uint64_t cr4;

    if (!has_xsave()) {
        SKIP("the guest has no XSAVE on this CPU");
    }
    __asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
    PROBE("movq %0, %%cr4", : : "r"(cr4 | 1ul << 18));
    EXPECT_NO_FAULT();
    xsetbv(3);
    EXPECT_NO_FAULT();
    PROBE("xgetbv", : "=a"(low), "=d"(high) : "c"(0));
    EXPECT_NO_FAULT();
    EXPECT_EQ(low, 3);
    xsetbv(0);
    EXPECT_FAULT(VEC_GP, 0);
    xsetbv(1ul << 62 | 3);
    EXPECT_FAULT(VEC_GP, 0);
    xsetbv(4 | 1);
    EXPECT_FAULT(VEC_GP, 0);
    PROBE("xgetbv", : "=a"(low), "=d"(high) : "c"(0));
    EXPECT_EQ(low, 3);
    PROBE("movq %0, %%cr4", : : "r"(cr4));
}

static volatile uint64_t seen_other;

static void other_writes(void)
{
    uint64_t value = 0xbadbadbadul;

    hcall(__HYPERVISOR_fpu_taskswitch, 0);
    __asm__ volatile("movq %%xmm5, %0" : "=r"(value));
    seen_other = value;
    value = 0x2222222222222222ul;
    for (unsigned int i = 0; i < 50; i++) {
        __asm__ volatile("movq %0, %%xmm5" : : "r"(value));
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
    }
}

/* Two vCPUs on one CPU, each with its own SSE registers over many switches. */
TEST(xsave_registers_apart)
{
    uint64_t mine = 0x1111111111111111ul, now = 0;

    REQUIRE(cpu_start(1) == 0);
    hcall(__HYPERVISOR_fpu_taskswitch, 0);
    __asm__ volatile("movq %0, %%xmm5" : : "r"(mine));
    seen_other = 0;
    cpu_run(1, other_writes);
    for (unsigned int i = 0; i < 50; i++) {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
        __asm__ volatile("movq %%xmm5, %0" : "=r"(now));
        if (!EXPECT_EQ(now, mine)) {
            break;
        }
    }
    EXPECT(cpu_wait(1));
    EXPECT(seen_other != mine);
    __asm__ volatile("movq %%xmm5, %0" : "=r"(now));
    EXPECT_EQ(now, mine);
}
