/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the control registers as the current guest sees them, and what they do to the CPU's own.
 */
#ifndef PV_CONTROL_H
#define PV_CONTROL_H

#include "pv/pv.h"

#define CR4_GUEST_FIXED                                                                            \
    (CR4_PAE | CR4_MCE | CR4_OSFXSR | CR4_OSXMMEXCPT) /* always read as set: 0x660 */

/* CR4 of a vCPU to begin with, and CR4 as a guest asks for it without the bits that it can't have.
 */
uint64_t pv_cr4_initial(void);
uint64_t pv_cr4_make(const struct vcpu *v, uint64_t asked);

/* Puts the vCPU's CR4 into this CPU: part of pv_load(), and after each change. Interrupts off, or
 * the current vCPU. */
void pv_cr4_load(const struct vcpu *v);

/* CR0 as the guest reads it. */
uint64_t pv_cr0(const struct vcpu *v);

/* XSETBV of the current vCPU; false: #GP. */
bool pv_xsetbv(struct vcpu *v, uint32_t reg, uint64_t value) __must_check;

#endif
