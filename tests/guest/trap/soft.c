/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * INT n: through the guest's own table, by the privilege that the entry there asks for.
 */
#include "harness.h"

static uint64_t user_int80(uint64_t argument)
{
    __asm__ volatile("int $0x80" : "+a"(argument));
    return argument;
}

static uint64_t user_int90(uint64_t argument)
{
    __asm__ volatile("int $0x90" : "+a"(argument));
    return argument;
}

static unsigned long hits;

static bool count_hook(struct regs *regs)
{
    if (regs->entry != 0x81 || !regs_from_kernel(regs)) {
        return false;
    }
    hits++;
    return true;
}

/* A vector of its own, with the entry that the harness has for 0x81. */
static void vector_set(unsigned int vector, unsigned int dpl)
{
    trap_info_t one[2] = {{.vector = (uint8_t)vector,
                           .flags = (uint8_t)dpl,
                           .cs = FLAT_KERNEL_CS,
                           .address = (unsigned long)entry_81},
                          {0}};

    REQUIRE(hcall(__HYPERVISOR_set_trap_table, one) == 0);
}

TEST(soft_from_kernel)
{
    hits = 0;
    trap_hook(count_hook);
    /* privilege 0 is the hypervisor's own: not for INT n */
    vector_set(0x90, 0);
    PROBE("int $0x90", : : :);
    EXPECT_FAULT(VEC_GP, 0x90 * 8 + 2);
    vector_set(0x90, 1);
    __asm__ volatile("int $0x90");
    EXPECT_EQ(hits, 1);
    /* a vector without an entry */
    PROBE("int $0x91", : : :);
    EXPECT_FAULT(VEC_GP, 0x91 * 8 + 2);
    trap_hook(NULL);
    traps_restore();
}

TEST(soft_from_user)
{
    vector_set(0x90, 1);
    EXPECT_EQ(user_run(user_int90, 0, NULL), USER_FAULTED);
    EXPECT_FAULT(VEC_GP, 0x90 * 8 + 2);
    vector_set(0x90, 3);
    EXPECT_EQ(user_run(user_int90, 0, NULL), USER_FAULTED);
    EXPECT_EQ(fault_last()->regs.entry, 0x81);
    traps_restore();
}

/* 0x80 has a way of its own, and the same rules. */
TEST(soft_int80)
{
    vector_set(0x80, 1);
    EXPECT_EQ(user_run(user_int80, 0, NULL), USER_FAULTED);
    EXPECT_FAULT(VEC_GP, 0x80 * 8 + 2);
    vector_set(0x80, 0);
    PROBE("int $0x80", : : :);
    EXPECT_FAULT(VEC_GP, 0x80 * 8 + 2);
    traps_restore();
}
