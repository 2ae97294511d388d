/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the change between a guest's kernel and its user mode. Both run in ring 3: they differ in tables and GS base.
 *
 * In either mode GS_BASE is that of the mode and KERNEL_GS_BASE that of the other; SWAPGS changes them over.
 */
#include "cpu/asm.h"
#include "mm/tlb.h"
#include "pv/pv.h"

static void enter(bool kernel, mfn_t l4)
{
    this_cpu()->guest_kernel = kernel;
    __asm__ volatile("swapgs" ::: "memory");
    tlb_load_cr3(mfn_to_paddr(l4).a, false);
}

void pv_enter_kernel(void)
{
    enter(true, current()->pv->kernel_l4);
}

void pv_enter_user(void)
{
    enter(false, current()->pv->user_l4);
}

void pv_with_kernel_tables(void (*fn)(struct vcpu *v), struct vcpu *v)
{
    bool user = !guest_in_kernel();

    if (user)
        tlb_load_cr3(mfn_to_paddr(v->pv->kernel_l4).a, false);
    fn(v);
    if (user)
        tlb_load_cr3(mfn_to_paddr(v->pv->user_l4).a, false);
}
