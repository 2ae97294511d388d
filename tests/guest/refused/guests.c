/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Refusals that only a guest without privilege can come by, or a call on one. The machine's CPU is
 * one that has L1TF.
 */
#include "../domains/domain.h"

static struct child c;

/* Has the child store an entry for one of its free pages; then the old one again. */
static long child_entry(uint64_t entry)
{
    long ret = child_call(&c, __HYPERVISOR_update_va_mapping, child_va(CHILD_FREE), entry,
                          UVMF_INVLPG | UVMF_LOCAL);

    EXPECT_EQ(child_call(&c, __HYPERVISOR_update_va_mapping, child_va(CHILD_FREE),
                         pte_make(c.mfns[CHILD_FREE], PTE_RW), UVMF_INVLPG | UVMF_LOCAL),
              0);
    return ret;
}

/* Without devices RAM is write-back, or nothing. */
TEST(refused_cache)
{
    if (!subject_is_mortise()) {
        SKIP("the subject lets such a guest have its way with RAM");
    }
    child_make(&c);
    EXPECT_EQ(child_entry(pte_make(c.mfns[CHILD_FREE], PTE_RW | PTE_PCD)), E(INVAL));
    EXPECT_EQ(child_entry(pte_make(c.mfns[CHILD_FREE], PTE_RW | PTE_PWT)), E(INVAL));
    child_end(&c);
}

/* What is not present must not point into RAM, its own or another's (XSA-273). */
TEST(refused_l1tf)
{
    void *page = page_alloc();

    if (!subject_is_mortise()) {
        SKIP("the subject ends such a guest, or goes over to shadow tables");
    }
    child_make(&c);
    EXPECT_EQ(child_entry(pte_make(mfn_of(page), PTE_RW & ~PTE_P)), E(INVAL));
    EXPECT_EQ(child_entry(pte_make(c.mfns[CHILD_FREE], 0)), E(INVAL));
    EXPECT_EQ(child_entry(0), 0);
    EXPECT_EQ(child_entry(pte_make(0xfffffff000ul, 0)), 0);
    child_end(&c);
}

TEST(refused_foreign)
{
    struct evtchn_reset reset;
    xen_pfn_t in, out = 0;
    struct xen_memory_exchange e = {.in = {.nr_extents = 1}, .out = {.nr_extents = 1}};

    child_make(&c);
    if (subject_is_mortise()) {
        reset.dom = c.id;
        EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_reset, &reset), E(OPNOTSUPP));
        e.in.domid = e.out.domid = c.id;
        in = c.mfns[CHILD_FREE];
        set_xen_guest_handle(e.in.extent_start, &in);
        set_xen_guest_handle(e.out.extent_start, &out);
        EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_exchange, &e), E(PERM));
        EXPECT_EQ(e.nr_exchanged, 0);
    }
    child_end(&c);
}

#define REF   25u
#define BATCH 100u
#define MOST  10000u

/* A guest maps a grant again and again, until it has as many mappings as it may have. */
TEST(refused_mappings)
{
    char *page = page_alloc();
    grant_entry_v1_t *table = grants_get();
    unsigned int made = 0, full = 0;

    if (!subject_is_mortise()) {
        SKIP("the subject's allowance is another");
    }
    child_make(&c);
    table[REF] = (grant_entry_v1_t){
        .flags = GTF_permit_access, .domid = c.id, .frame = (uint32_t)mfn_of(page)};
    while (full == 0 && made < MOST) {
        struct gnttab_map_grant_ref *map = (struct gnttab_map_grant_ref *)c.mailbox->data;

        for (unsigned int i = 0; i < BATCH; i++) {
            map[i] = (struct gnttab_map_grant_ref){.flags = GNTMAP_device_map, .ref = REF};
        }
        EXPECT_EQ(child_call(&c, __HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, child_data(),
                             BATCH),
                  0);
        for (unsigned int i = 0; i < BATCH; i++) {
            made += map[i].status == GNTST_okay;
            full += map[i].status == GNTST_no_space;
        }
    }
    print("  %u mappings\n", made);
    EXPECT(full != 0 && made > BATCH && (made + full) % BATCH == 0);
    EXPECT(table[REF].flags & GTF_reading);
    books_clean("all mappings");
    child_end(&c);
    EXPECT_EQ(table[REF].flags, GTF_permit_access);
    table[REF] = (grant_entry_v1_t){0};
}
