/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the short visit to the kernel's tables, for what is written at the kernel's own addresses
 * while its user mode runs.
 */
#include "pv/pv.h"

void pv_with_kernel_tables(void (*fn)(struct vcpu *v), struct vcpu *v)
{
    bool user = !guest_in_kernel();

    if (user)
        tlb_load_cr3(mfn_to_paddr(v->pv->kernel_l4).a, false);
    fn(v);
    if (user)
        tlb_load_cr3(mfn_to_paddr(v->pv->user_l4).a, false);
}
