/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns every way into the hypervisor and every way out of it.
 *
 * In: an exception or interrupt through the table at the end (one line a vector), SYSCALL and
 * SYSENTER. Each builds a struct cpu_user_regs; coming from the guest it is the first member of
 * struct cpu, so that %rsp then points at struct cpu. Out: exit_to_guest looks whether work is
 * waiting, then leaves by SYSRET or IRET.
 *
 * GS base is never touched. #DB, NMI, #MC and #DF have stacks of their own, so that one which hits
 * on the first instructions of SYSCALL, where %rsp is still the guest's, does no harm.
 */
#include "cpu/layout.h"
#include "cpu/percpu.h"
#include "cpu/regs.h"

#define ERESTART 85

.macro SAVE_REGS
    pushq %rdi
    pushq %rsi
    pushq %rdx
    pushq %rcx
    pushq %rax
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    cld
.endm

.macro RESTORE_REGS_BUT_RCX_R11
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
.endm

/*
 * Where SMAP is on, a guest's AC flag must not open its memory to us. Three bytes of no-operation
 * until patched.
 */
.macro CLAC
771:
    .byte 0x0f, 0x1f, 0x00
    .pushsection .clac_table, "a"
    .balign 4
    .long 771b - .
    .popsection
.endm

.macro FIXUP at, to
    .pushsection .fixup_table, "a"
    .balign 4
    .long \at - .
    .long \to - .
    .popsection
.endm

.section .text.entry, "ax"

/*
 * The pCPU's own stub has saved %rsp in struct cpu and points %rsp at the end of the frame's first
 * part.
 */
.globl syscall_entry
.hidden syscall_entry
syscall_entry:
    pushq $SEL_GUEST_DS
    pushq CPU_GUEST_RSP - FRAME_SS(%rsp)
    pushq %r11
    pushq $SEL_GUEST_CS64
    pushq %rcx
    pushq $0
    movl $VECTOR_SYSCALL, 4(%rsp)
    SAVE_REGS
    sti
    cmpl $0, CPU_GUEST_KERNEL(%rsp)
    je user_syscall
    cmpq $64, %rax
    sbbq %rbx, %rbx /* all ones in range: the index is clamped even if the branch is mispredicted */
    jae bad_hypercall
    andl %ebx, %eax
    movq %r10, %rcx
    leaq hypercall_table(%rip), %rbx
    call *(%rbx, %rax, 8)
    cmpq $-ERESTART, %rax
    je restart_hypercall
    movq %rax, FRAME_RAX(%rsp)

.globl exit_to_guest
.hidden exit_to_guest
exit_to_guest:
    cli
    cmpl $0, CPU_SOFTIRQ(%rsp)
    jne exit_softirq
    movq CPU_EVENTS(%rsp), %rax
    cmpb $0, (%rax) /* vcpu_info.evtchn_upcall_pending */
    jne exit_event
exit_restore:
    cmpl $VECTOR_SYSCALL, FRAME_VECTOR(%rsp)
    jne exit_iret
    movq FRAME_RIP(%rsp), %rcx
    movq %rcx, %rax
    sarq $47, %rax
    incq %rax
    cmpq $1, %rax
    ja exit_iret /* SYSRET would fault in ring 0 on a non-canonical address */
    RESTORE_REGS_BUT_RCX_R11
    movq FRAME_RFLAGS - 48(%rsp), %r11
    popq %rax /* r11's place */
    popq %r10
    popq %r9
    popq %r8
    popq %rax
    addq $8, %rsp /* rcx's */
    popq %rdx
    popq %rsi
    popq %rdi
    movq FRAME_RSP - 120(%rsp), %rsp
    sysretq

exit_iret:
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rax
    popq %rcx
    popq %rdx
    popq %rsi
    popq %rdi
    addq $8, %rsp
guest_iretq:
    iretq
    FIXUP guest_iretq, guest_iret_failed

exit_softirq:
    sti
    call softirq_run
    jmp exit_to_guest

exit_event:
    cmpb $0, 1(%rax) /* vcpu_info.evtchn_upcall_mask */
    jne exit_restore
    movq %rsp, %rdi
    call pv_deliver_upcall
    jmp exit_to_guest

/*
 * The frame that IRET refused still lies where it was: the general registers have to go back onto
 * it.
 */
guest_iret_failed:
    pushq $0
    SAVE_REGS
    CLAC
    movq %rsp, %rdi
    call pv_iret_failed
    jmp exit_to_guest

bad_hypercall:
    movq $-38, FRAME_RAX(%rsp) /* -ENOSYS */
    jmp exit_to_guest

/*
 * The call left its progress in its own arguments: the guest's SYSCALL (2 bytes) is executed again.
 */
restart_hypercall:
    subq $2, FRAME_RIP(%rsp)
    jmp exit_to_guest

user_syscall:
    movq %rsp, %rdi
    call pv_user_syscall
    jmp exit_to_guest

/* SYSCALL from 32-bit user code (AMD). */
.globl syscall32_entry
.hidden syscall32_entry
syscall32_entry:
    pushq $SEL_GUEST_DS
    pushq CPU_GUEST_RSP - FRAME_SS(%rsp)
    pushq %r11
    pushq $SEL_GUEST_CS32
    pushq %rcx
    pushq $0
    SAVE_REGS
    sti
    movq %rsp, %rdi
    call pv_user_syscall32
    jmp exit_to_guest

/* SYSENTER keeps neither RIP nor RSP nor RFLAGS.IF; the guest's handler knows where to return. */
.globl sysenter_entry
.hidden sysenter_entry
sysenter_entry:
    pushq $SEL_GUEST_DS
    pushq $0
    pushfq
    orl $RFLAGS_IF, (%rsp)
    andl $~(RFLAGS_TF | RFLAGS_NT), (%rsp)
    pushq $3
    pushq $0
    pushq $0
    movl $VECTOR_SYSENTER, 4(%rsp)
    SAVE_REGS
    CLAC
    pushq $RFLAGS_FIXED
    popfq
    sti
    movq %rsp, %rdi
    call pv_user_sysenter
    jmp exit_to_guest

/*
 * void entry_exit(struct cpu *): forget the stack, leave to the guest that is current on this CPU.
 */
.globl entry_exit
.hidden entry_exit
entry_exit:
    movq %rdi, %rsp
    jmp exit_to_guest

/* void entry_idle(struct cpu *, void (*loop)(void)): forget the stack, go idle. */
.globl entry_idle
.hidden entry_idle
entry_idle:
    movq %rdi, %rsp
    xorl %ebp, %ebp
    call *%rsi
    ud2

/*
 * All exceptions and interrupts but those with a stack of their own. The frame holds an error code
 * and a vector.
 */
common_exception:
    SAVE_REGS
    CLAC
    movq %rsp, %rdi
    testb $3, FRAME_CS(%rsp)
    jz 1f
    call exception_from_guest
    jmp exit_to_guest
1:  call exception_from_hypervisor
    jmp restore_hypervisor

common_interrupt:
    SAVE_REGS
    CLAC
    movl FRAME_VECTOR(%rsp), %edi
    call irq_dispatch
    testb $3, FRAME_CS(%rsp)
    jnz exit_to_guest
restore_hypervisor:
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rax
    popq %rcx
    popq %rdx
    popq %rsi
    popq %rdi
    addq $8, %rsp
    iretq

/* On a stack of its own: handled there and left by IRET, whoever was interrupted. */
common_own_stack:
    SAVE_REGS
    CLAC
    movq %rsp, %rdi
    call exception_own_stack
    jmp restore_hypervisor

/*
 * #DB from the guest is moved to the main stack, since serving it may take long; from the
 * hypervisor it stays here.
 */
debug_exception:
    testb $3, 16(%rsp) /* error/vector, rip, cs */
    jz common_own_stack
    pushq %rax
    movq %rsp, %rax
    orq $(STACK_SIZE - 1), %rax
    subq $(CPU_BLOCK_SIZE - 1 - FRAME_ES), %rax
    /* rsp: end of the hardware part; rax: saved rax, error/vector, rip, cs, rflags, rsp, ss */
    xchgq %rax, %rsp
    pushq 48(%rax)
    pushq 40(%rax)
    pushq 32(%rax)
    pushq 24(%rax)
    pushq 16(%rax)
    pushq 8(%rax)
    movq (%rax), %rax
    jmp common_exception

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
