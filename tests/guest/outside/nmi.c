/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NMIs from outside (QEMU's monitor) while vCPU 0 does one thing as fast as it can, or waits: each
 * arrives at its callback soon, once, and takes nothing away from what it interrupted. A line
 * `WANT nmi` asks for them until the line `ENOUGH`; tests/system/test_outside.py sends them.
 * With `seconds=N` on the command line it goes on at least that long.
 */
#include "harness.h"

#define LIMIT 20000000000ul /* ns */

static volatile unsigned long nmis, calls;
static volatile bool over;
static unsigned long wanted;

static bool nmi_hook(struct regs *regs)
{
    if (regs->entry == ENTRY_NMI) {
        nmis++;
        return true;
    }
    if (regs->entry == ENTRY_SYSCALL && regs->rax != USER_SYSCALL_EXIT) {
        calls++;
        regs->rax = regs->rdi * 3 + regs->rax;
        return true;
    }
    return false;
}

static long callback(const char *entry)
{
    struct xennmi_callback nmi = {.handler_address = (unsigned long)entry};

    return hcall(__HYPERVISOR_nmi_op,
                 entry != NULL ? XENNMI_register_callback : XENNMI_unregister_callback, &nmi);
}

/* Does `step` until `count` NMIs came; fails when that takes too long. */
static void until_nmis(const char *what, unsigned long count, void (*step)(void))
{
    uint64_t begin = time_now(), least = argument("seconds=", 0) * 1000000000ul;

    nmis = calls = 0;
    wanted = count;
    REQUIRE(callback(entry_nmi) == 0);
    trap_hook(nmi_hook);
    print("WANT nmi\n");
    while (time_now() - begin < least || (nmis < count && time_now() - begin < LIMIT)) {
        step();
    }
    print("ENOUGH: %s: %lu NMIs, %lu calls, %lu ms\n", what, nmis, calls,
          (time_now() - begin) / 1000000);
    if (nmis < count) {
        FAIL("%s: only %lu of %lu NMIs came", what, nmis, count);
    }
    /* Those under way still come; then there is no callback, and no harm in one more. */
    for (begin = time_now(); time_now() - begin < 200000000;) {
        hcall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
    }
    EXPECT_EQ(callback(NULL), 0);
    trap_hook(NULL);
}

static uint64_t storm(uint64_t rounds)
{
    uint64_t wrong = 0;

    for (uint64_t i = 0; i < rounds; i++) {
        uint64_t rax = i & 0xff, rbx = i * 5, r15 = ~i;

        __asm__ volatile("syscall"
                         : "+a"(rax), "+b"(rbx)
                         : "D"(i), "r"(r15)
                         : "rcx", "r11", "memory");
        wrong += rax != i * 3 + (i & 0xff) || rbx != i * 5;
    }
    return wrong;
}

static void storm_step(void)
{
    uint64_t wrong = 0;

    EXPECT_EQ(user_run(storm, 1000, &wrong), USER_RETURNED);
    EXPECT_EQ(wrong, 0);
}

TEST_ALONE(nmi_syscalls)
{
    until_nmis("system calls", 200, storm_step);
    EXPECT(calls > 10000);
}

static void kernel_step(void)
{
    for (unsigned int i = 0; i < 1000; i++) {
        EXPECT_EQ(hcall(__HYPERVISOR_xen_version, XENVER_version, NULL), 4 << 16 | 17);
        PROBE("ud2", : : :);
        EXPECT_FAULT(VEC_UD, 0);
    }
}

TEST_ALONE(nmi_hypercalls)
{
    until_nmis("hypercalls and faults", 200, kernel_step);
}

/* User mode makes no call, and no timer is set: an NMI is all that comes in. */
static uint64_t spin(uint64_t limit)
{
    uint64_t begin = rdtsc();

    while (nmis < wanted && rdtsc() - begin < limit) {}
    return 0;
}

static void spin_step(void)
{
    EXPECT_EQ(user_run(spin, 60000000000ul, NULL), USER_RETURNED);
}

TEST_ALONE(nmi_spin_in_user)
{
    until_nmis("user mode that spins", 20, spin_step);
}

static void wait_step(void)
{
    struct sched_poll poll = {.timeout = time_now() + LIMIT};

    hcall(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll);
}

TEST_ALONE(nmi_waiting)
{
    until_nmis("a vCPU that waits", 20, wait_step);
}

static void storm_elsewhere(void)
{
    EXPECT_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn_of(user_l4), 0), 0);
    trap_hook(nmi_hook);
    while (!over) {
        storm_step();
    }
}

/* vCPU 1 runs, too, has no callback and gets none. */
TEST_ALONE(nmi_two_vcpus)
{
    REQUIRE(cpu_start(1) == 0);
    over = false;
    cpu_run(1, storm_elsewhere);
    until_nmis("system calls of two vCPUs", 200, storm_step);
    over = true;
    EXPECT(cpu_wait(1));
}
