/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the page-table entry: the one function that changes one, and the references that an entry
 * holds.
 *
 * A present L1 entry holds a reference on its frame, and a writable use when it has RW; an entry of
 * a higher level holds a reference and a use as the next lower table. Entries that map device
 * memory hold nothing. Window of interest: L1 4 KiB <- L2 2 MiB <- L3 1 GiB <- L4 512 GiB.
 *
 *        L4 ----> L3 ----> L2 ----> L1 ----> frame
 *      (pinned, or some vCPU's root)          (writable use, if RW)
 */
#ifndef PV_PT_ENTRY_H
#define PV_PT_ENTRY_H

#include "mm/type.h"
#include "pv/pv.h"

/*
 * A grant mapping: bit 53, set by the hypervisor only, tells an L1 entry whose frame was mapped by
 * a grant.
 */
#define PTE_GRANTED 0x0020000000000000UL

enum pt_how {
    PT_PLAIN,
    PT_PRESERVE_AD, /* accessed and dirty bits stay as the CPU set them */
    PT_EXPECT,      /* only if the entry is still *expected */
};

struct pt_change {
    mfn_t table; /* the caller holds a use of it as a table of `level` */
    unsigned int level, index;
    uint64_t entry;      /* what the guest asks for */
    domid_t table_owner; /* whose table it is */
    domid_t frame_owner; /* L1: whose frames it may map: the same, or a foreign domain */
    enum pt_how how;
    uint64_t expected; /* PT_EXPECT: in; out: the entry as it was */
};

/*
 * Changes one entry: takes the references of the new one, stores it by compare-exchange, gives
 * those of the old one back. 0; -EINVAL: not legal (refusal noted); -EBUSY: too many references;
 * -EAGAIN: PT_EXPECT failed; -ERESTART: do it again. Interrupts on.
 */
int pt_entry_set(struct pt_change *c) __must_check;

/*
 * For the emulation of stores: changes an entry of a table of the current domain's, whatever its
 * level, if it is still `expected`.
 */
int pt_entry_update(struct vcpu *v, mfn_t table, unsigned int index, uint64_t expected,
                    uint64_t next) __must_check;

/*
 * References of a single entry: for checking and undoing whole tables. `stored` gets what belongs
 * into the table.
 */
int pt_entry_get(unsigned int level, uint64_t entry, domid_t table_owner, domid_t frame_owner,
                 uint64_t *stored) __must_check;
void pt_entry_put(unsigned int level, uint64_t entry);

#endif
