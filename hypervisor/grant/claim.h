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
enum claim_result grant_entry_claim(uint64_t *entry, domid_t to, bool write, uint64_t *frame);

/* Takes the marks away: that of writing, or both. */
void grant_entry_unmark(uint64_t *entry, bool writing, bool reading);

#endif
