/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the whitelist. Pure: the unit tests, the fuzzers and the proofs compile this very file.
 */
#include "pv/pte_check.h"

#define ALWAYS_ALLOWED (PTE_P | PTE_RW | PTE_U | PTE_A | PTE_D | PTE_AVAIL | PTE_HV | PTE_AVAIL_HIGH | PTE_NX)
#define L1_ALLOWED (ALWAYS_ALLOWED | PTE_CACHE | PTE_G)

static uint64_t address_mask(unsigned int phys_bits)
{
    return PTE_ADDR & ((1UL << phys_bits) - 1);
}

enum pte_fault pte_check(const struct pte_ask *ask, uint64_t *stored)
{
    uint64_t e = ask->entry;
    uint64_t allowed = (ask->level == 1 ? L1_ALLOWED : ALWAYS_ALLOWED) | address_mask(ask->phys_bits);

    *stored = e;
    if (!(e & PTE_P))
        return PTE_OK;
    if (e & ~allowed)
        return PTE_BAD_BITS;
    if (ask->level == 1) {
        bool kernel = !(e & PTE_U);

        e &= ~(PTE_HV | PTE_G);
        e |= PTE_U | (kernel ? PTE_GUEST_KERNEL : PTE_G);
    } else {
        e = (e & ~PTE_HV) | PTE_U;
    }
    *stored = e;
    return PTE_OK;
}
