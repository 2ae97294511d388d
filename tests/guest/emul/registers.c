/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers that a kernel reads at boot and writes without effect: MSRs of the vendor and of
 * machine checks, LMSW, CR2, INVLPG, RDTSC where the kernel keeps it from its user mode; and the
 * leaves of CPUID that say what there is.
 */
#include "emul.h"

#define CR0_TS  0x8ul
#define CR4_TSD 0x4ul

/* A read gives `value` or #GP, where the register is not the ABI's to promise. */
static void reads_as(uint32_t number, uint64_t value)
{
    uint64_t got = msr_read(number);

    if (fault_last()->taken) {
        EXPECT_FAULT(VEC_GP, 0);
    } else if (got != value) {
        FAIL("rdmsr %x gives %lx, not %lx", number, got, value);
    }
}

/* Taken without effect, or refused: what it reads as stays. */
static void keeps(uint32_t number, uint64_t value)
{
    uint64_t before = msr_read(number);
    bool readable = !fault_last()->taken;

    msr_write(number, value);
    if (fault_last()->taken) {
        EXPECT_FAULT(VEC_GP, 0);
    }
    if (readable) {
        EXPECT_EQ(msr_read(number), before);
    }
}

/* What Debian's kernel reads and writes of machine checks: no bank ever reports anything. */
TEST(registers_machine_checks)
{
    EXPECT(msr_read(0x179) >> 32 == 0);
    reads_as(0x17a, 0);
    for (uint32_t bank = 0; bank < 2; bank++) {
        reads_as(0x401 + 4 * bank, 0);
        keeps(0x400 + 4 * bank, ~0ul);
        keeps(0x401 + 4 * bank, 0);
        /* a status may be made up by its owner, where it can be written at all */
        msr_write(0x401 + 4 * bank, 1);
        EXPECT(!fault_last()->taken || fault_last()->regs.entry == VEC_GP);
        msr_write(0x401 + 4 * bank, 0);
        msr_read(0x402 + 4 * bank);
    }
    keeps(0x17a, 0);
    msr_write(0x17a, 1);
    EXPECT(!fault_last()->taken || fault_last()->regs.entry == VEC_GP);
    msr_write(0x17a, 0);
}

/* AMD's performance counters, HWCR and the like, which Linux tries on such a CPU. */
TEST(registers_vendor)
{
    static const uint32_t some[] = {0xc0010000, 0xc0010003, 0xc0010004, 0xc0010007, 0xc0010015,
                                    0xc0010055, 0xc0011029, 0x1a0,      0xce,       0x140};

    for (unsigned int i = 0; i < ARRAY_SIZE(some); i++) {
        msr_read(some[i]);
        if (fault_last()->taken) {
            EXPECT_FAULT(VEC_GP, 0);
        }
    }
    keeps(0xc0010007, 0);
    keeps(0xc0010015, 0);
    keeps(0x140, 0);
    keeps(0x140, 1);
    keeps(0x1a0, 0);
}

TEST(registers_fixed)
{
    uint64_t efer = msr_read(0xc0000080), before = rdtsc(), now;

    keeps(0xc0000080, efer);
    keeps(0xc0000080, efer & ~0x800ul);
    keeps(0x277, 0x050100070406ul);
    keeps(0x277, 0);
    keeps(0x1b, 0);
    keeps(0x8b, 0);
    keeps(0x1d9, 0);
    reads_as(0x1d9, 0);
    msr_read(0xfe); /* MTRRs: the control domain may look */
    msr_read(0x200);
    msr_read(0x2ff);
    now = msr_read(0x10);
    if (!fault_last()->taken) {
        EXPECT(now >= before);
        EXPECT(rdtsc() >= now);
    }
    /* the page for hypercalls: where the address names one of the domain's own, writable frames */
    msr_write(0x40000000, 1);
    EXPECT_FAULT(VEC_GP, 0);
    msr_write(0x40000000, 0xfffffffff000ul);
    EXPECT_FAULT(VEC_GP, 0);
}

TEST(registers_lmsw)
{
    uint64_t cr0 = 0, after = 0;

    PROBE("movq %%cr0, %0", : "=r"(cr0));
    PROBE("lmsw %w0", : : "r"(0xb));
    EXPECT(!fault_last()->taken || fault_last()->regs.entry == VEC_GP);
    PROBE("movq %%cr0, %0", : "=r"(after));
    EXPECT_EQ((after ^ cr0) & ~CR0_TS, 0);
    PROBE("clts", : : :);
    EXPECT_NO_FAULT();
    /* emulation, no protection: nothing but TS changes */
    PROBE("lmsw %w0", : : "r"(0x4));
    PROBE("movq %%cr0, %0", : "=r"(after));
    EXPECT_EQ(after, cr0 & ~CR0_TS);
    PROBE("lmsw (%0)", : : "r"(&after) : "memory");
    EXPECT(!fault_last()->taken || fault_last()->regs.entry == VEC_GP);
    PROBE("clts", : : :);
}

TEST(registers_cr2)
{
    uint64_t cr2 = 0;

    PROBE("movq %0, %%cr2", : : "r"(0x1234567000ul));
    EXPECT_NO_FAULT();
    PROBE("movq %%cr2, %0", : "=r"(cr2));
    EXPECT_NO_FAULT();
    EXPECT_EQ(cr2, 0x1234567000);
    PROBE("movq %0, %%cr8", : : "r"(0ul));
    EXPECT_FAULT(VEC_GP, 0);
    PROBE("movq %%cr1, %0", : "=r"(cr2));
    EXPECT(fault_last()->taken);
}

/* By an index and a base, by a segment: a kernel may forget any address, mapped or not. */
TEST(registers_invlpg)
{
    uint64_t *entry = tables_make(SCRATCH_VA), *first = page_alloc(), *second = page_alloc();
    const volatile uint64_t *at = (const volatile uint64_t *)SCRATCH_VA;

    first[0] = 1;
    second[0] = 2;
    REQUIRE(pte_set(entry, pte_make(mfn_of(first), PTE_RO)) == 0);
    EXPECT_EQ(*at, 1);
    REQUIRE(mmu_update1(machine_of(entry), pte_make(mfn_of(second), PTE_RO)) == 0);
    PROBE("invlpg (%0)", : : "r"(at) : "memory");
    if (fault_last()->taken) {
        EXPECT_FAULT(VEC_GP, 0);
    } else {
        EXPECT_EQ(*at, 2);
    }
    PROBE("invlpg 8(%0,%1,4)", : : "r"(SCRATCH_VA), "r"(0x1000ul) : "memory");
    EXPECT(!fault_last()->taken || fault_last()->regs.entry == VEC_GP);
    PROBE("invlpg %%fs:(%0)", : : "r"(at) : "memory");
    EXPECT(!fault_last()->taken || fault_last()->regs.entry == VEC_GP);
    REQUIRE(va_set((void *)SCRATCH_VA, 0) == 0);
}

static uint64_t user_rdtsc(uint64_t argument)
{
    (void)argument;
    return rdtsc();
}

/* TSD in CR4 keeps the clock from user mode; the kernel reads on. */
TEST(registers_tsd)
{
    uint64_t cr4, before, after, high = ~0ul;

    __asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
    before = rdtsc();
    PROBE("movq %0, %%cr4", : : "r"(cr4 | CR4_TSD));
    EXPECT_NO_FAULT();
    PROBE("rdtsc", : "=a"(after), "+d"(high));
    EXPECT_NO_FAULT();
    EXPECT((high << 32 | after) >= before);
    EXPECT_EQ(user_run(user_rdtsc, 0, NULL), USER_FAULTED);
    EXPECT_FAULT(VEC_GP, 0);
    __asm__ volatile("movq %0, %%cr4" : : "r"(cr4));
    EXPECT_EQ(user_run(user_rdtsc, 0, NULL), USER_RETURNED);
}

/* The hypervisor's leaves: the page for hypercalls, the clock's rate, and nothing beyond. */
TEST(registers_hypervisor_leaves)
{
    struct leaf leaf = cpuid_forced(0x40000002, 0);

    EXPECT_EQ(leaf.a, 1);
    EXPECT_EQ(leaf.b, 0x40000000);
    leaf = cpuid_forced(0x40000003, 0);
    /* the guest's kHz, where it is not the host's own, and the host's */
    EXPECT(cpuid_forced(0x40000003, 2).a > 1000);
    EXPECT(leaf.c == 0 || leaf.c == cpuid_forced(0x40000003, 2).a);
    /* how its clock is made of the TSC: Xen tells only who migrates */
    EXPECT(cpuid_forced(0x40000003, 1).c != 0 || !subject_is_mortise());
    leaf = cpuid_forced(0x40000003, 3);
    EXPECT_EQ(leaf.a | leaf.b | leaf.c | leaf.d, 0);
    leaf = cpuid_forced(0x40000004, 0);
    EXPECT_EQ(leaf.b | leaf.c | leaf.d, 0);
}

/* Leaves with subleaves, each beyond the last one; a leaf that the CPU has not got is all zero. */
TEST(registers_cpu_leaves)
{
    struct leaf zero = cpuid_forced(0, 0), extended = cpuid_forced(0x80000000, 0), leaf;

    for (uint32_t n = 0; n <= zero.a; n++) {
        cpuid_forced(n, 0);
        leaf = cpuid_forced(n, 0xffffff);
        if (n == 4 || n == 7 || n == 0xd) {
            EXPECT_EQ(leaf.a | leaf.b | leaf.c | leaf.d, 0);
        }
    }
    EXPECT(extended.a >= 0x80000001);
    EXPECT_EQ(extended.b, zero.b);
    for (uint32_t n = 0x80000000; n <= extended.a; n++) {
        cpuid_forced(n, 0);
    }
    EXPECT(cpuid_forced(0x80000008, 0).a >> 0 & 0xff);
}
