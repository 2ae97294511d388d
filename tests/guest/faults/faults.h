/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Seeds one fault in the hypervisor's records, sees that the audit finds it and says so in the
 * right words, and takes it back.
 */
#ifndef TEST_FAULTS_H
#define TEST_FAULTS_H

#include "harness.h"

#include <xen/mortise-fault.h>

/* One audit; its differences are in fault_records. */
extern struct mortise_audit fault_audit;
extern struct mortise_difference fault_records[MORTISE_AUDIT_ROOM];
void audit_now(void);

/* The audit must find nothing. */
void expect_clean(const char *when);

/*
 * Adds `change` to a record of domain `domid`: the audit must find differences of `kind`, one of
 * them about that domain (or nobody), with `words` in its words. Then it is taken back, and the
 * audit must find nothing.
 */
void seed(unsigned int fault, domid_t domid, uint64_t object, int change, unsigned int kind,
          const char *words);

/* One reference more, and one less. */
static inline void seed_both(unsigned int fault, uint64_t object, unsigned int kind,
                             const char *words)
{
    seed(fault, 0, object, 1, kind, words);
    seed(fault, 0, object, -1, kind, words);
}

#endif
