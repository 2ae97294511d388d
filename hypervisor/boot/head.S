/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the first instructions: the multiboot 1 and 2 headers, and the way from 32-bit protected
 * mode to start() in C.
 *
 * Runs where it was loaded, with tables that map the first 4 GiB at their own addresses and the
 * image at its own. Those tables also serve the other CPUs (boot/trampoline.S) and are given back
 * when all are up.
 */
#include "cpu/layout.h"
#include "cpu/percpu.h"
#include "cpu/regs.h"

#define MB1_MAGIC 0x1badb002
#define MB1_FLAGS 0x3 /* modules on pages, memory map */
#define MB2_MAGIC 0xe85250d6

.section .boot.header, "awx"
.balign 8
    .long MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)
.balign 8
mb2_header:
    .long MB2_MAGIC, 0, mb2_end - mb2_header, -(MB2_MAGIC + (mb2_end - mb2_header))
    .short 1, 0 /* information request: command line, modules, memory map */
    .long 20, 1, 3, 6
    .balign 8
    .short 6, 0 /* modules on pages */
    .long 8
    .short 0, 0
    .long 8
mb2_end:

.section .boot.text, "awx"
.code32
.globl boot_entry
boot_entry:
    cli
    cld
    movl $boot_stack_end, %esp
    movl %eax, %edi /* magic */
    movl %ebx, %esi /* information */

    movl $0x80000000, %eax
    cpuid
    cmpl $0x80000001, %eax
    jb no_long_mode
    movl $0x80000001, %eax
    cpuid
    testl $(1 << 29), %edx
    jz no_long_mode
    testl $(1 << 20), %edx
    jz no_nx

    /* 4 GiB at their own address, by 2 MiB */
    movl $boot_l2, %eax
    xorl %ecx, %ecx
1:  movl %ecx, %edx
    shll $21, %edx
    orl $0xe3, %edx
    movl %edx, (%eax, %ecx, 8)
    incl %ecx
    cmpl $2048, %ecx
    jne 1b
    movl $boot_l3, %ebx
    movl $(boot_l2 + 0x0003), %eax
    movl %eax, (%ebx)
    addl $0x1000, %eax
    movl %eax, 8(%ebx)
    addl $0x1000, %eax
    movl %eax, 16(%ebx)
    addl $0x1000, %eax
    movl %eax, 24(%ebx)
    movl $boot_l4, %ebx
    movl $(boot_l3 + 3), (%ebx)
    /* the image, by 2 MiB */
    movl $(boot_image_l3 + 3), SLOT_IMAGE * 8(%ebx)
    movl $(boot_image_l2 + 3), boot_image_l3
    movl $(IMAGE_PHYS + 0xe3), boot_image_l2
    movl $(IMAGE_PHYS + 0x2000e3), boot_image_l2 + 8

    movl $(CR4_PAE | CR4_PGE), %eax
    movl %eax, %cr4
    movl $boot_l4, %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx /* EFER: long mode, no-execute, SYSCALL */
    rdmsr
    orl $0x901, %eax
    wrmsr
    movl $(CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_PG), %eax
    movl %eax, %cr0
    lgdt boot_gdt_ptr
    ljmp $8, $boot64

no_long_mode:
    movl $text_no_long_mode, %esi
    jmp say_and_halt
no_nx:
    movl $text_no_nx, %esi
say_and_halt:
    movw $0x3f8, %dx
1:  lodsb
    testb %al, %al
    jz 2f
    outb %al, %dx
    jmp 1b
2:  hlt
    jmp 2b

.code64
boot64:
    xorl %eax, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl %eax, %fs
    movl %eax, %gs
    movabsq $boot_cpu_stack + STACK_SIZE - CPU_BLOCK_SIZE, %rsp
    movabsq $start, %rax
    xorl %ebp, %ebp
    call *%rax /* start(magic, information) */
    ud2

.section .boot.data, "awx"
text_no_long_mode:
    .asciz "mortise: this CPU has no 64-bit mode; qemu-system-x86_64 -cpu qemu64 has\r\n"
text_no_nx:
    .asciz "mortise: this CPU has no no-execute bit; it can't be used\r\n"
.balign 8
.globl boot_gdt
boot_gdt:
    .quad 0
    .quad 0x00af9b000000ffff /* 8: 64-bit code */
    .quad 0x00cf93000000ffff /* 16: data */
    .quad 0x00cf9b000000ffff /* 24: 32-bit code */
boot_gdt_ptr:
    .short 31
    .long boot_gdt
.balign 16
    .space 256
boot_stack_end:

.section .boot.tables, "aw"
.balign 4096
.globl boot_l4
boot_l4: .space 4096
boot_l3: .space 4096
boot_l2: .space 4 * 4096
boot_image_l3: .space 4096
boot_image_l2: .space 4096

/* The boot CPU's stack and block. */
.section .bss.tables, "aw", @nobits
.balign STACK_SIZE
.globl boot_cpu_stack
boot_cpu_stack: .space STACK_SIZE

/* The boot CPU's SYSCALL stubs: filled in before the strict map makes text read-only. */
.section .text.stub, "ax"
.balign 64
.globl boot_cpu_stub
.hidden boot_cpu_stub
boot_cpu_stub: .space 128

/* Where the boot tables are: out of reach of RIP-relative addressing. */
.section .rodata, "a"
.balign 8
.globl boot_l4_at
.hidden boot_l4_at
boot_l4_at: .quad boot_l4
