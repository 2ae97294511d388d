/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the bits of a page-table entry, hardware's and ours.
 */
#ifndef CPU_PTE_H
#define CPU_PTE_H

#include "lib/types.h"

#define PTE_P     0x1UL
#define PTE_RW    0x2UL
#define PTE_U     0x4UL
#define PTE_PWT   0x8UL
#define PTE_PCD   0x10UL
#define PTE_A     0x20UL
#define PTE_D     0x40UL
#define PTE_PAT   0x80UL /* L1 */
#define PTE_PS    0x80UL /* L2 and above */
#define PTE_G     0x100UL
#define PTE_AVAIL 0xe00UL /* bits 9 to 11: the guest's */
#define PTE_NX    0x8000000000000000UL
#define PTE_CACHE (PTE_PWT | PTE_PCD | PTE_PAT)

#define PTE_ADDR         0x000ffffffffff000UL
#define PTE_HV           0x00f0000000000000UL /* bits 52 to 55: the hypervisor's */
#define PTE_GUEST_KERNEL 0x0010000000000000UL /* 52: the guest did not ask for U */
#define PTE_AVAIL_HIGH   0x7f00000000000000UL /* bits 56 to 62: the guest's */

/* what the hypervisor maps for itself */
#define PTE_HV_TABLE  (PTE_P | PTE_RW | PTE_A)
#define PTE_HV_DATA   (PTE_P | PTE_RW | PTE_A | PTE_D | PTE_NX)
#define PTE_HV_RODATA (PTE_P | PTE_A | PTE_NX)
#define PTE_HV_TEXT   (PTE_P | PTE_A)
#define PTE_HV_DEVICE (PTE_HV_DATA | PTE_PCD | PTE_PWT)

#define PT_ENTRIES 512

static inline mfn_t pte_mfn(uint64_t e)
{
    return mfn((e & PTE_ADDR) >> PAGE_SHIFT);
}

static inline uint64_t pte_make(mfn_t m, uint64_t flags)
{
    return m.n << PAGE_SHIFT | flags;
}

/* The index of va in a table of level 1 to 4. */
static inline unsigned int pt_index(uint64_t va, unsigned int level)
{
    return (va >> (12 + 9 * (level - 1))) & 511;
}

#endif
