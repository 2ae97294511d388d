/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the making and unmaking of a domain's and a vCPU's PV state.
 *
 * The idle domain has only the regions for windows; its L4 slot is idle_l4's.
 */
#include "cpu/mapping.h"
#include "lib/errno.h"
#include "lib/printk.h"
#include "mm/heap.h"
#include "mm/type.h"
#include "pv/control.h"
#include "pv/descriptor_tables.h"
#include "pv/pv.h"

int pv_domain_create(struct domain *d)
{
    struct pv_domain *pv = heap_new(struct pv_domain);

    if (!pv)
        return -ENOMEM;
    pv->l3 = heap_alloc_pages(1);
    pv->l2 = heap_alloc_pages(1);
    if (!pv->l3 || !pv->l2) {
        if (pv->l3)
            heap_free_pages(pv->l3, 1);
        if (pv->l2)
            heap_free_pages(pv->l2, 1);
        heap_free(pv);
        return -ENOMEM;
    }
    pv->l3[pt_index(DOMAIN_START, 3)] = pte_make(heap_mfn(pv->l2), PTE_HV_TABLE);
    d->pv = pv;
    if (d == idle_domain)
        idle_l4[SLOT_DOMAIN] = pte_make(heap_mfn(pv->l3), PTE_HV_TABLE);
    return 0;
}

void pv_domain_destroy(struct domain *d)
{
    if (!d->pv)
        return;
    heap_free_pages(d->pv->l2, 1);
    heap_free_pages(d->pv->l3, 1);
    heap_free(d->pv->policy);
    heap_free(d->pv);
    d->pv = NULL;
}

static int guest_state_create(struct pv_vcpu *pv)
{
    unsigned int i;

    for (i = 0; i < GDT_FRAMES; i++)
        pv->gdt[i] = MFN_INVALID;
    pv->kernel_mode = true;
    pv->kernel_stack = NO_KERNEL_STACK;
    pv->cr4 = pv_cr4_initial();
    pv->debugreg[6] = 0xffff0ff0;
    pv->debugreg[7] = 0x400;
    pv->traps = heap_alloc_pages(1);
    if (!pv->traps)
        return -ENOMEM;
    return fpu_create(&pv->fpu);
}

int pv_vcpu_create(struct vcpu *v)
{
    struct pv_vcpu *pv = heap_new(struct pv_vcpu);
    unsigned int i;
    int rc;

    if (!pv)
        return -ENOMEM;
    v->pv = pv;
    pv->kernel_l4 = pv->user_l4 = MFN_INVALID;
    pv->walked.part = ~0UL;
    for (i = 0; i < UNDO_SLOTS; i++)
        pv->undo[i] = MFN_INVALID;
    pv->l1 = heap_alloc_pages(1);
    rc = pv->l1 ? 0 : -ENOMEM;
    if (!rc && v->domain != idle_domain)
        rc = guest_state_create(pv);
    if (rc) {
        pv_vcpu_destroy(v);
        return rc;
    }
    window_cache_init(&pv->windows, pv->l1, pv_region(v));
    v->domain->pv->l2[v->id] = pte_make(heap_mfn(pv->l1), PTE_HV_TABLE);
    return 0;
}

void pv_vcpu_drop(struct vcpu *v)
{
    struct pv_vcpu *pv = v->pv;
    mfn_t kernel = pv->kernel_l4, user = pv->user_l4;

    pv->kernel_l4 = pv->user_l4 = MFN_INVALID;
    if (!mfn_eq(kernel, MFN_INVALID))
        frame_put_type(frame_of(kernel));
    if (!mfn_eq(user, MFN_INVALID))
        frame_put_type(frame_of(user));
    gdt_drop(v);
    ldt_drop(v);
}

/* The vCPU never runs again, and holds no reference any more. */
void pv_vcpu_destroy(struct vcpu *v)
{
    struct pv_vcpu *pv = v->pv;

    if (!pv)
        return;
    if (pv->traps) {
        heap_free_pages(pv->traps, 1);
        fpu_destroy(&pv->fpu);
    }
    v->domain->pv->l2[v->id] = 0;
    if (pv->l1)
        heap_free_pages(pv->l1, 1);
    heap_free(pv);
    v->pv = NULL;
}
