/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns walks through a guest's tables, entry by entry through windows.
 */
#ifndef PV_WALK_H
#define PV_WALK_H

#include "cpu/pte.h"
#include "pv/pv.h"

struct pv_walk {
    unsigned int level; /* of the table where the walk ended: 1 when all four were there */
    mfn_t table;        /* that table */
    unsigned int index;
    uint64_t entry; /* what it says for the address; not present when level > 1 */
};

/*
 * Walks from `l4` to the L1 entry of va. 0, or -EFAULT when a higher entry is not present (the walk
 * says where) or names something that is no frame of RAM. Only a picture: the guest may change it
 * meanwhile, so whoever acts on it takes references first.
 */
int pv_walk_tables(mfn_t l4, uint64_t va, struct pv_walk *w) __must_check;

/* The same in the tables that the current vCPU runs on. */
int pv_walk_l1(struct vcpu *v, uint64_t va, struct pv_walk *w) __must_check;

/*
 * The L1 table for va in the tables that the current vCPU runs on; remembers the last one found.
 * -EFAULT as above. Only a picture, too.
 */
int pv_find_l1(struct vcpu *v, uint64_t va, mfn_t *l1) __must_check;

/* The L1 entry for va there, as it is now. -EFAULT as above. Only a picture, too. */
int pv_find_entry(struct vcpu *v, uint64_t va, uint64_t *entry) __must_check;

/*
 * Counts the changes of entries above level 1 in the tables of a domain, each after it is made: a
 * walk that began at the same count as now would find the same L1 table. A few domains share a
 * counter; one change too many costs a walk.
 */
#define UPPER_COUNTERS 64
extern uint64_t upper_changes[UPPER_COUNTERS];

static inline uint64_t pv_upper_changes(domid_t owner)
{
    return __atomic_load_n(&upper_changes[owner % UPPER_COUNTERS], __ATOMIC_ACQUIRE);
}

static inline void pv_upper_changed(domid_t owner)
{
    __atomic_fetch_add(&upper_changes[owner % UPPER_COUNTERS], 1, __ATOMIC_SEQ_CST);
}

/* Prints the walk of va, for a domain that crashed. */
void pv_walk_print(mfn_t l4, uint64_t va);

#endif
