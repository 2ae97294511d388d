/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the whitelist: which bits a guest may have in an entry of each level, and what is stored for
 * what it asks. Pure.
 */
#ifndef PV_PTE_CHECK_H
#define PV_PTE_CHECK_H

#include "cpu/pte.h"

enum pte_fault { PTE_OK, PTE_BAD_BITS, PTE_BAD_SLOT };

struct pte_ask {
    unsigned int level;     /* 1 to 4 */
    uint64_t entry;         /* what the guest asks for */
    unsigned int phys_bits; /* of this CPU */
};

#define PTE_ALWAYS_ALLOWED                                                                         \
    (PTE_P | PTE_RW | PTE_U | PTE_A | PTE_D | PTE_AVAIL | PTE_HV | PTE_AVAIL_HIGH | PTE_NX)
#define PTE_L1_ALLOWED (PTE_ALWAYS_ALLOWED | PTE_CACHE | PTE_G)

/*
 * Looks at a present entry's bits; *stored is what goes into the table: U in every entry; in an L1
 * bit 52 for what the guest keeps from its own user mode, else G; nothing else in bits 52 to 55. An
 * entry that is not present is stored as it is.
 */
/*@ requires \valid_read(ask) && \valid(stored) && \separated(ask, stored);
    requires 1 <= ask->level <= 4 && 32 <= ask->phys_bits <= 52;
    assigns *stored;
    behavior absent:
      assumes (ask->entry & PTE_P) == 0;
      ensures same: \result == PTE_OK && *stored == ask->entry;
    behavior present:
      assumes (ask->entry & PTE_P) != 0;
      ensures verdict: \result == PTE_OK || \result == PTE_BAD_BITS;
      ensures user: \result == PTE_OK ==> (*stored & PTE_U) != 0;
      ensures kept: \result == PTE_OK ==> (*stored & PTE_P) != 0;
      ensures write: \result == PTE_OK ==> (*stored & PTE_RW) == (ask->entry & PTE_RW);
      ensures no_execute: \result == PTE_OK ==> (*stored & PTE_NX) == (ask->entry & PTE_NX);
      ensures superpage: \result == PTE_OK && ask->level > 1 ==> (*stored & PTE_PS) == 0;
      ensures global: \result == PTE_OK && ask->level > 1 ==> (*stored & PTE_G) == 0;
      ensures ours: \result == PTE_OK ==> (*stored & (PTE_HV & ~PTE_GUEST_KERNEL)) == 0;
      ensures table: \result == PTE_OK && ask->level > 1 ==> (*stored & PTE_HV) == 0;
      ensures kernel: \result == PTE_OK && ask->level == 1 && (ask->entry & PTE_U) == 0 ==>
                (*stored & PTE_GUEST_KERNEL) != 0 && (*stored & PTE_G) == 0;
    complete behaviors;
    disjoint behaviors;
*/
inline enum pte_fault pte_check(const struct pte_ask *ask, uint64_t *stored)
{
    uint64_t e = ask->entry;
    uint64_t allowed = (ask->level == 1 ? PTE_L1_ALLOWED : PTE_ALWAYS_ALLOWED) |
                       (PTE_ADDR & ((1UL << ask->phys_bits) - 1));

    *stored = e;
    if (!(e & PTE_P))
        return PTE_OK;
    if (e & ~allowed)
        return PTE_BAD_BITS;
    if (ask->level == 1) {
        bool kernel = !(e & PTE_U) || e & PTE_GUEST_KERNEL; /* it may write back what it read */
        uint64_t kind = kernel ? PTE_GUEST_KERNEL : PTE_G;

        *stored = (e & ~(PTE_HV | PTE_G)) | PTE_U | kind;
    } else {
        *stored = (e & ~PTE_HV) | PTE_U;
    }
    return PTE_OK;
}

/* Whether slot `index` of an L4 is the guest's own. */
/*@ assigns \nothing;
    ensures slots: (\result != 0) <==> !(256 <= index <= 271);
*/
static inline bool l4_slot_is_guests(unsigned int index)
{
    return index < 256 || index > 271;
}

#endif
