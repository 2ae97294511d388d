/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the frames of the M2P by a walk of the hypervisor's own tables, which never change there.
 */
#include "mm/m2p.h"
#include "cpu/mapping.h"
#include "mm/frame.h"
#include "mm/window.h"

uint64_t m2p_extents(void)
{
    return DIV_ROUND_UP(frame_limit * 8, 1UL << M2P_EXTENT_SHIFT);
}

static uint64_t read_entry(mfn_t table, unsigned int index)
{
    const uint64_t *t = window_map(table);
    uint64_t e = t[index];

    window_unmap(t);
    return e;
}

/* The L2 entry of an address in the table; 0 when there is none. */
static uint64_t l2_entry(uint64_t va)
{
    uint64_t e = idle_l4[pt_index(va, 4)];

    if (e & PTE_P)
        e = read_entry(pte_mfn(e), pt_index(va, 3));
    return e & PTE_P ? read_entry(pte_mfn(e), pt_index(va, 2)) : 0;
}

/* Bound: the 512 entries of one L1. */
static mfn_t run_of(mfn_t l1)
{
    const uint64_t *t = window_map(l1);
    mfn_t first = t[0] & PTE_P ? pte_mfn(t[0]) : MFN_INVALID;
    bool ended = false;
    unsigned int i;

    for (i = 1; i < PT_ENTRIES && !mfn_eq(first, MFN_INVALID); i++) {
        if (!(t[i] & PTE_P))
            ended = true;
        else if (ended || pte_mfn(t[i]).n != first.n + i)
            first = MFN_INVALID;
    }
    window_unmap(t);
    return first;
}

mfn_t m2p_extent_frame(uint64_t n)
{
    uint64_t e = l2_entry(M2P_RO_START + (n << M2P_EXTENT_SHIFT));

    if (!(e & PTE_P))
        return MFN_INVALID;
    return e & PTE_PS ? pte_mfn(e) : run_of(pte_mfn(e));
}
