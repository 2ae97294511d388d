/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the comparison of assembly's offsets with the structures that C sees. Makes no code.
 */
#include "cpu/regs.h"
#include "cpu/percpu.h"

#define SAME(type, member, offset)                                                                 \
    _Static_assert(offsetof(type, member) == (offset), #member " moved")

SAME(struct cpu_user_regs, r15, FRAME_R15);
SAME(struct cpu_user_regs, r14, FRAME_R14);
SAME(struct cpu_user_regs, r13, FRAME_R13);
SAME(struct cpu_user_regs, r12, FRAME_R12);
SAME(struct cpu_user_regs, rbp, FRAME_RBP);
SAME(struct cpu_user_regs, rbx, FRAME_RBX);
SAME(struct cpu_user_regs, r11, FRAME_R11);
SAME(struct cpu_user_regs, r10, FRAME_R10);
SAME(struct cpu_user_regs, r9, FRAME_R9);
SAME(struct cpu_user_regs, r8, FRAME_R8);
SAME(struct cpu_user_regs, rax, FRAME_RAX);
SAME(struct cpu_user_regs, rcx, FRAME_RCX);
SAME(struct cpu_user_regs, rdx, FRAME_RDX);
SAME(struct cpu_user_regs, rsi, FRAME_RSI);
SAME(struct cpu_user_regs, rdi, FRAME_RDI);
SAME(struct cpu_user_regs, error_code, FRAME_ERROR);
SAME(struct cpu_user_regs, entry_vector, FRAME_VECTOR);
SAME(struct cpu_user_regs, rip, FRAME_RIP);
SAME(struct cpu_user_regs, cs, FRAME_CS);
SAME(struct cpu_user_regs, rflags, FRAME_RFLAGS);
SAME(struct cpu_user_regs, rsp, FRAME_RSP);
SAME(struct cpu_user_regs, ss, FRAME_SS);
SAME(struct cpu_user_regs, es, FRAME_ES);
_Static_assert(sizeof(struct cpu_user_regs) == FRAME_SIZE, "frame changed");

SAME(struct cpu, regs, CPU_REGS);
SAME(struct cpu, current, CPU_CURRENT);
SAME(struct cpu, softirq, CPU_SOFTIRQ);
SAME(struct cpu, id, CPU_ID);
SAME(struct cpu, guest_rsp, CPU_GUEST_RSP);
SAME(struct cpu, events, CPU_EVENTS);
SAME(struct cpu, guest_kernel, CPU_GUEST_KERNEL);
_Static_assert(sizeof(struct cpu) == CPU_BLOCK_SIZE, "per-CPU block changed");
_Static_assert((CPU_BLOCK_SIZE - FRAME_ES) % 16 == 0, "hardware aligns the stack to 16 bytes");

_Static_assert(HYPERCALL_IRET == __HYPERVISOR_iret, "the ABI's number");

SAME(struct vcpu_info, evtchn_upcall_pending, 0);
SAME(struct vcpu_info, evtchn_upcall_mask, 1);
