/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns seeded faults: a record of the hypervisor's is spoilt on demand, so that a test sees whether
 * the audit finds it.
 *
 * Two files define these: faults.c in the image mortise-faults, which only tests boot and which is
 * otherwise the one that ships, object by object; faults_none.c in the image that ships.
 */
#ifndef CTL_FAULTS_H
#define CTL_FAULTS_H

#include <xen/mortise-fault.h>

#include "lib/types.h"

extern const bool fault_possible;

/*
 * Changes the record, or says which allocations fail. -ENOSYS: there is no such fault, or not in
 * this image; -ESRCH: no such domain; -EINVAL: the domain has no such object. No reference is taken
 * or given back.
 */
long fault_seed(struct mortise_fault *f) __must_check;

#endif
