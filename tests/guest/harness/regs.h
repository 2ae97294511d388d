/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What head.S and C agree on: the frame that each entry builds, the numbers
 * of the entries that are not exceptions, and a saved C context.
 * A change of the order here is a change of head.S.
 */
#ifndef HARNESS_REGS_H
#define HARNESS_REGS_H

#include <stdint.h>

struct regs {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
    uint64_t entry, code;
    uint64_t rip, cs, rflags, rsp, ss;
};

enum entry {
    ENTRY_EVENT = 256,
    ENTRY_SYSCALL,
    ENTRY_SYSCALL32,
    ENTRY_SYSENTER,
    ENTRY_NMI,
    ENTRY_FAILSAFE,
};

struct context {
    uint64_t rip, rsp, rbx, rbp, r12, r13, r14, r15;
};

int context_save(struct context *context) __attribute__((returns_twice));
void context_restore(const struct context *context, int value) __attribute__((noreturn));
void frame_leave(const struct regs *regs) __attribute__((noreturn));
void trap_dispatch(struct regs *regs);

extern char entry_0[], entry_1[], entry_2[], entry_3[], entry_4[], entry_5[], entry_6[], entry_7[];
extern char entry_10[], entry_11[], entry_12[], entry_13[], entry_14[], entry_16[], entry_17[];
extern char entry_18[], entry_19[], entry_80[], entry_81[];
extern char entry_event[], entry_syscall[], entry_syscall32[], entry_sysenter[], entry_nmi[];
extern char entry_failsafe[];
extern uint64_t tsc_at_entry, boot_rsp, iret_flags, failsafe_segs[4];

#endif
