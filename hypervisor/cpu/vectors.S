/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the table of vectors, one line each, and what each pCPU's stub for SYSCALL is copied from.
 *
 * A line completes the frame's first part with an error code, where the CPU pushes none, and the
 * vector; cpu/entry.S goes on.
 */
#include "cpu/layout.h"
#include "cpu/regs.h"

.section .text.entry, "ax"

.macro VECTOR_STUB n, error, target
    .balign 16
    .if \error == 0
    pushq $0
    .endif
    movl $\n, 4(%rsp)
    jmp \target
.endm

/*
 * The table: sixteen bytes a vector. Vectors that push an error code: 8, 10 to 14, 17, 21, 29, 30.
 */
.balign 16
.globl entry_stubs
.hidden entry_stubs
entry_stubs:
    VECTOR_STUB 0, 0, common_exception  /* #DE */
    VECTOR_STUB 1, 0, debug_exception   /* #DB */
    VECTOR_STUB 2, 0, common_own_stack  /* NMI */
    VECTOR_STUB 3, 0, common_exception  /* #BP */
    VECTOR_STUB 4, 0, common_exception  /* #OF */
    VECTOR_STUB 5, 0, common_exception  /* #BR */
    VECTOR_STUB 6, 0, common_exception  /* #UD */
    VECTOR_STUB 7, 0, common_exception  /* #NM */
    VECTOR_STUB 8, 1, common_own_stack  /* #DF */
    VECTOR_STUB 9, 0, common_exception
    VECTOR_STUB 10, 1, common_exception /* #TS */
    VECTOR_STUB 11, 1, common_exception /* #NP */
    VECTOR_STUB 12, 1, common_exception /* #SS */
    VECTOR_STUB 13, 1, common_exception /* #GP */
    VECTOR_STUB 14, 1, common_exception /* #PF */
    VECTOR_STUB 15, 0, common_exception
    VECTOR_STUB 16, 0, common_exception /* #MF */
    VECTOR_STUB 17, 1, common_exception /* #AC */
    VECTOR_STUB 18, 0, common_own_stack /* #MC */
    VECTOR_STUB 19, 0, common_exception /* #XM */
    VECTOR_STUB 20, 0, common_exception
    VECTOR_STUB 21, 1, common_exception /* #CP */
    VECTOR_STUB 22, 0, common_exception
    VECTOR_STUB 23, 0, common_exception
    VECTOR_STUB 24, 0, common_exception
    VECTOR_STUB 25, 0, common_exception
    VECTOR_STUB 26, 0, common_exception
    VECTOR_STUB 27, 0, common_exception
    VECTOR_STUB 28, 0, common_exception
    VECTOR_STUB 29, 1, common_exception
    VECTOR_STUB 30, 1, common_exception
    VECTOR_STUB 31, 0, common_exception
.set n, 32
.rept 96
    VECTOR_STUB n, 0, common_interrupt /* devices */
    .set n, n + 1
.endr
    VECTOR_STUB 128, 0, common_exception /* int $0x80, a guest's own gate */
.set n, 129
.rept 127
    VECTOR_STUB n, 0, common_interrupt /* devices, then messages between CPUs */
    .set n, n + 1
.endr

/*
 * What each pCPU's stub is copied from; the numbers are filled in (cpu/descriptors.c). 64 bytes
 * apart: LSTAR, CSTAR.
 */
.section .rodata, "a"
.globl stub_template
.globl stub_template_end
.hidden stub_template
.hidden stub_template_end
stub_template:
    .byte 0x48, 0x89, 0x25 /* mov %rsp, guest_rsp(%rip) */
    .long 0
    .byte 0x48, 0x8d, 0x25 /* lea frame_end(%rip), %rsp */
    .long 0
    .byte 0xff, 0x25       /* jmp *target(%rip) */
    .long 0
    .quad 0                /* target */
stub_template_end:
