/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shortest possible guest side of each bounce: no registers saved but
 * those that the work needs, and straight back through the iret hypercall.
 */
/* For the watcher outside: PERF_BEGIN and PERF_END of perf.h. */
.macro MARK number
    .byte   0x0f, 0x1f, 0x80
    .long   0x4d520000 + \number
.endm

    .text
/* A system call from user mode, back as Linux goes: by sysret where it can be. */
    .globl bounce_syscall
bounce_syscall:
    addq    $8, %rsp
    movq    $0x100, (%rsp)
    jmp     hypercall_page + 23 * 32

/* The same with the full iret. */
    .globl bounce_syscall_iret
bounce_syscall_iret:
    movq    (%rsp), %rcx
    movq    8(%rsp), %r11
    addq    $8, %rsp
    movq    $0, (%rsp)
    jmp     hypercall_page + 23 * 32

/* A page fault: goes on behind the faulting `movq (%rax), %rax`, which has 3 bytes. */
    .globl bounce_fault
bounce_fault:
    movq    (%rsp), %rcx
    movq    8(%rsp), %r11
    addq    $16, %rsp
    addq    $3, 8(%rsp)
    movq    $0, (%rsp)
    jmp     hypercall_page + 23 * 32

/* The upcall for one known port: bounce_port_word and bounce_port_bit name it. */
    .globl bounce_event
bounce_event:
    pushq   %rax
    movq    bounce_vcpu_info(%rip), %rax
    movb    $0, (%rax)
    movq    $0, 8(%rax)
    movq    bounce_port_word(%rip), %rax
    movq    $0, (%rax)
    incq    bounce_events(%rip)
    popq    %rax
    movq    (%rsp), %rcx
    movq    8(%rsp), %r11
    addq    $8, %rsp
    movq    $0, (%rsp)
    jmp     hypercall_page + 23 * 32

/* uint64_t measure_syscall(void): ticks of one system call, in user mode. */
    .globl measure_syscall
measure_syscall:
    MARK    1
    rdtsc
    movl    %eax, %r9d
    xorl    %eax, %eax
    syscall
    rdtsc
    MARK    2
    subl    %r9d, %eax
    ret

/* uint64_t measure_fault(void): ticks of one read of address 8. */
    .globl measure_fault
measure_fault:
    MARK    1
    rdtsc
    movl    %eax, %r9d
    movl    $8, %eax
    movq    (%rax), %rax
    rdtsc
    MARK    2
    subl    %r9d, %eax
    ret

/* uint64_t measure_cpuid(void): ticks of one forced-emulation CPUID of leaf 0. */
    .globl measure_cpuid
measure_cpuid:
    pushq   %rbx
    MARK    1
    rdtsc
    movl    %eax, %r9d
    xorl    %eax, %eax
    xorl    %ecx, %ecx
    .byte   0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0xa2
    rdtsc
    MARK    2
    subl    %r9d, %eax
    popq    %rbx
    ret

    .data
    .balign 8
    .globl bounce_vcpu_info, bounce_port_word, bounce_events
bounce_vcpu_info:   .quad 0
bounce_port_word:   .quad 0
bounce_events:      .quad 0
    .section .note.GNU-stack, "", @progbits
