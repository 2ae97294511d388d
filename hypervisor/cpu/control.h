/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the registers that every CPU runs with: CR0, CR4, XCR0, EFER and PAT; and the few bits of
 * them that follow the vCPU.
 */
#ifndef CPU_CONTROL_H
#define CPU_CONTROL_H

#include "lib/types.h"

#define PAT_GUEST                                                                                  \
    0x050100070406UL /* what guests read, and what is in force: WB, WT, UC-, UC, WC, WP, UC, UC */

#define CR0_HV 0x80050033UL /* PG, AM, WP, NE, ET, MP, PE */

/* Every CPU, after features_detect() and before it runs anything of a guest's. Interrupts off. */
void cpu_init_registers(void);

/* CR4 without a guest's own bits. */
uint64_t cpu_cr4(void);

/* Puts a value into this CPU's CR4 or XCR0 unless it is there already. Interrupts off. */
void cpu_write_cr4(uint64_t cr4);
void cpu_write_xcr0(uint64_t xcr0);

/* CR0.TS, this CPU. */
void cpu_set_ts(bool set);

#endif
