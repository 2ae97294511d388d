/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the copy of the whitelist that is called where it is not expanded inline. Pure: the unit
 * tests, the fuzzers and the proofs compile this very file.
 */
#include "pv/pte_check.h"

extern inline enum pte_fault pte_check(const struct pte_ask *ask, uint64_t *stored);
