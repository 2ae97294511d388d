/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns floating-point and vector state: one save area a vCPU, switched eagerly with XSAVE (FXSAVE on CPUs without), so that no state of
 * one vCPU is ever in the registers while another runs.
 */
#ifndef CPU_FPU_H
#define CPU_FPU_H

#include "lib/types.h"

struct fpu {
    void *area;     /* 64-byte aligned, cpu_features.xsave_size bytes */
    uint64_t xcr0;  /* what the guest set with XSETBV; 1 (x87) at first */
};

int fpu_create(struct fpu *f) __must_check; /* initial state; -ENOMEM */
void fpu_destroy(struct fpu *f);

/* Between registers and area; CR0.TS is clear afterwards. Interrupts off. */
void fpu_save(struct fpu *f);
void fpu_load(const struct fpu *f);

/* Whether the guest may load this value with XSETBV. Pure. */
bool xcr0_legal(uint64_t value, uint64_t offered);

void fpu_init_cpu(void); /* CR4.OSFXSR, OSXSAVE, XCR0 */

#endif
