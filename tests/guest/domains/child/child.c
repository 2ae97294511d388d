/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel in the domain that the tests make: it waits for jobs in its mailbox, does them, and
 * knows nothing else. It has no handlers: a fault ends it.
 */
#include "child.h"

#include <xen/sched.h>
#include <xen/xen.h>

struct mailbox mailbox __attribute__((section(".mailbox")));
char stack[8192] __attribute__((aligned(16)));

void child_main(uint64_t start_info);
void child_upcall(void);

__asm__(".section .text.head, \"ax\"\n"
        ".globl _start\n"
        "_start: leaq stack+8192(%rip), %rsp\n"
        "movq %rsi, %rdi\n"
        "xorl %ebp, %ebp\n"
        "call child_main\n"
        "ud2\n"
        /* an event: count it, and go back where it came from */
        ".globl entry_event\n"
        "entry_event: popq %rcx\n"
        "popq %r11\n"
        "pushq %rax\n"
        "incq mailbox+64(%rip)\n"
        "movq $0xffffffff80015000, %rax\n" /* vCPU 0's upcall byte in shared_info */
        "movb $0, (%rax)\n"
        "popq %rax\n"
        "pushq %rax\n"
        "pushq %r11\n"
        "pushq %rcx\n"
        "pushq $0\n"
        "movl $23, %eax\n"
        "syscall\n"
        ".text\n");
_Static_assert(__builtin_offsetof(struct mailbox, upcalls) == 64, "what entry_event counts");
_Static_assert(CHILD_SHARED == 0x15, "where entry_event finds shared_info");

static long call(long number, long a, long b, long c, long d, long e)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    long ret;

    __asm__ volatile("syscall"
                     : "=a"(ret), "+D"(a), "+S"(b), "+d"(c), "+r"(r10), "+r"(r8)
                     : "a"(number)
                     : "rcx", "r11", "memory", "cc");
    return ret;
}

static uint64_t port(const volatile uint64_t *args)
{
    uint32_t value = (uint32_t)args[1];

    if (args[2])
        __asm__ volatile("outl %0, %w1" ::"a"(value), "d"((uint16_t)args[0]));
    else
        __asm__ volatile("inl %w1, %0" : "=a"(value) : "d"((uint16_t)args[0]));
    return value;
}

static uint64_t fpu(uint64_t value)
{
    uint64_t before;

    __asm__ volatile("movq %%xmm7, %0\n\tmovq %1, %%xmm7" : "=&r"(before) : "r"(value));
    return before;
}

static uint64_t work(void)
{
    volatile uint64_t *args = mailbox.args;
    uint32_t request = mailbox.request;

    switch (mailbox.job) {
    case JOB_CALL:
        return (uint64_t)call(mailbox.number, args[0], args[1], args[2], args[3], args[4]);
    case JOB_READ:
        return *(volatile uint64_t *)args[0];
    case JOB_WRITE:
        *(volatile uint64_t *)args[0] = args[1];
        return 0;
    case JOB_SPIN:
        for (mailbox.result = 0; mailbox.request == request; mailbox.result++)
            __asm__ volatile("pause");
        return mailbox.result;
    case JOB_SLEEP:
        mailbox.result = 1;
        while (mailbox.request == request)
            call(__HYPERVISOR_sched_op, SCHEDOP_block, 0, 0, 0, 0);
        return mailbox.upcalls;
    case JOB_CRASH:
        __asm__ volatile("ud2");
        return 0;
    case JOB_FPU:
        return fpu(args[0]);
    case JOB_PORT:
        return port(args);
    default:
        return ~0UL;
    }
}

void child_main(uint64_t start_info)
{
    mailbox.start_info = start_info;
    for (;;) {
        uint32_t request = mailbox.request;

        if (request != mailbox.done) {
            mailbox.result = work();
            mailbox.done = request;
        } else {
            call(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0, 0);
        }
    }
}
