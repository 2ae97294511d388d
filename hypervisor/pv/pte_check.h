/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the whitelist: which bits a guest may have in an entry of each level, and what is stored for what it asks. Pure.
 */
#ifndef PV_PTE_CHECK_H
#define PV_PTE_CHECK_H

#include "cpu/pte.h"

enum pte_fault { PTE_OK, PTE_BAD_BITS, PTE_BAD_SLOT };

struct pte_ask {
    unsigned int level;   /* 1 to 4 */
    uint64_t entry;       /* what the guest asks for */
    unsigned int phys_bits; /* of this CPU */
};

/*
 * Looks at a present entry's bits; *stored is what goes into the table: U in every entry, bit 52 for what the guest keeps from its own
 * user mode, G only without it, nothing else in bits 53 to 55. An entry that is not present is stored as it is.
 */
enum pte_fault pte_check(const struct pte_ask *ask, uint64_t *stored);

/* Whether slot `index` of an L4 is the guest's own. */
static inline bool l4_slot_is_guests(unsigned int index)
{
    return index < 256 || index > 271;
}

#endif
