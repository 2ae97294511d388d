/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the claim of a grant entry: the entry is read as one 64-bit word and marked in use by one
 * compare-exchange of that word, so that flags, domid and frame belong together whatever the
 * granter does meanwhile.
 *
 * Pure: works on the entry it is given, which is the granter's to write at any time.
 */
#ifndef GRANT_CLAIM_H
#define GRANT_CLAIM_H

#include <xen/grant_table.h>

#include "lib/types.h"

enum claim_result {
    CLAIM_OK,
    CLAIM_NO_ACCESS, /* the entry permits no access, or not in this way of granting */
    CLAIM_DOMAIN,    /* it is for another domain */
    CLAIM_READONLY,  /* it may only be read */
    CLAIM_RACE       /* the granter kept changing it */
};

/* Marks the entry in use by `to`, for writing too if `write`; *frame is the granter's frame
 * number. */
/*@ requires \valid(entry) && \valid(frame) && \separated(entry, frame, &proof_claims, &proof_from,
                                                         &proof_to);
    requires proof_claims == 0;
    assigns *entry, *frame, proof_claims, proof_from, proof_to;
    ensures once: \result == CLAIM_OK ==> proof_claims == 1;
    ensures none: \result != CLAIM_OK ==> proof_claims == 0;
    ensures access: \result == CLAIM_OK ==>
              ((uint16_t)proof_from & GTF_type_mask) == GTF_permit_access;
    ensures domain: \result == CLAIM_OK ==> (domid_t)(proof_from >> 16) == to;
    ensures readonly: \result == CLAIM_OK && write ==>
              ((uint16_t)proof_from & GTF_readonly) == 0;
    ensures frame: \result == CLAIM_OK ==> *frame == (uint64_t)(proof_from >> 32);
    ensures marks: \result == CLAIM_OK ==>
              proof_to == (proof_from | (GTF_reading | (write ? GTF_writing : 0)));
*/
enum claim_result grant_entry_claim(uint64_t *entry, domid_t to, bool write, uint64_t *frame);

/* Takes the marks away: that of writing, or both. */
/*@ requires \valid(entry) && \separated(entry, &proof_to);
    assigns *entry, proof_to;
    ensures both: reading && writing ==> proof_to == (uint64_t)~(GTF_reading | GTF_writing);
    ensures write: writing && !reading ==> proof_to == (uint64_t)~GTF_writing;
    ensures read: !writing && !reading ==> *entry == \old(*entry);
*/
void grant_entry_unmark(uint64_t *entry, bool writing, bool reading);

#endif
