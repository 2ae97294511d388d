/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what a guest's exceptions come to, and the system calls of its user mode. Called from
 * cpu/entry.S.
 */
#ifndef PV_TRAPS_H
#define PV_TRAPS_H

#include <xen/xen.h>

void exception_from_guest(struct cpu_user_regs *regs);
void pv_user_syscall(struct cpu_user_regs *regs);
void pv_user_syscall32(struct cpu_user_regs *regs);
void pv_user_sysenter(struct cpu_user_regs *regs);
void pv_iret_failed(struct cpu_user_regs *regs);

/* Boot: what the softirqs of this folder need. */
void pv_traps_init(void);

#endif
