/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUID as a guest sees it: the forced-emulation prefix always shows the hypervisor's view, the
 * hypervisor leaves carry its signature, and what a guest can't have is not announced.
 */
#include "emul.h"

TEST(cpuid_signature)
{
    struct leaf base = cpuid_forced(0x40000000, 0);

    EXPECT_EQ(base.b, 0x566e6558);
    EXPECT_EQ(base.c, 0x65584d4d);
    EXPECT_EQ(base.d, 0x4d4d566e);
    EXPECT(base.a >= 0x40000005 && base.a < 0x40000100);
    EXPECT_EQ(cpuid_forced(0x40000001, 0).a, 4 << 16 | 17);
    EXPECT_EQ(cpuid_forced(0x40000005, 0).b & ~0xffu, 0);
    /* No second hypervisor below or above. */
    EXPECT(cpuid_forced(0x40000100, 0).b != 0x566e6558);
}

TEST(cpuid_features)
{
    struct leaf one = cpuid_forced(1, 0), zero = cpuid_forced(0, 0);
    struct leaf extended = cpuid_forced(0x80000001, 0);

    EXPECT(zero.a >= 1);
    /* FPU, TSC, MSR, PAE, CX8, APIC, CMOV, FXSR, SSE and SSE2; the hypervisor bit. */
    EXPECT_EQ(one.d & 0x07008371, 0x07008371);
    EXPECT_EQ(one.c >> 31, 1);
    /* VMX, MONITOR and PSE-36 are nothing for a PV guest; nor PCID. */
    EXPECT_EQ(one.c & (1u << 5 | 1u << 3 | 1u << 17), 0);
    /* SYSCALL, NX and long mode; no RDTSCP-less surprise: SVM off. */
    EXPECT_EQ(extended.d & (1u << 11 | 1u << 20 | 1u << 29), 1u << 11 | 1u << 20 | 1u << 29);
    EXPECT_EQ(extended.c & 1u << 2, 0);
    /* SMEP, SMAP and UMIP belong to ring 0; INVPCID with them. */
    EXPECT_EQ(cpuid_forced(7, 0).b & (1u << 7 | 1u << 20 | 1u << 10), 0);
}

static uint64_t user_osxsave(uint64_t argument)
{
    return cpuid_forced(1, (uint32_t)argument).c >> 27 & 1;
}

/* In user mode OSXSAVE follows the guest's own CR4; its kernel may be told the hypervisor's. */
TEST(cpuid_osxsave)
{
    uint64_t cr4, seen = 2;

    if ((cpuid_forced(1, 0).c >> 26 & 1) == 0) {
        SKIP("the guest has no XSAVE on this CPU");
    }
    __asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
    for (unsigned int on = 0; on < 2; on++) {
        __asm__ volatile("movq %0, %%cr4" : : "r"((cr4 & ~(1ul << 18)) | (uint64_t)on << 18));
        EXPECT_EQ(user_run(user_osxsave, 0, &seen), USER_RETURNED);
        EXPECT_EQ(seen, on);
    }
    __asm__ volatile("movq %0, %%cr4" : : "r"(cr4));
}

TEST(cpuid_beyond)
{
    struct leaf beyond = cpuid_forced(0x80000021 + 0x1000, 0);

    EXPECT_EQ(beyond.a | beyond.b | beyond.c | beyond.d, 0);
    beyond = cpuid_forced(0x40000000 + 0xff, 0);
    EXPECT_EQ(beyond.a | beyond.b | beyond.c | beyond.d, 0);
}

/* The upper halves of the four registers are cleared, as by the instruction itself. */
TEST(cpuid_upper_halves)
{
    uint64_t a = 0xdead000000000000ul, b = ~0ul, c = 0xbeef000000000000ul, d = ~0ul;

    __asm__ volatile(".byte 0x0f, 0x0b, 0x78, 0x65, 0x6e\n cpuid"
                     : "+a"(a), "+b"(b), "+c"(c), "+d"(d));
    EXPECT_EQ((a | b | c | d) >> 32, 0);
}

/* The prefix before anything else is the undefined instruction that it is. */
TEST(cpuid_prefix_alone)
{
    extern char prefix_at[];

    fault_clear();
    __asm__ volatile("prefix_at:\n" FIXUP(".byte 0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x90") : : :);
    EXPECT_FAULT(VEC_UD, 0);
    EXPECT_EQ(fault_last()->regs.rip, (unsigned long)prefix_at);
}

/* The prefix at the end of a page behind which nothing is mapped. */
TEST(cpuid_prefix_over_the_edge)
{
    unsigned char *code = page_alloc(), *hole = page_alloc();
    unsigned char *at = hole - 5;
    static const unsigned char prefix[] = {0x0f, 0x0b, 0x78, 0x65, 0x6e};
    struct regs regs;

    REQUIRE(hole == code + PAGE_SIZE);
    memcpy(at, prefix, sizeof(prefix));
    REQUIRE(va_set(hole, 0) == 0);
    user_regs(&regs, (uint64_t(*)(uint64_t))(void *)at, 0);
    EXPECT_EQ(user_enter(&regs, NULL), USER_FAULTED);
    EXPECT_EITHER(fault_last()->regs.entry, VEC_UD, VEC_PF);
    REQUIRE(page_unprotect(hole) == 0);
}

static uint64_t user_cpuid(uint64_t number)
{
    return cpuid_forced((uint32_t)number, 0).b;
}

TEST(cpuid_from_user_mode)
{
    uint64_t b = 0;

    EXPECT_EQ(user_run(user_cpuid, 0x40000000, &b), USER_RETURNED);
    EXPECT_EQ(b, 0x566e6558);
}
