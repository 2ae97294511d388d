/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns every way into the hypervisor and every way out of it.
 *
 * In: an exception or interrupt through the table of cpu/vectors.S, SYSCALL and SYSENTER. Each
 * builds a struct cpu_user_regs; coming from the guest it is the first member of struct cpu, so
 * that %rsp then points at struct cpu. Out: exit_to_guest looks whether work is waiting, then
 * leaves by SYSRET or IRET.
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

/*
 * Leaves by SYSRET, from a frame at `at`(%rsp). RAX and what calls preserve are loaded already;
 * `iret` is where to go instead when SYSRET would fault in ring 0, on a RIP that is not canonical:
 * there bits 63 to 47 are not all the same, that is, the upper half is not in -0x8000 to 0x7fff.
 */
.macro SYSRET at, iret
    movl \at + FRAME_RIP + 4(%rsp), %ecx
    addl $0x8000, %ecx
    cmpl $0xffff, %ecx
    ja \iret
    movq \at + FRAME_RIP(%rsp), %rcx
    movq \at + FRAME_RFLAGS(%rsp), %r11
    movq \at + FRAME_R10(%rsp), %r10
    movq \at + FRAME_R9(%rsp), %r9
    movq \at + FRAME_R8(%rsp), %r8
    movq \at + FRAME_RDX(%rsp), %rdx
    movq \at + FRAME_RSI(%rsp), %rsi
    movq \at + FRAME_RDI(%rsp), %rdi
    movq \at + FRAME_RSP(%rsp), %rsp
    sysretq
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
 * part. SYSCALL has cleared DF and AC.
 *
 * Only the registers that C may change are saved: the others are still the guest's when the handler
 * comes back. So the frame is in part until syscall_slow completes it, which is before anybody can
 * take it for a vCPU's whole state: softirqs, and with them the scheduler, run behind it. Whoever
 * looks earlier sees FRAME_PART in the error code.
 */
.globl syscall_entry
.hidden syscall_entry
syscall_entry:
    pushq $SEL_GUEST_DS
    pushq CPU_GUEST_RSP - FRAME_SS(%rsp)
    pushq %r11
    pushq $SEL_GUEST_CS64
    pushq %rcx
    pushq $-1 /* FRAME_PART and VECTOR_SYSCALL */
    pushq %rdi
    pushq %rsi
    pushq %rdx
    pushq %rcx
    pushq %rax
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    subq $FRAME_R11, %rsp
    cmpl $0, CPU_GUEST_KERNEL(%rsp)
    je user_syscall
    sti
    cmpq $63, %rax
    ja bad_hypercall
    andl $63, %eax /* also when the branch was mispredicted: the index is one of the table's */
    movq %r10, %rcx
    leaq hypercall_table(%rip), %r11
    call *(%r11, %rax, 8)
    cmpq $-ERESTART, %rax
    je restart_hypercall

/* RAX is the guest's; what calls preserve has not been touched. */
syscall_exit:
    cli
    cmpl $0, CPU_SOFTIRQ(%rsp)
    jne syscall_slow
    movq CPU_EVENTS(%rsp), %rcx
    cmpb $0, (%rcx) /* vcpu_info.evtchn_upcall_pending */
    jne syscall_event
syscall_restore:
    cmpl $VECTOR_SYSCALL, FRAME_VECTOR(%rsp)
    jne syscall_iret
    SYSRET 0, syscall_iret

/*
 * From the guest's user mode, with interrupts off: its kernel's handler gets the frame, and is gone
 * to by SYSRET, too.
 */
user_syscall:
    movq %rsp, %rdi
    call pv_user_syscall
    movq FRAME_RAX(%rsp), %rax
    cmpl $0, CPU_SOFTIRQ(%rsp)
    jne syscall_slow
    movq CPU_EVENTS(%rsp), %rcx
    cmpb $0, (%rcx)
    jne syscall_event
    SYSRET 0, syscall_iret

syscall_event:
    cmpb $0, 1(%rcx) /* vcpu_info.evtchn_upcall_mask */
    jne syscall_restore
    movq %rax, FRAME_RAX(%rsp)
    movq %rsp, %rdi
    call pv_deliver_upcall
    movq FRAME_RAX(%rsp), %rax
    jmp syscall_exit

syscall_iret:
    movq %rax, FRAME_RAX(%rsp)
    addq $FRAME_R11, %rsp
    jmp exit_iret_scratch

/* Makes the frame whole. */
syscall_slow:
    movl $0, FRAME_ERROR(%rsp)
    movq %rax, FRAME_RAX(%rsp)
    movq %rbx, FRAME_RBX(%rsp)
    movq %rbp, FRAME_RBP(%rsp)
    movq %r12, FRAME_R12(%rsp)
    movq %r13, FRAME_R13(%rsp)
    movq %r14, FRAME_R14(%rsp)
    movq %r15, FRAME_R15(%rsp)
    jmp exit_to_guest

/*
 * All exceptions but those with a stack of their own. The frame holds an error code and a vector.
 */
.globl common_exception
.hidden common_exception
common_exception:
    SAVE_REGS
    CLAC
    movq %rsp, %rdi
    testb $3, FRAME_CS(%rsp)
    jz exception_inside
    call exception_from_guest

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
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    movq FRAME_RAX - FRAME_R11(%rsp), %rax
    SYSRET -FRAME_R11, exit_iret_scratch

exit_iret:
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
exit_iret_scratch:
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
    movq $-38, %rax /* -ENOSYS */
    jmp syscall_exit

/*
 * The call left its progress in its own arguments: the guest's SYSCALL (2 bytes) is executed again.
 */
restart_hypercall:
    cmpq $HYPERCALL_IRET, FRAME_RAX(%rsp)
    je syscall_exit /* not a result, but what the guest wants in RAX */
    subq $2, FRAME_RIP(%rsp)
    movq FRAME_RAX(%rsp), %rax
    jmp syscall_exit

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

exception_inside:
    call exception_from_hypervisor
    jmp restore_hypervisor

/* All interrupts of devices and other CPUs. The frame holds an error code and a vector. */
.globl common_interrupt
.hidden common_interrupt
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
.globl common_own_stack
.hidden common_own_stack
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
.globl debug_exception
.hidden debug_exception
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
