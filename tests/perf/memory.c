/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the memory calls cost: entries changed one by one and in a batch, an L1 pinned and
 * unpinned.  mmu_update changes only flags; the _frame figures change between two frames of
 * the domain, so that each takes a reference and drops one.
 */
#include "perf.h"

#define BATCH       32
#define PIN_ENTRIES 64

/* A store that faults, since a guest only reads its page tables, and is emulated. */
static long table_store(uint64_t *entry, uint64_t value)
{
    __asm__ volatile("xchgq %0, %1" : "+r"(value), "+m"(*entry));
    return 0;
}

TEST(perf_mmu_update)
{
    static mmu_update_t updates[2][BATCH], flags[2][BATCH];
    char *window = page_alloc(), *pages[2] = {page_alloc(), page_alloc()};

    /* Adjacent entries of one L1: pages behind one another in the pool. */
    for (unsigned int i = 1; i < BATCH; i++) {
        REQUIRE((char *)page_alloc() > window);
    }
    for (unsigned int i = 0; i < BATCH; i++) {
        uint64_t *entry = pte_find((unsigned long)window + i * PAGE_SIZE, 1);

        for (unsigned int side = 0; side < 2; side++) {
            updates[side][i].ptr = machine_of(entry) | MMU_NORMAL_PT_UPDATE;
            updates[side][i].val = pte_make(mfn_of(pages[side]), PTE_RW);
        }
    }
    PERF_CALL("mmu_update_frame",
              hcall(__HYPERVISOR_mmu_update, updates[round & 1], 1, NULL, DOMID_SELF), 0);
    PERF_CALL("mmu_update_frame_32",
              hcall(__HYPERVISOR_mmu_update, updates[round & 1], BATCH, NULL, DOMID_SELF), 0);
    /* Only flags change: the same frame, with and without the dirty bit. */
    for (unsigned int i = 0; i < BATCH; i++) {
        flags[0][i] = flags[1][i] = updates[0][i];
        flags[1][i].val &= ~PTE_D;
    }
    hcall(__HYPERVISOR_mmu_update, flags[0], BATCH, NULL, DOMID_SELF);
    PERF_CALL("mmu_update", hcall(__HYPERVISOR_mmu_update, flags[round & 1], 1, NULL, DOMID_SELF),
              0);
    PERF_CALL("mmu_update_32",
              hcall(__HYPERVISOR_mmu_update, flags[round & 1], BATCH, NULL, DOMID_SELF), 0);
    /* Present and not present in turn: one round is both updates. */
    for (unsigned int i = 0; i < BATCH; i++) {
        flags[1][i].val = 0;
    }
    PERF_CALL("mmu_update_clear_set",
              hcall(__HYPERVISOR_mmu_update, flags[0], 1, NULL, DOMID_SELF) |
                  hcall(__HYPERVISOR_mmu_update, flags[1], 1, NULL, DOMID_SELF),
              0);
    PERF_CALL("table_store_clear_set",
              table_store(pte_find((unsigned long)window, 1), 0) |
                  table_store(pte_find((unsigned long)window, 1), updates[0][0].val),
              0);
    /* Each round a change, the first too: what is there is updates[0]'s. */
    PERF_CALL("update_va_mapping",
              hcall(__HYPERVISOR_update_va_mapping, window, updates[~round & 1][0].val, UVMF_NONE),
              0);
    PERF_CALL("update_va_mapping_invlpg",
              hcall(__HYPERVISOR_update_va_mapping, window, updates[~round & 1][0].val,
                    UVMF_INVLPG | UVMF_LOCAL),
              0);
    for (unsigned int i = 0; i < BATCH; i++) {
        page_unprotect(window + i * PAGE_SIZE);
    }
    page_unprotect(pages[0]);
    page_unprotect(pages[1]);
}

TEST(perf_pin)
{
    uint64_t *table = page_alloc();

    for (unsigned int i = 0; i < PIN_ENTRIES; i++) {
        table[i] = pte_make(mfn_of(page_alloc()), PTE_RW);
    }
    REQUIRE(page_protect(table) == 0);
    PERF_CALL("pin_unpin_64", pin(1, table) | unpin(table), 0);
}

TEST(perf_flush)
{
    PERF_CALL("tlb_flush_local", mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0), 0);
    PERF_CALL("invlpg_local", mmuext(MMUEXT_INVLPG_LOCAL, (unsigned long)boot_l4, 0), 0);
    PERF_CALL("new_baseptr_same", mmuext(MMUEXT_NEW_BASEPTR, mfn_of(boot_l4), 0), 0);
}
