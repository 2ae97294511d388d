/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first instructions of a test kernel and every entry from the hypervisor.
 * Each entry turns its bounce frame into one `struct regs` (regs.h) and calls
 * trap_dispatch(); the way back is always the iret hypercall.  Entry numbers
 * from 256 are not exceptions: they are the callbacks (regs.h, enum entry).
 * Nothing here decides anything: that is traps.c's.
 */
    .section .text.head, "ax"
    .globl _start
_start:
    rdtsc
    shlq    $32, %rdx
    orq     %rdx, %rax
    movq    %rax, tsc_at_entry(%rip)
    movq    %rsp, boot_rsp(%rip)
    cld
    leaq    stack_area(%rip), %rsp
    addq    $STACK_BYTES, %rsp
    xorl    %ebp, %ebp
    movq    %rsi, %rdi
    call    harness_main
1:  ud2
    jmp     1b

    .section .text.hypercall, "ax"
    .globl hypercall_page
    .balign 4096
hypercall_page:
    .skip 4096, 0x90

    .text
/* An entry without an error code: rcx and r11 on top of the machine frame. */
.macro ENTRY_PLAIN name, number
    .globl \name
\name:
    movq    (%rsp), %rcx
    movq    8(%rsp), %r11
    movq    $0, 8(%rsp)
    movq    $\number, (%rsp)
    jmp     entry_common
.endm

/* The same with an error code between. */
.macro ENTRY_CODE name, number
    .globl \name
\name:
    movq    (%rsp), %rcx
    movq    8(%rsp), %r11
    addq    $16, %rsp
    pushq   $\number
    jmp     entry_common
.endm

    ENTRY_PLAIN entry_0, 0
    ENTRY_PLAIN entry_1, 1
    ENTRY_PLAIN entry_2, 2
    ENTRY_PLAIN entry_3, 3
    ENTRY_PLAIN entry_4, 4
    ENTRY_PLAIN entry_5, 5
    ENTRY_PLAIN entry_6, 6
    ENTRY_PLAIN entry_7, 7
    ENTRY_CODE  entry_10, 10
    ENTRY_CODE  entry_11, 11
    ENTRY_CODE  entry_12, 12
    ENTRY_CODE  entry_13, 13
    ENTRY_CODE  entry_14, 14
    ENTRY_PLAIN entry_16, 16
    ENTRY_CODE  entry_17, 17
    ENTRY_PLAIN entry_18, 18
    ENTRY_PLAIN entry_19, 19
    ENTRY_PLAIN entry_80, 0x80
    ENTRY_PLAIN entry_81, 0x81
    ENTRY_PLAIN entry_event, 256
    ENTRY_PLAIN entry_syscall, 257
    ENTRY_PLAIN entry_syscall32, 258
    ENTRY_PLAIN entry_sysenter, 259
    ENTRY_PLAIN entry_nmi, 260

/* The failsafe callback has ds, es, fs and gs between: kept in failsafe_segs. */
    .globl entry_failsafe
entry_failsafe:
    pushq   %rax
    .irp n, 0, 1, 2, 3
    movq    24 + 8 * \n(%rsp), %rax
    movq    %rax, failsafe_segs + 8 * \n(%rip)
    .endr
    popq    %rax
    movq    (%rsp), %rcx
    movq    8(%rsp), %r11
    addq    $48, %rsp
    pushq   $0
    pushq   $261
    jmp     entry_common

entry_common:
    pushq   %rax
    pushq   %rcx
    pushq   %rdx
    pushq   %rbx
    pushq   %rbp
    pushq   %rsi
    pushq   %rdi
    pushq   %r8
    pushq   %r9
    pushq   %r10
    pushq   %r11
    pushq   %r12
    pushq   %r13
    pushq   %r14
    pushq   %r15
    movq    %rsp, %rdi
    movq    %rsp, %rbp
    andq    $-16, %rsp
    cld
    call    trap_dispatch
    movq    %rbp, %rdi

/* Leaves through the frame at rdi: also the way into user mode. */
    .globl frame_leave
frame_leave:
    movq    %rdi, %rsp
    popq    %r15
    popq    %r14
    popq    %r13
    popq    %r12
    popq    %r11
    popq    %r10
    popq    %r9
    popq    %r8
    popq    %rdi
    popq    %rsi
    popq    %rbp
    popq    %rbx
    popq    %rdx
    popq    %rcx
    popq    %rax
    addq    $16, %rsp
    pushq   iret_flags(%rip)
    jmp     hypercall_page + 23 * 32

/* int context_save(struct context *): 0 now, the value of context_restore() later. */
    .globl context_save
context_save:
    movq    (%rsp), %rax
    movq    %rax, (%rdi)
    leaq    8(%rsp), %rax
    movq    %rax, 8(%rdi)
    movq    %rbx, 16(%rdi)
    movq    %rbp, 24(%rdi)
    movq    %r12, 32(%rdi)
    movq    %r13, 40(%rdi)
    movq    %r14, 48(%rdi)
    movq    %r15, 56(%rdi)
    xorl    %eax, %eax
    ret

/* void context_restore(const struct context *, int value) */
    .globl context_restore
context_restore:
    movl    %esi, %eax
    movq    8(%rdi), %rsp
    movq    16(%rdi), %rbx
    movq    24(%rdi), %rbp
    movq    32(%rdi), %r12
    movq    40(%rdi), %r13
    movq    48(%rdi), %r14
    movq    56(%rdi), %r15
    jmp     *(%rdi)

    .data
    .balign 8
    .globl tsc_at_entry, boot_rsp, iret_flags, failsafe_segs
tsc_at_entry:   .quad 0
boot_rsp:       .quad 0
iret_flags:     .quad 0
failsafe_segs:  .quad 0, 0, 0, 0

    .section .bss.stacks, "aw", @nobits
    .balign STACK_BYTES
    .globl stack_area
stack_area:
    .skip   STACK_BYTES * STACK_COUNT
    .section .note.GNU-stack, "", @progbits
