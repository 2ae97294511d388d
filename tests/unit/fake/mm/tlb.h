/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for TLB flushes: the test counts them.
 */
#ifndef MM_TLB_H
#define MM_TLB_H

#include "lib/types.h"

extern uint64_t tlb_epoch;

static inline uint64_t tlb_epoch_now(void)
{
    return tlb_epoch;
}

void tlb_flush_older(uint64_t epoch);
struct cpu;

/* Named by inline functions only. */
void tlb_load_cr3(uint64_t cr3, bool everything);
void tlb_load_cr3_on(struct cpu *c, uint64_t cr3);

#endif
