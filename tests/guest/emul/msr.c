/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RDMSR and WRMSR of a guest kernel: the few that it has, those that read as fixed values, and
 * #GP for the others; a bad base must not reach the CPU (XSA-193); user mode has none.
 */
#include "emul.h"

#define MSR_PAT   0x277
#define MSR_APIC  0x1b
#define MSR_EFER  0xc0000080
#define MSR_STAR  0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_FS    0xc0000100
#define MSR_GS    0xc0000101
#define MSR_KGS   0xc0000102

TEST(msr_pat)
{
    EXPECT_EQ(msr_read(MSR_PAT), 0x050100070406ul);
    EXPECT_NO_FAULT();
}

TEST(msr_segment_bases)
{
    static const uint32_t bases[] = {MSR_FS, MSR_GS, MSR_KGS};
    static const unsigned int calls[] = {SEGBASE_FS, SEGBASE_GS_KERNEL, SEGBASE_GS_USER};

    for (unsigned int i = 0; i < ARRAY_SIZE(bases); i++) {
        EXPECT_EQ(hcall(__HYPERVISOR_set_segment_base, calls[i], 0x123456789000ul), 0);
        EXPECT_EQ(msr_read(bases[i]), 0x123456789000ul);
        msr_write(bases[i], 0xffff888000001000ul);
        EXPECT_NO_FAULT();
        EXPECT_EQ(msr_read(bases[i]), 0xffff888000001000ul);
        msr_write(bases[i], 0x0000800000000000ul);
        EXPECT_FAULT(VEC_GP, 0);
        EXPECT_EQ(msr_read(bases[i]), 0xffff888000001000ul);
        msr_write(bases[i], 0);
    }
}

/* The written base is in force: a load through the segment goes there. */
TEST(msr_base_in_force)
{
    static uint64_t cell = 0x600d;
    uint64_t value = 0;

    msr_write(MSR_FS, (uint64_t)&cell - 16);
    PROBE("movq %%fs:16, %0", : "=r"(value));
    EXPECT_NO_FAULT();
    EXPECT_EQ(value, 0x600d);
    value = 0;
    msr_write(MSR_GS, (uint64_t)&cell - 32);
    PROBE("movq %%gs:32, %0", : "=r"(value));
    EXPECT_EQ(value, 0x600d);
    msr_write(MSR_FS, 0);
    msr_write(MSR_GS, 0);
}

TEST(msr_efer)
{
    uint64_t efer = msr_read(MSR_EFER);

    EXPECT_NO_FAULT();
    /* SCE, LME, LMA and NX are what a 64-bit PV kernel lives in. */
    EXPECT_EQ(efer & 0xd01, 0xd01);
    EXPECT_EQ(efer & 1ul << 12, 0);
}

/* Not the guest's: how the hypervisor is entered, and registers that nobody has. */
TEST(msr_refused)
{
    static const uint32_t writes[] = {MSR_STAR, MSR_LSTAR,  0xc0000084, 0x174,     0x175,
                                      0x176,    0xc0010117, 0x12345678, 0x40000000};
    static const uint32_t reads[] = {0x12345678, 0xc0010117};

    for (unsigned int i = 0; i < ARRAY_SIZE(writes); i++) {
        msr_write(writes[i], 0xffffffff80100000ul);
        /* Ignoring is as good as refusing; taking it is not. */
        if (fault_last()->taken) {
            EXPECT_FAULT(VEC_GP, 0);
        }
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(reads); i++) {
        msr_read(reads[i]);
        EXPECT_FAULT(VEC_GP, 0);
    }
    EXPECT_EQ(hcall(__HYPERVISOR_xen_version, XENVER_version, NULL), 4 << 16 | 17);
}

TEST(msr_linux_list)
{
    /* What Debian's kernel reads at boot without a fix-up that it would report. */
    static const uint32_t reads[] = {0x8b, MSR_PAT, MSR_APIC};

    for (unsigned int i = 0; i < ARRAY_SIZE(reads); i++) {
        msr_read(reads[i]);
        if (fault_last()->taken) {
            FAIL("rdmsr %x faults", reads[i]);
        }
    }
}

static uint64_t user_rdmsr(uint64_t number)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"((uint32_t)number));
    return low | (uint64_t)high << 32;
}

static uint64_t user_wrmsr(uint64_t number)
{
    __asm__ volatile("wrmsr" : : "a"(0), "d"(0), "c"((uint32_t)number));
    return 0;
}

TEST(msr_user_mode)
{
    EXPECT_EQ(user_run(user_rdmsr, MSR_PAT, NULL), USER_FAULTED);
    EXPECT_FAULT(VEC_GP, 0);
    EXPECT_EQ(user_run(user_wrmsr, MSR_FS, NULL), USER_FAULTED);
    EXPECT_FAULT(VEC_GP, 0);
}
