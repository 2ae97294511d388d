/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the reading of descriptors where the CPU reads them: in the vCPU's region, page by page only
 * where a page is mapped.
 */
#include "pv/segment.h"

#define SEL_TI 4 /* the LDT, not the GDT */

static uint64_t *descriptor_address(const struct vcpu *v, uint16_t sel)
{
    const struct pv_vcpu *pv = v->pv;
    unsigned int offset = sel & 0xfff8U, page = offset / PAGE_SIZE;

    if (sel & SEL_TI) {
        if (offset >= pv->ldt_entries * 8 || !(pv->ldt_mapped >> page & 1))
            return NULL;
        return (uint64_t *)(pv_region(v) + REGION_LDT * PAGE_SIZE + offset);
    }
    if (offset < 8 || offset > GDT_LIMIT ||
        (page < GDT_FRAMES && mfn_eq(pv->gdt[page], MFN_INVALID)))
        return NULL;
    return (uint64_t *)(pv_region(v) + REGION_GDT * PAGE_SIZE + offset);
}

bool segment_read(const struct vcpu *v, uint16_t sel, struct segment *s)
{
    const uint64_t *d = descriptor_address(v, sel);

    return d && segment_decode(READ_ONCE(*d), s);
}
