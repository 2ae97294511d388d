/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug registers: breakpoints of the guest's own addresses work, those of the hypervisor's are
 * refused, and the bits that would stop the hypervisor itself are never set.
 */
#include "harness.h"

static long set(unsigned int number, unsigned long value)
{
    return hcall(__HYPERVISOR_set_debugreg, number, value);
}

static unsigned long get(unsigned int number)
{
    return (unsigned long)hcall(__HYPERVISOR_get_debugreg, number);
}

static void reset(void)
{
    set(7, 0);
    for (unsigned int i = 0; i < 4; i++) {
        set(i, 0);
    }
    set(6, 0xffff0ff0ul);
}

TEST(debug_values)
{
    for (unsigned int i = 0; i < 4; i++) {
        EXPECT_EQ(set(i, 0x1000 * (i + 1)), 0);
        EXPECT_EQ(get(i), 0x1000 * (i + 1));
    }
    EXPECT_EQ(set(7, 0), 0);
    EXPECT_EQ(get(7) & ~0x400ul, 0);
    reset();
}

TEST(debug_refused)
{
    for (unsigned int i = 0; i < 4; i++) {
        EXPECT(set(i, 0xffff830000001000ul) != 0);
        EXPECT(set(i, 0xffff800000000000ul) != 0);
        EXPECT(set(i, 0x0000800000000000ul) != 0);
        EXPECT_EQ(get(i), 0);
    }
    EXPECT(set(8, 0) != 0);
    EXPECT(set(0xffffffff, 0) != 0);
    EXPECT((long)get(8) < 0);
    /* General detect would trap the hypervisor's own use; so would bits that are not there. */
    if (set(7, 0x2000) == 0) {
        EXPECT_EQ(get(7) & 0x2000, 0);
    }
    if (set(7, 1ul << 40) == 0) {
        EXPECT_EQ(get(7) >> 32, 0);
    }
    reset();
}

static volatile unsigned int hits;
static volatile uint64_t at;

static bool count_debug(struct regs *regs)
{
    if (regs->entry == VEC_DB) {
        hits++;
        at = regs->rip;
        regs->rflags |= 0x10000;
        return true;
    }
    return false;
}

static volatile uint64_t watched;

TEST(debug_watch)
{
    trap_hook(count_debug);
    hits = 0;
    EXPECT_EQ(set(1, (unsigned long)&watched), 0);
    /* DR1, writes, eight bytes. */
    EXPECT_EQ(set(7, 0x4 | 0x9ul << 20), 0);
    watched = 5;
    EXPECT_EQ(hits, 1);
    EXPECT_EQ(get(6) & 0xf, 0x2);
    (void)watched;
    EXPECT_EQ(hits, 1);
    set(6, 0xffff0ff0ul);
    set(7, 0);
    watched = 6;
    EXPECT_EQ(hits, 1);
    reset();
}

static void __attribute__((noinline)) marked(void)
{
    __asm__ volatile("nop");
}

TEST(debug_break)
{
    trap_hook(count_debug);
    hits = 0;
    EXPECT_EQ(set(0, (unsigned long)marked), 0);
    EXPECT_EQ(set(7, 0x1), 0);
    marked();
    EXPECT_EQ(hits, 1);
    EXPECT_EQ(at, (unsigned long)marked);
    reset();
    marked();
    EXPECT_EQ(hits, 1);
}

/*
 * A watchpoint on memory that the hypervisor itself reads for a call, and on a stack that
 * `mov ss` delays it over: neither may fire in the hypervisor (XSA-260, XSA-308's ground).
 */
TEST(debug_on_arguments)
{
    static xen_extraversion_t extra;

    trap_hook(count_debug);
    hits = 0;
    EXPECT_EQ(set(2, (unsigned long)extra), 0);
    EXPECT_EQ(set(7, 0x10 | 0xbul << 24), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_xen_version, XENVER_extraversion, extra), 0);
    set(7, 0);
    EXPECT(hits <= 1);
    reset();
}

TEST(debug_mov_ss)
{
    static struct {
        uint16_t selector;
    } stack = {FLAT_KERNEL_SS};
    uint64_t rax = __HYPERVISOR_xen_version;

    trap_hook(count_debug);
    hits = 0;
    EXPECT_EQ(set(3, (unsigned long)&stack.selector), 0);
    EXPECT_EQ(set(7, 0x40 | 0x7ul << 28), 0);
    __asm__ volatile("movw %1, %%ss\n syscall"
                     : "+a"(rax)
                     : "m"(stack.selector), "D"(1000l)
                     : "rcx", "r11", "memory");
    set(7, 0);
    EXPECT_EQ(rax, E(NOSYS));
    EXPECT(hits <= 1);
    reset();
}

/* The moves to and from debug registers themselves are privileged, and emulated. */
TEST(debug_moves)
{
    uint64_t value = 1;

    PROBE("movq %0, %%dr0", : : "r"(0x5000ul));
    if (fault_last()->taken) {
        EXPECT_FAULT(VEC_GP, 0);
        SKIP("moves to debug registers are not emulated");
    }
    PROBE("movq %%dr0, %0", : "=r"(value));
    EXPECT_EQ(value, 0x5000);
    PROBE("movq %0, %%dr0", : : "r"(0xffff830000001000ul));
    EXPECT_FAULT(VEC_GP, 0);
    reset();
}

static uint64_t user_dr(uint64_t argument)
{
    __asm__ volatile("movq %0, %%dr0" : : "r"(argument));
    return 0;
}

TEST(debug_user_mode)
{
    EXPECT_EQ(user_run(user_dr, 0x5000, NULL), USER_FAULTED);
    EXPECT_FAULT(VEC_GP, 0);
    EXPECT_EQ(get(0), 0);
}
