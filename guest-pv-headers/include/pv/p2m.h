/* SPDX-License-Identifier: MIT */
/*
 * p2m.h: frame numbers of both kinds, and page-table entries.
 *
 * A guest counts its memory in PFNs, from 0; page tables, grants and rings name machine frames,
 * MFNs. The p2m (start_info.mfn_list) is the guest's own table from PFN to MFN; the M2P, at
 * MACH2PHYS_VIRT_START, is the hypervisor's way back, and says nothing of use for frames of
 * others: hence the look into both.
 */
#ifndef PV_P2M_H
#define PV_P2M_H

#include "../xen/xen.h"

#define PV_PAGE_SHIFT 12
#define PV_PAGE_BYTES 4096ul
#define PV_PAGE_MASK  (~(PV_PAGE_BYTES - 1))

/* What there is in place of a frame number: PFN without a frame, frame without a PFN. */
#define PV_NO_FRAME (~0ul)

/* Bits of an entry; a kernel sets U too (the hypervisor does where it did not), for both run in
 * ring 3. Bits 52 to 55 are the hypervisor's; 9 to 11 and 56 to 62 are free for the guest. */
#define PV_PTE_P    (1ul << 0)
#define PV_PTE_W    (1ul << 1)
#define PV_PTE_U    (1ul << 2)
#define PV_PTE_A    (1ul << 5)
#define PV_PTE_D    (1ul << 6)
#define PV_PTE_NX   (1ul << 63)
#define PV_PTE_MFN  0x000ffffffffff000ul
#define PV_PTE_RW   (PV_PTE_P | PV_PTE_W | PV_PTE_U | PV_PTE_A | PV_PTE_D)
#define PV_PTE_RO   (PV_PTE_P | PV_PTE_U | PV_PTE_A)
#define PV_PTE_LINK PV_PTE_RW /* to a lower table */

/* A guest's view of its frames. */
struct pv_p2m {
    unsigned long *mfns; /* by PFN */
    unsigned long pfns;  /* entries of mfns */
    const unsigned long *m2p;
    unsigned long m2p_frames; /* entries of m2p that are mapped */
};

/* The machine frame of a PFN, or PV_NO_FRAME. */
static inline unsigned long pv_pfn_to_mfn(const struct pv_p2m *p2m, unsigned long pfn)
{
    return pfn < p2m->pfns ? p2m->mfns[pfn] : PV_NO_FRAME;
}

/* The PFN of a machine frame, or PV_NO_FRAME when it is not this guest's own. */
static inline unsigned long pv_mfn_to_pfn(const struct pv_p2m *p2m, unsigned long mfn)
{
    unsigned long pfn;

    if (mfn >= p2m->m2p_frames)
        return PV_NO_FRAME;
    pfn = p2m->m2p[mfn];
    return pfn < p2m->pfns && p2m->mfns[pfn] == mfn ? pfn : PV_NO_FRAME;
}

/* Entry for a machine frame, and back. */
static inline uint64_t pv_pte(unsigned long mfn, uint64_t bits)
{
    return (uint64_t)mfn << PV_PAGE_SHIFT | bits;
}

static inline unsigned long pv_pte_mfn(uint64_t entry)
{
    return (unsigned long)((entry & PV_PTE_MFN) >> PV_PAGE_SHIFT);
}

/* Index of an address in its table of a level, 1 to 4. */
static inline unsigned int pv_pte_index(unsigned long address, unsigned int level)
{
    return (unsigned int)(address >> (PV_PAGE_SHIFT + 9 * (level - 1)) & 511);
}

#endif
