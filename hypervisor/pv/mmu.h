/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the calls on page tables: mmu_update, update_va_mapping, mmuext_op. Arguments and errors:
 * docs/abi/.
 */
#ifndef PV_MMU_H
#define PV_MMU_H

#include "pv/pv.h"

/*
 * The foreign domain that an operation names: DOMID_SELF is the caller, its own number is refused
 * (-ESRCH). Holds a reference for put_foreign().
 */
int get_other_domain(domid_t id, struct domain **d) __must_check; /* DOMID_SELF is none */

static inline int __must_check get_foreign(domid_t id, struct domain **d)
{
    if (unlikely(id != DOMID_SELF))
        return get_other_domain(id, d);
    *d = current()->domain;
    return 0;
}

void put_foreign(struct domain *d);

long do_mmu_update(uint64_t requests, uint64_t count, uint64_t done, uint64_t foreign);
long do_update_va_mapping(uint64_t va, uint64_t entry, uint64_t flags);
long do_update_va_mapping_otherdomain(uint64_t va, uint64_t entry, uint64_t flags, uint64_t domid);
long do_mmuext_op(uint64_t ops, uint64_t count, uint64_t done, uint64_t foreign);

/*
 * pCPUs of the vCPUs whose bits are set in the guest's mask of max_vcpus bits; false: it can't be
 * read.
 */
bool vcpu_mask_cpus(struct domain *d, uint64_t mask_at, uint64_t *cpus) __must_check;

/*
 * MMUEXT_NEW_BASEPTR: the L4 that the vCPU's kernel runs on, loaded at once. 0, -EINVAL, -ERESTART.
 */
int pv_set_kernel_l4(struct vcpu *v, mfn_t m) __must_check;
int pv_set_user_l4(struct vcpu *v, mfn_t m) __must_check; /* frame 0: none */

#endif
