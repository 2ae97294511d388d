/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * set_trap_table: entries take effect at once, a null table clears all, a bad pointer or a
 * non-canonical handler (XSA-7's ground) is refused; what was set before the bad entry stays.
 */
#include "harness.h"

static unsigned int other_hits;

static bool count_other(struct regs *regs)
{
    if (regs->entry == 0x80) {
        other_hits++;
        return true;
    }
    return false;
}

TEST(trap_table_new_entry)
{
    static trap_info_t table[] = {{.vector = 0x90, .flags = 0, .cs = FLAT_KERNEL_CS}, {0}};

    table[0].address = (unsigned long)entry_80;
    trap_hook(count_other);
    other_hits = 0;
    REQUIRE(hcall(__HYPERVISOR_set_trap_table, table) == 0);
    /* A kernel may call its own gate whatever its DPL. */
    PROBE("int $0x80", : : :);
    EXPECT_NO_FAULT();
    EXPECT_EQ(other_hits, 1);
}

TEST(trap_table_errors)
{
    static trap_info_t table[3];

    EXPECT_EQ(hcall(__HYPERVISOR_set_trap_table, 0x1000), E(FAULT));
    EXPECT_EQ(hcall(__HYPERVISOR_set_trap_table, 0xffff830000000000ul), E(FAULT));
    table[0] = (trap_info_t){.vector = 0x91, .cs = FLAT_KERNEL_CS, .address = 0x0000800000000000ul};
    EXPECT_EQ(hcall(__HYPERVISOR_set_trap_table, table), E(INVAL));
    table[0].address = 0xffff7fffffffffffUL;
    EXPECT_EQ(hcall(__HYPERVISOR_set_trap_table, table), E(INVAL));
    table[0] = (trap_info_t){
        .vector = VEC_UD, .cs = FLAT_KERNEL_CS, .flags = 4, .address = (unsigned long)entry_6};
    table[1] = (trap_info_t){.vector = 0x91, .cs = FLAT_KERNEL_CS, .address = 1ul << 62};
    EXPECT_EQ(hcall(__HYPERVISOR_set_trap_table, table), E(INVAL));
    PROBE("ud2", : : :);
    EXPECT_FAULT(VEC_UD, 0);
}

/* Runs over the end of the guest's own page into a hole: -EFAULT, not a fault. */
TEST(trap_table_across_hole)
{
    char *pages = page_alloc(), *second = page_alloc();
    trap_info_t *table;

    REQUIRE(second == pages + PAGE_SIZE);
    table = (trap_info_t *)second - 1;
    *table =
        (trap_info_t){.vector = VEC_UD, .cs = FLAT_KERNEL_CS, .address = (unsigned long)entry_6};
    REQUIRE(va_set(second, 0) == 0);
    EXPECT_EQ(hcall(__HYPERVISOR_set_trap_table, table), E(FAULT));
    REQUIRE(page_unprotect(second) == 0);
}

/* Without a handler for its vector the guest is ended, not the host. */
TEST_FATAL(trap_table_missing_handler)
{
    REQUIRE(hcall(__HYPERVISOR_set_trap_table, NULL) == 0);
    __asm__ volatile("ud2");
}

TEST_FATAL(trap_kernel_bad_stack)
{
    __asm__ volatile("movq $0x1000, %%rsp\n ud2" : : : "memory");
}

TEST_FATAL(trap_kernel_hypervisor_stack)
{
    __asm__ volatile("movq %0, %%rsp\n ud2" : : "r"(0xffff830000001000ul) : "memory");
}

TEST_FATAL(trap_kernel_noncanonical_stack)
{
    __asm__ volatile("movq %0, %%rsp\n ud2" : : "r"(0x0000800000001000ul) : "memory");
}

/* The handler of page faults is itself not mapped: no loop in the hypervisor. */
TEST_FATAL(trap_table_unmapped_handler)
{
    static trap_info_t table[] = {{.vector = VEC_PF, .flags = 0, .cs = FLAT_KERNEL_CS}, {0}};
    char *stack = page_alloc();

    table[0].address = 0x1000;
    REQUIRE(hcall(__HYPERVISOR_set_trap_table, table) == 0);
    __asm__ volatile("movq %0, %%rsp\n movq 0x2000, %%rax" : : "r"(stack + 4096) : "memory", "rax");
}
