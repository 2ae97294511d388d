/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest with one table of each level on the fake memory, and single changes of them: each
 * followed by a recount.
 */
#ifndef TESTS_PV_GUEST_H
#define TESTS_PV_GUEST_H

#include "cpu/pte.h"
#include "mm/type.h"
#include "pv_machine.h"

#define DATA  (PTE_P | PTE_U | PTE_A | PTE_D)
#define TABLE (PTE_P | PTE_U | PTE_RW | PTE_A)

/* Frame n of domain d, in the order in which they were given. */
mfn_t frame(unsigned int d, unsigned int n);

/*
 * Four tables of domain 1, written as plain memory: l4[0] l3[0] l2[0] l1[0..2]; the tables
 * themselves mapped read-only in l1. CPU 0 runs it.
 */
void build(void);
extern mfn_t l4, l3, l2, l1, data;

/* The machine address of an entry. */
uint64_t at(mfn_t table, unsigned int index);

/* mmu_update of one entry, of a kind and with a foreign domain, or plain. */
long set_by(mfn_t table, unsigned int index, uint64_t entry, unsigned int how, domid_t foreign);
long set(mfn_t table, unsigned int index, uint64_t entry);

int pin(mfn_t m, unsigned int level);
int unpin(mfn_t m);

/* What the frame is in use as. */
bool is(mfn_t m, enum frame_type t);

/* Whether domain 1's first six frames are in use as nothing, and all references agree. */
bool all_idle(void);

#endif
