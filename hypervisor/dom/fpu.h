/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns floating-point and vector state: one save area a vCPU, switched eagerly with XSAVE (FXSAVE
 * on CPUs without), so that no state of one vCPU is ever in the registers while another runs.
 */
#ifndef DOM_FPU_H
#define DOM_FPU_H

#include "lib/types.h"

struct fpu {
    void *area;    /* 64-byte aligned, cpu_features.xsave_size bytes */
    void *memory;  /* what was allocated for it */
    uint64_t xcr0; /* what the guest set with XSETBV; 1 (x87) at first */
};

int fpu_create(struct fpu *f) __must_check; /* initial state; -ENOMEM */
void fpu_destroy(struct fpu *f);

/* Between registers and area; CR0.TS is clear afterwards. Interrupts off. */
void fpu_save(struct fpu *f);
void fpu_load(const struct fpu *f);

/* The x87 and SSE part in FXSAVE's form (512 bytes), of a vCPU that does not run. Bits of MXCSR
 * that the CPU lacks are dropped; what is beyond SSE goes to its initial state. */
void fpu_set_legacy(struct fpu *f, const void *fxsave);
void fpu_get_legacy(const struct fpu *f, void *fxsave);

/* XSETBV by the vCPU that runs here: -EINVAL when the register or the value is not offered. */
int fpu_xsetbv(struct fpu *f, uint32_t reg, uint64_t value) __must_check;

#endif
