/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An entry of version 1 as a word: flags in bits 0 to 15, domid in 16 to 31, frame in 32 to 63.
 */
#include "grant/claim.h"

#define ATTEMPTS 16 /* only a granter that writes a used entry makes us try again */

/*@ assigns \nothing;
    ensures access: \result == CLAIM_OK ==> ((uint16_t)word & GTF_type_mask) == GTF_permit_access;
    ensures whole: \result == CLAIM_OK ==> ((uint16_t)word & GTF_sub_page) == 0;
    ensures domain: \result == CLAIM_OK ==> (domid_t)(word >> 16) == to;
    ensures readonly: \result == CLAIM_OK && write ==> ((uint16_t)word & GTF_readonly) == 0;
*/
static enum claim_result check(uint64_t word, domid_t to, bool write)
{
    uint16_t flags = (uint16_t)word;

    if ((flags & GTF_type_mask) != GTF_permit_access || (flags & GTF_sub_page))
        return CLAIM_NO_ACCESS;
    if ((domid_t)(word >> 16) != to)
        return CLAIM_DOMAIN;
    if (write && (flags & GTF_readonly))
        return CLAIM_READONLY;
    return CLAIM_OK;
}

enum claim_result grant_entry_claim(uint64_t *entry, domid_t to, bool write, uint64_t *frame)
{
    uint64_t word = __atomic_load_n(entry, __ATOMIC_RELAXED);
    uint64_t marks = GTF_reading | (write ? GTF_writing : 0);

    /*@ loop assigns i, word, *entry, proof_claims, proof_from, proof_to;
        loop invariant 0 <= i <= ATTEMPTS && proof_claims == 0;
        loop variant ATTEMPTS - i;
    */
    for (unsigned int i = 0; i < ATTEMPTS; i++) {
        enum claim_result r = check(word, to, write);

        if (r != CLAIM_OK)
            return r;
        if (__atomic_compare_exchange_n(entry, &word, word | marks, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED)) {
            *frame = word >> 32;
            return CLAIM_OK;
        }
    }
    return CLAIM_RACE;
}

void grant_entry_unmark(uint64_t *entry, bool writing, bool reading)
{
    uint64_t marks = (writing ? GTF_writing : 0) | (reading ? GTF_reading : 0);

    if (marks)
        __atomic_and_fetch(entry, ~marks, __ATOMIC_SEQ_CST);
}
