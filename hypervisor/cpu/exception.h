/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns exceptions that the hypervisor takes itself. Those of guests belong to pv/traps.c.
 */
#ifndef CPU_EXCEPTION_H
#define CPU_EXCEPTION_H

#include <xen/xen.h>

const char *exception_name(unsigned int vector);

/* From cpu/entry.S only. */
void exception_from_hypervisor(struct cpu_user_regs *regs);
void exception_own_stack(struct cpu_user_regs *regs);

#endif
