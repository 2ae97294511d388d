/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the mappings of GDT and LDT in a vCPU's region, and the calls that change them.
 */
#include "pv/descriptor_tables.h"
#include "cpu/asm.h"
#include "cpu/descriptors.h"
#include "cpu/pte.h"
#include "lib/printk.h"
#include "lib/refusal.h"
#include "mm/guest_copy.h"
#include "mm/heap.h"
#include "mm/tlb.h"
#include "mm/type.h"
#include "mm/window.h"
#include "pv/descriptor_check.h"
#include "pv/register_calls.h"
#include "pv/walk.h"

#define LDT_PAGES 16

int descriptors_check_frame(mfn_t m)
{
    uint64_t *d = window_map(m), stored;
    unsigned int i;
    int rc = 0;

    for (i = 0; i < 512; i++) {
        if (!descriptor_check(d[i], &stored)) {
            rc = refuse(RULE_DESCRIPTOR, d[i], -EINVAL);
            break;
        }
        d[i] = stored;
    }
    window_unmap(d);
    return rc;
}

static void region_map(struct vcpu *v, unsigned int page, mfn_t m)
{
    WRITE_ONCE(v->pv->l1[page], pte_make(m, PTE_HV_DATA));
    invlpg(pv_region(v) + page * PAGE_SIZE);
}

static void region_unmap(struct vcpu *v, unsigned int page)
{
    WRITE_ONCE(v->pv->l1[page], 0);
    invlpg(pv_region(v) + page * PAGE_SIZE);
}

void gdt_drop(struct vcpu *v)
{
    unsigned int i;

    for (i = 0; i < GDT_FRAMES; i++) {
        mfn_t m = v->pv->gdt[i];

        if (mfn_eq(m, MFN_INVALID))
            continue;
        v->pv->gdt[i] = MFN_INVALID;
        region_unmap(v, REGION_GDT + i);
        frame_put_type(frame_of(m));
    }
    v->pv->gdt_entries = 0;
}

int gdt_set(struct vcpu *v, const uint64_t *frames, unsigned int entries)
{
    unsigned int pages = DIV_ROUND_UP(entries, 512), i;
    int rc;

    if (entries > GDT_FRAMES * 512)
        return refuse(RULE_TABLE_SIZE, entries, -EINVAL);
    for (i = 0; i < pages; i++) {
        rc = frame_get_type(mfn(frames[i]), v->domain->id, TYPE_DESCRIPTORS);
        if (rc) {
            refuse(RULE_FRAME_TYPE, frames[i], rc);
            while (i--)
                frame_put_type(frame_of(mfn(frames[i])));
            return rc;
        }
    }
    gdt_drop(v);
    for (i = 0; i < pages; i++) {
        v->pv->gdt[i] = mfn(frames[i]);
        region_map(v, REGION_GDT + i, mfn(frames[i]));
    }
    v->pv->gdt_entries = entries;
    return 0;
}

long do_set_gdt(uint64_t list, uint64_t entries)
{
    uint64_t frames[GDT_FRAMES];

    entries = (uint32_t)entries;
    if (entries > GDT_FRAMES * 512)
        return refuse(RULE_TABLE_SIZE, entries, -EINVAL);
    if (entries && copy_from_guest(frames, gva(list), DIV_ROUND_UP(entries, 512) * 8))
        return refuse_memory(gva(list));
    return gdt_set(current(), frames, (unsigned int)entries);
}

/*
 * One descriptor in a frame that is used as such, or as plain memory. The frame keeps its use while
 * it is written.
 */
long do_update_descriptor(uint64_t address, uint64_t descriptor)
{
    mfn_t m = paddr_to_mfn(paddr(address));
    enum frame_type t = TYPE_WRITABLE;
    uint64_t *d, stored;
    int rc;

    if (address & 7)
        return refuse(RULE_ENTRY_ALIGNMENT, address, -EINVAL);
    if (!descriptor_check(descriptor, &stored))
        return refuse(RULE_DESCRIPTOR, descriptor, -EINVAL);
    if (!mfn_valid(m))
        return refuse(RULE_FRAME_NOT_OWNED, m.n, -EINVAL);
    if (frame_type_now(frame_of(m)) == TYPE_DESCRIPTORS)
        t = TYPE_DESCRIPTORS;
    rc = frame_get_type(m, current()->domain->id, t);
    if (rc)
        return refuse(RULE_FRAME_TYPE, m.n, rc);
    d = window_map(m);
    WRITE_ONCE(d[(address & ~PAGE_MASK) / 8], stored);
    window_unmap(d);
    frame_put_type(frame_of(m));
    return 0;
}

void ldt_drop(struct vcpu *v)
{
    unsigned int i;

    for (i = 0; i < LDT_PAGES; i++) {
        mfn_t m = pte_mfn(v->pv->l1[REGION_LDT + i]);

        if (!(v->pv->ldt_mapped >> i & 1))
            continue;
        region_unmap(v, REGION_LDT + i);
        frame_put_type(frame_of(m));
    }
    v->pv->ldt_mapped = 0;
}

int ldt_set(struct vcpu *v, uint64_t base, uint64_t entries)
{
    if (!entries)
        base = 0; /* of no table it does not matter where it is */
    if (entries > 8192 || base & ~PAGE_MASK || !pv_address_ok(base) ||
        !pv_address_ok(base + entries * 8))
        return refuse(RULE_TABLE_SIZE, entries, -EINVAL);
    ldt_drop(v);
    v->pv->ldt_base = base;
    v->pv->ldt_entries = (uint32_t)entries;
    ldt_load(pv_region(v) + REGION_LDT * PAGE_SIZE, v->pv->ldt_entries);
    return 0;
}

bool ldt_map_page(struct vcpu *v, uint64_t va)
{
    unsigned int page = (unsigned int)((va - pv_region(v)) >> PAGE_SHIFT) - REGION_LDT;
    struct pv_walk w;
    mfn_t m;

    if (page >= LDT_PAGES || page * 512 >= v->pv->ldt_entries || v->pv->ldt_mapped >> page & 1)
        return false;
    if (pv_walk_tables(v->pv->kernel_l4, v->pv->ldt_base + page * PAGE_SIZE, &w) ||
        !(w.entry & PTE_P))
        return false;
    m = pte_mfn(w.entry);
    if (!mfn_valid(m) || frame_get_type(m, v->domain->id, TYPE_DESCRIPTORS))
        return false;
    region_map(v, REGION_LDT + page, m);
    v->pv->ldt_mapped |= (uint16_t)(1U << page);
    return true;
}

void descriptor_tables_load(struct vcpu *v)
{
    uint64_t region = pv_region(v);
    struct descriptor_ptr p = {GDT_LIMIT, region + REGION_GDT * PAGE_SIZE};
    uint64_t own = pte_make(heap_mfn(descriptor_pages[cpu_id()]), PTE_HV_DATA);

    if (v->pv->l1[REGION_GDT + GDT_RESERVED_PAGE] != own) {
        WRITE_ONCE(v->pv->l1[REGION_GDT + GDT_RESERVED_PAGE], own);
        invlpg(region + (REGION_GDT + GDT_RESERVED_PAGE) * PAGE_SIZE);
    }
    __asm__ volatile("lgdt %0" ::"m"(p));
    ldt_load(region + REGION_LDT * PAGE_SIZE, v->pv->ldt_entries);
}
