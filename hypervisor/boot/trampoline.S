/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the first instructions of every further CPU: from real mode on a page below 1 MiB to
 * cpu_start_c() in C.
 *
 * The page is copied to where the SIPI points (boot/cpu.c); it runs there, so it finds itself by
 * CS, and its parameters at fixed offsets. The tables are the boot tables: the first 4 GiB at their
 * own address, and the hypervisor's slots.
 */
#include "cpu/layout.h"
#include "cpu/regs.h"

.section .rodata, "a"
.balign 16
.globl trampoline_start
.globl trampoline_end
.hidden trampoline_start
.hidden trampoline_end
trampoline_start:
.code16
    cli
    cld
    movw %cs, %ax
    movw %ax, %ds
    movzwl %ax, %ebp
    shll $4, %ebp /* our own address */
    leal (trampoline_gdt - trampoline_start)(%ebp), %eax
    movl %eax, trampoline_gdt_ptr - trampoline_start + 2
    leal (trampoline32 - trampoline_start)(%ebp), %eax
    movl %eax, trampoline_far - trampoline_start
    lgdtl trampoline_gdt_ptr - trampoline_start
    movl %cr0, %eax
    orl $CR0_PE, %eax
    movl %eax, %cr0
    ljmpl *(trampoline_far - trampoline_start)

.code32
trampoline32:
    movw $16, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $(CR4_PAE | CR4_PGE), %eax
    movl %eax, %cr4
    movl (trampoline_cr3 - trampoline_start)(%ebp), %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx
    rdmsr
    orl $0x901, %eax
    wrmsr
    movl $(CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_PG), %eax
    movl %eax, %cr0
    leal (trampoline64 - trampoline_start)(%ebp), %eax
    movl %eax, (trampoline_far - trampoline_start)(%ebp)
    movw $8, (trampoline_far - trampoline_start + 4)(%ebp)
    ljmpl *(trampoline_far - trampoline_start)(%ebp)

.code64
trampoline64:
    movl %ebp, %ebp
    movq (trampoline_stack - trampoline_start)(%rbp), %rsp
    movq (trampoline_entry - trampoline_start)(%rbp), %rax
    xorl %ebp, %ebp
    call *%rax
    ud2

.balign 8
trampoline_gdt:
    .quad 0
    .quad 0x00af9b000000ffff /* 8: 64-bit code */
    .quad 0x00cf93000000ffff /* 16: data */
    .quad 0x00cf9b000000ffff /* 24: 32-bit code */
trampoline_gdt_ptr:
    .short 31
    .long 0
trampoline_far:
    .long 0
    .short 24
.balign 8
.globl trampoline_cr3
.globl trampoline_stack
.globl trampoline_entry
.hidden trampoline_cr3
.hidden trampoline_stack
.hidden trampoline_entry
trampoline_cr3: .quad 0
trampoline_stack: .quad 0
trampoline_entry: .quad 0
trampoline_end:
