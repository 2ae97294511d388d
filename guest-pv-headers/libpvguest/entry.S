/* SPDX-License-Identifier: MIT */
/*
 * Where the hypervisor enters the kernel: exceptions and the event callback.
 *
 * Each builds one struct pv_regs (pv/guest.h) from its bounce frame, which lies on the interrupted
 * stack, calls pv_entry(), and leaves by the iret hypercall, which unmasks events and looks for
 * pending ones in one step. Vector registers are neither saved nor used.
 */
    .text
/* The frame: rcx, r11, then rip and so on; `error` is 1 where an error code lies between. */
.macro ENTRY number, error
pv_entry_\number:
    movq    (%rsp), %rcx
    movq    8(%rsp), %r11
    .if     \error
    addq    $8, %rsp
    .else
    movq    $0, 8(%rsp)
    .endif
    movq    $\number, (%rsp)
    jmp     pv_entry_common
.endm

    ENTRY 0, 0
    ENTRY 1, 0
    ENTRY 2, 0
    ENTRY 3, 0
    ENTRY 4, 0
    ENTRY 5, 0
    ENTRY 6, 0
    ENTRY 7, 0
    ENTRY 10, 1
    ENTRY 11, 1
    ENTRY 12, 1
    ENTRY 13, 1
    ENTRY 14, 1
    ENTRY 16, 0
    ENTRY 17, 1
    ENTRY 18, 0
    ENTRY 19, 0
    ENTRY 256, 0

/* A segment could not be loaded on the way out: four selectors lie below rip. It is reported. */
pv_entry_257:
    movq    (%rsp), %rcx
    movq    8(%rsp), %r11
    addq    $32, %rsp
    movq    $0, 8(%rsp)
    movq    $257, (%rsp)
    jmp     pv_entry_common

    .globl pv_entry_upcall, pv_entry_failsafe
    .set    pv_entry_upcall, pv_entry_256
    .set    pv_entry_failsafe, pv_entry_257

pv_entry_common:
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
    call    pv_entry
    movq    %rbp, %rsp
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
    pushq   $0              /* struct iret_context: flags, rcx, r11, rax */
    pushq   %rcx
    pushq   %r11
    pushq   %rax
    movl    $23, %eax       /* __HYPERVISOR_iret */
    syscall
    ud2

/* A new vCPU's first instructions: rdi is what pv_cpu_begin() gets. */
    .globl pv_cpu_entry
pv_cpu_entry:
    xorl    %ebp, %ebp
    fninit
    pushq   $0x1f80
    ldmxcsr (%rsp)
    popq    %rax
    call    pv_cpu_begin
    ud2

    .section .rodata
    .balign 8
    .globl pv_entries
/* Vector and address of each exception's entry; ends with an address of 0. */
pv_entries:
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 17, 18, 19
    .quad   \n, pv_entry_\n
    .endr
    .quad   0, 0
    .section .note.GNU-stack, "", @progbits
