/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames and page tables of the test kernel.  The image is mapped at VIRT_BASE plus its PFN;
 * page_alloc() gives pages of a pool in the image, taken back when the test ends (a page that
 * a test left with a type stays out of the pool then).  Level 1 is the leaf, as in the ABI.
 */
#ifndef HARNESS_MEMORY_H
#define HARNESS_MEMORY_H

#include <xen/xen.h>

#include "hypercall.h"
#include "lib.h"

#define PAGE_SIZE  4096ul
#define PAGE_SHIFT 12

#define PTE_P        0x001ul
#define PTE_W        0x002ul
#define PTE_U        0x004ul
#define PTE_PWT      0x008ul
#define PTE_PCD      0x010ul
#define PTE_A        0x020ul
#define PTE_D        0x040ul
#define PTE_PS       0x080ul
#define PTE_PAT      0x080ul
#define PTE_G        0x100ul
#define PTE_NX       (1ul << 63)
#define PTE_MFN_MASK 0x000ffffffffff000ul

#define PTE_RO (PTE_P | PTE_U | PTE_A)
#define PTE_RW (PTE_P | PTE_W | PTE_U | PTE_A | PTE_D)

extern uint64_t *boot_l4;

/* Addresses that no boot table maps: one L4 slot of the kernel half. */
#define SCRATCH_VA 0xffffc90000000000ul

void memory_start(void);
void *page_alloc(void);
/* A frame that the domain owns and nothing maps, with no type; 0 when there is none. */
unsigned long frame_unmapped(unsigned int index);
/* Takes back what the last test allocated; returns pages lost to left types. */
unsigned int pages_reset(void);

unsigned long pfn_of(const void *page);
unsigned long mfn_of(const void *page);
void *page_of_pfn(unsigned long pfn);
void *page_of_mfn(unsigned long mfn);
static inline uint64_t pte_make(unsigned long mfn, uint64_t flags)
{
    return (uint64_t)mfn << PAGE_SHIFT | flags;
}

/* The entry of `va` at `level` in the running kernel tables; NULL where a level lacks. */
uint64_t *pte_find(unsigned long va, unsigned int level);
/* Machine address of an entry that the kernel can see. */
uint64_t machine_of(const void *at);

long pte_set(const void *entry, uint64_t value);
long va_set(const void *va, uint64_t value);
long page_protect(const void *page);
long page_unprotect(const void *page);
/* Makes tables down to level 1 for `va` in the running kernel tables. */
uint64_t *tables_make(unsigned long va);

long mmu_update1(uint64_t where, uint64_t value);
/* Inline: where instructions are counted, only those of the call are to be. */
static inline long mmuext(unsigned int command, unsigned long arg1, unsigned long arg2)
{
    struct mmuext_op op = {.cmd = command, .arg1.mfn = arg1, .arg2.nr_ents = arg2};

    /* The wide members of both unions cover the narrow ones on this little-endian machine. */
    memcpy(&op.arg2, &arg2, sizeof(arg2));
    return hcall(__HYPERVISOR_mmuext_op, &op, 1, NULL, DOMID_SELF);
}

static inline long pin(unsigned int level, const void *page)
{
    return mmuext(MMUEXT_PIN_L1_TABLE + level - 1, mfn_of(page), 0);
}

static inline long unpin(const void *page)
{
    return mmuext(MMUEXT_UNPIN_TABLE, mfn_of(page), 0);
}

#endif
