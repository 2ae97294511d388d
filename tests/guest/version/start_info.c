/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel can't live without its start_info: the magic that names the interface, frames that
 * belong to it, initial tables whose frames the M2P maps back, and page tables read-only.
 */
#include "harness.h"

TEST(start_info_sane)
{
    const unsigned long *p2m = (const unsigned long *)start_info->mfn_list;
    const unsigned long *m2p = (const unsigned long *)MACH2PHYS_VIRT_START;

    EXPECT(strncmp(start_info->magic, "xen-3.0-x86_64", 14) == 0);
    EXPECT((start_info->flags & SIF_INITDOMAIN) != 0);
    EXPECT((start_info->shared_info & (PAGE_SIZE - 1)) == 0);
    for (unsigned long pfn = 0; pfn < start_info->nr_pages; pfn++) {
        if (m2p[p2m[pfn]] != pfn) {
            FAIL("frame %lx of pfn %lx maps back to %lx", p2m[pfn], pfn, m2p[p2m[pfn]]);
            break;
        }
    }
    for (unsigned long i = 0; i < start_info->nr_pt_frames; i++) {
        const uint64_t *entry = pte_find(start_info->pt_base + i * PAGE_SIZE, 1);

        EXPECT((*entry & (PTE_P | PTE_W)) == PTE_P);
    }
}
