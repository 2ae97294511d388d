/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call changes RAX and nothing else, whatever happens on its way out: another vCPU's turn, a
 * wait, an upcall.
 */
#include "harness.h"

#define KEPT 12

/* The call by a bare SYSCALL, with a value of its own in each register that it does not want. */
long registers_call(unsigned long number, unsigned long a, unsigned long b, uint64_t after[KEPT]);
__asm__(".text\n"
        "registers_call:\n"
        "pushq %rbx; pushq %rbp; pushq %r12; pushq %r13; pushq %r14; pushq %r15; pushq %rcx\n"
        "movq %rdi, %rax; movq %rsi, %rdi; movq %rdx, %rsi\n"
        "movq $0x1001, %rdx; movq $0x1008, %r8; movq $0x1009, %r9; movq $0x100a, %r10\n"
        "movq $0x1003, %rbx; movq $0x1005, %rbp; movq $0x100c, %r12; movq $0x100d, %r13\n"
        "movq $0x100e, %r14; movq $0x100f, %r15\n"
        "syscall\n"
        "popq %rcx\n"
        "movq %rbx, (%rcx); movq %rbp, 8(%rcx); movq %r12, 16(%rcx); movq %r13, 24(%rcx)\n"
        "movq %r14, 32(%rcx); movq %r15, 40(%rcx); movq %rdx, 48(%rcx); movq %r8, 56(%rcx)\n"
        "movq %r9, 64(%rcx); movq %r10, 72(%rcx); movq %rdi, 80(%rcx); movq %rsi, 88(%rcx)\n"
        "popq %r15; popq %r14; popq %r13; popq %r12; popq %rbp; popq %rbx\n"
        "ret\n");

static long kept(unsigned long number, unsigned long a, unsigned long b)
{
    static const uint64_t before[KEPT - 2] = {0x1003, 0x1005, 0x100c, 0x100d, 0x100e,
                                              0x100f, 0x1001, 0x1008, 0x1009, 0x100a};
    uint64_t after[KEPT] = {0};
    long result = registers_call(number, a, b, after);

    for (unsigned int i = 0; i < ARRAY_SIZE(before); i++) {
        EXPECT_EQ(after[i], before[i]);
    }
    EXPECT_EQ(after[10], a);
    EXPECT_EQ(after[11], b);
    return result;
}

TEST(registers_kept)
{
    EXPECT_EQ(kept(__HYPERVISOR_xen_version, XENVER_version, 0), 4 << 16 | 17);
    EXPECT_EQ(kept(54, 1, 2), E(NOSYS));
    EXPECT_EQ(kept(1ul << 40, 1, 2), E(NOSYS));
    for (unsigned int i = 0; i < 20; i++) {
        EXPECT_EQ(kept(__HYPERVISOR_sched_op, SCHEDOP_yield, 0), 0);
    }
}

TEST(registers_kept_while_waiting)
{
    struct sched_poll poll = {0};

    for (unsigned int i = 0; i < 5; i++) {
        poll.timeout = time_now() + 1000000;
        EXPECT_EQ(kept(__HYPERVISOR_sched_op, SCHEDOP_poll, (unsigned long)&poll), 0);
    }
}

TEST(registers_kept_over_an_upcall)
{
    struct evtchn_bind_ipi bind = {.vcpu = 0};
    struct evtchn_send send;

    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &bind) == 0);
    send.port = bind.port;
    port_mask(bind.port, false);
    port_clear(bind.port);
    port_hits[bind.port] = 0;
    upcalls_unmask();
    EXPECT_EQ(kept(__HYPERVISOR_event_channel_op, EVTCHNOP_send, (unsigned long)&send), 0);
    EXPECT_EQ(port_hits[bind.port], 1);
    upcalls_mask();
    port_mask(bind.port, true);
    hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &(struct evtchn_close){.port = bind.port});
}
