/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults in the records of frames, tables and mappings.
 */
#include "faults.h"

TEST(fault_frames)
{
    void *page = page_alloc();

    seed_both(MORTISE_FAULT_PAGE_REF, mfn_of(page), MORTISE_AUDIT_PAGE_REFS, "were found");
    seed_both(MORTISE_FAULT_TYPE_REF, mfn_of(page), MORTISE_AUDIT_TYPE_REFS, "uses were found");
    seed(MORTISE_FAULT_VALIDATED, 0, mfn_of(page), 1, MORTISE_AUDIT_TYPE_STATE, "type word");
    seed(MORTISE_FAULT_PIN, 0, mfn_of(page), 1, MORTISE_AUDIT_TYPE_STATE, "type word");
}

TEST(fault_tables)
{
    struct tables t;

    tables_build(&t);
    REQUIRE(tables_protect(&t, 4) == 0 && pin(4, t.at[4]) == 0);
    /* a pin too many on the L1, one too few on the L4 */
    seed(MORTISE_FAULT_PIN, 0, mfn_of(t.at[1]), 1, MORTISE_AUDIT_TYPE_REFS, "uses were found");
    seed(MORTISE_FAULT_PIN, 0, mfn_of(t.at[4]), 1, MORTISE_AUDIT_TYPE_REFS, "uses were found");
    seed_both(MORTISE_FAULT_TYPE_REF, mfn_of(t.at[2]), MORTISE_AUDIT_TYPE_REFS, "uses were found");
    seed(MORTISE_FAULT_ENTRY, 0, machine_of(t.at[1]), 1, MORTISE_AUDIT_TYPE_REFS,
         "uses were found");
    seed(MORTISE_FAULT_ENTRY_FRAME, 0, machine_of(t.at[2]), 1, MORTISE_AUDIT_PAGE_REFS,
         "references, ");
    seed(MORTISE_FAULT_L4_SLOT, 0, mfn_of(t.at[4]), 1, MORTISE_AUDIT_MAPPINGS, "slot 271 of L4");
    EXPECT_EQ(unpin(t.at[4]), 0);
    tables_unprotect(&t);
}

TEST(fault_owners)
{
    void *page = page_alloc();

    seed_both(MORTISE_FAULT_FRAMES, 0, MORTISE_AUDIT_OWNER, "in its account");
    seed_both(MORTISE_FAULT_SHARED_FRAMES, 0, MORTISE_AUDIT_OWNER, "with the hypervisor");
    seed(MORTISE_FAULT_LISTED, 0, mfn_of(page), 1, MORTISE_AUDIT_OWNER, "has flags");
    seed(MORTISE_FAULT_CLAIMED, 0, 0, 1, MORTISE_AUDIT_OWNER, "set aside");
    seed(MORTISE_FAULT_M2P, 0, 0x200, 1, MORTISE_AUDIT_M2P, "has no owner");
}

TEST(fault_mappings)
{
    seed_both(MORTISE_FAULT_SHARED_INFO, 0, MORTISE_AUDIT_MAPPINGS, "mapping of kind 0");
    seed(MORTISE_FAULT_LDT, 0, 0, 1, MORTISE_AUDIT_MAPPINGS, "LDT page 15 of vCPU 0");
    seed(MORTISE_FAULT_WINDOW, 0, 0, 1, MORTISE_AUDIT_WINDOWS, "is used 1 times");
    seed(MORTISE_FAULT_WINDOW, 0, 1, 3, MORTISE_AUDIT_WINDOWS, "is used 3 times");
    seed(MORTISE_FAULT_UNDO, 0, 1, 1, MORTISE_AUDIT_TYPE_STATE, "1 tables to undo, 0 are named");
}
