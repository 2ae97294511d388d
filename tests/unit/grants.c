/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grants against a fake memory: mapping, unmapping, copying and teardown, each status, and after
 * every test: all references on frames and domains given back, and each exactly once.
 */
#include <stdlib.h>
#include <string.h>

#include "cpu/pte.h"
#include "grant_fixture.h"
#include "grant/grant.h"
#include "lib/errno.h"
#include "pv/pt_entry.h"

static void map_and_unmap(void)
{
    struct gnttab_map_grant_ref op;

    begin();
    grant(8, 10, 0);
    op = map(VA_OF_2 + 3 * PAGE_SIZE, GNTMAP_host_map | GNTMAP_application_map, 8);
    EXPECT(op.status == GNTST_okay && op.dev_bus_addr == 10 * PAGE_SIZE);
    EXPECT(memory[L1_OF_2].words[3] == (10 * PAGE_SIZE | PTE_P | PTE_RW | PTE_U));
    EXPECT(marks(D1, 8) == (GTF_reading | GTF_writing));
    EXPECT(memory[10].refs == 2 && memory[10].uses == 2); /* the record's and the entry's */
    EXPECT(unmap(op.host_addr, 0, op.handle) == GNTST_okay);
    EXPECT(memory[L1_OF_2].words[3] == 0 && marks(D1, 8) == 0 && memory[10].refs == 0);
    EXPECT(flushes == 0); /* never used: no TLB has it */
    EXPECT(unmap(op.host_addr, 0, op.handle) == GNTST_bad_handle);
    finish();
}

static void used_mapping_is_flushed(void)
{
    struct gnttab_map_grant_ref op;

    begin();
    grant(8, 10, 0);
    op = map(VA_OF_2, GNTMAP_host_map | GNTMAP_readonly, 8);
    EXPECT(marks(D1, 8) == GTF_reading && memory[10].uses == 0);
    memory[L1_OF_2].words[0] |= PTE_A;
    EXPECT(unmap(op.host_addr, 0, op.handle) == GNTST_okay && flushes == 1);
    finish();
}

static void by_machine_address_of_the_entry(void)
{
    uint64_t at = L1_OF_2 * PAGE_SIZE + 5 * 8;
    struct gnttab_map_grant_ref op;
    uint32_t flags = GNTMAP_host_map | GNTMAP_application_map | GNTMAP_contains_pte | 0x10000;

    begin();
    grant(9, 11, 0);
    op = map(at, flags, 9);
    EXPECT(op.status == GNTST_okay && memory[L1_OF_2].words[5] & 0x200);
    EXPECT(unmap(at + 8, 0, op.handle) == GNTST_bad_virt_addr);
    EXPECT(unmap(at, 0, op.handle) == GNTST_okay);
    EXPECT(map(at + 1, flags, 9).status == GNTST_general_error);
    EXPECT(map(20 * PAGE_SIZE, flags, 9).status == GNTST_general_error); /* no table */
    EXPECT(map(10 * PAGE_SIZE, flags, 9).status == GNTST_general_error); /* not its own */
    EXPECT(map(1UL << 50, flags, 9).status == GNTST_general_error);
    EXPECT(marks(D1, 9) == 0 && D2->grants->mappings == 0);
    finish();
}

static void overwritten_entry_ends_once(void)
{
    struct pt_change c = {
        .table = mfn(L1_OF_2), .level = 1, .index = 0, .table_owner = 2, .frame_owner = 2};
    struct gnttab_map_grant_ref op, again;

    begin();
    grant(8, 10, 0);
    op = map(VA_OF_2, GNTMAP_host_map, 8);
    c.entry = 20 * PAGE_SIZE | PTE_P;
    EXPECT(pt_entry_set(&c) == 0); /* the guest writes over it */
    EXPECT(memory[10].refs == 1 && memory[10].uses == 1 && marks(D1, 8));
    EXPECT(unmap(op.host_addr, 0, op.handle) == GNTST_okay);
    EXPECT(memory[L1_OF_2].words[0] == c.entry); /* which is none of ours */
    EXPECT(memory[10].refs == 0 && marks(D1, 8) == 0 && flushes == 1);
    EXPECT(unmap(op.host_addr, 0, op.handle) == GNTST_bad_handle);

    op = map(VA_OF_2, GNTMAP_host_map, 8);
    again = map(VA_OF_2, GNTMAP_host_map | GNTMAP_readonly, 8); /* one mapping over another */
    EXPECT(memory[10].refs == 3 && memory[10].uses == 1);
    EXPECT(unmap(op.host_addr, 0, op.handle) == GNTST_okay && marks(D1, 8) == GTF_reading);
    EXPECT(unmap(again.host_addr, 0, again.handle) == GNTST_okay && marks(D1, 8) == 0);
    EXPECT(memory[10].refs == 0);
    finish();
}

static void table_that_went_ends_once(void)
{
    struct gnttab_map_grant_ref op;

    begin();
    grant(8, 10, 0);
    op = map(VA_OF_2, GNTMAP_host_map, 8);
    entry_put(memory[L1_OF_2].words[0]); /* as the type machine undoes a table: contents stay */
    memory[L1_OF_2].table = false;
    EXPECT(unmap(op.host_addr, 0, op.handle) == GNTST_okay && flushes == 1);
    EXPECT(memory[10].refs == 0 && marks(D1, 8) == 0);
    memory[L1_OF_2].words[0] = 0;
    finish();
}

static void device_and_host_parts(void)
{
    struct gnttab_map_grant_ref op;

    begin();
    grant(8, 10, 0);
    op = map(VA_OF_2, GNTMAP_host_map | GNTMAP_device_map, 8);
    EXPECT(unmap(0, 0, op.handle) == GNTST_okay && marks(D1, 8)); /* neither part */
    EXPECT(unmap(0, 5, op.handle) == GNTST_bad_dev_addr);
    EXPECT(unmap(op.host_addr, 0, op.handle) == GNTST_okay && marks(D1, 8));
    EXPECT(memory[10].refs == 1);
    EXPECT(unmap(op.host_addr, 0, op.handle) == GNTST_okay && marks(D1, 8)); /* that part is gone */
    EXPECT(unmap(0, op.dev_bus_addr, op.handle) == GNTST_okay && !marks(D1, 8));
    EXPECT(memory[10].refs == 0);
    op = map(0, GNTMAP_device_map | GNTMAP_readonly, 8);
    EXPECT(op.status == GNTST_okay && marks(D1, 8) == GTF_reading);
    finish(); /* teardown ends it */
}

static void what_is_refused(void)
{
    struct gnttab_map_grant_ref op = {.flags = GNTMAP_host_map, .dom = 9};

    begin();
    EXPECT(grant_map(D2, &op) == 0 && op.status == GNTST_bad_domain);
    EXPECT(map(VA_OF_2, 0, 8).status == GNTST_bad_gntref);
    EXPECT(map(VA_OF_2, GNTMAP_host_map, 8).status == GNTST_general_error); /* empty entry */
    EXPECT(fake_last_rule == RULE_GRANT_NO_ACCESS);
    EXPECT(map(VA_OF_2, GNTMAP_host_map, 512).status == GNTST_bad_gntref);
    EXPECT(map(VA_OF_2, GNTMAP_host_map, ~0U).status == GNTST_bad_gntref);
    grant_to(3, 8, 10, 0);
    EXPECT(map(VA_OF_2, GNTMAP_host_map, 8).status == GNTST_general_error);
    EXPECT(fake_last_rule == RULE_GRANT_FOR_ANOTHER);
    grant(8, 10, GTF_readonly);
    EXPECT(map(VA_OF_2, GNTMAP_host_map, 8).status == GNTST_general_error);
    EXPECT(fake_last_rule == RULE_GRANT_READONLY && marks(D1, 8) == 0);
    grant(8, 20, 0); /* not the granter's frame */
    EXPECT(map(VA_OF_2, GNTMAP_host_map, 8).status == GNTST_bad_page && marks(D1, 8) == 0);
    grant(8, FRAMES + 5, 0);
    EXPECT(map(VA_OF_2, GNTMAP_host_map | GNTMAP_readonly, 8).status == GNTST_bad_page);
    grant(8, 10, 0);
    EXPECT(map(0x5000, GNTMAP_host_map, 8).status == GNTST_bad_virt_addr && marks(D1, 8) == 0);
    EXPECT(map(0xffff800000000000, GNTMAP_host_map, 8).status == GNTST_bad_virt_addr);
    EXPECT(unmap(VA_OF_2, 0, 0) == GNTST_bad_handle && unmap(VA_OF_2, 0, ~0U) == GNTST_bad_handle);
    finish();
}

static void restarts_leave_nothing_behind(void)
{
    struct gnttab_map_grant_ref op = {
        .host_addr = VA_OF_2, .flags = GNTMAP_host_map, .ref = 8, .dom = 1};

    begin();
    grant(8, 10, 0);
    restart_next = true;
    EXPECT(grant_map(D2, &op) == -ERESTART);
    EXPECT(marks(D1, 8) == 0 && memory[10].refs == 0 && D2->grants->mappings == 0);
    EXPECT(grant_map(D2, &op) == 0 && op.status == GNTST_okay);
    restart_next = true;
    EXPECT(unmap(op.host_addr, 0, op.handle) == -ERESTART && marks(D1, 8));
    EXPECT(unmap(op.host_addr, 0, op.handle) == GNTST_okay && marks(D1, 8) == 0);
    finish();
}

static void allowances_are_kept(void)
{
    unsigned int n = 0;

    begin();
    EXPECT(grant_table_grow(D1, 4) == 0 && D1->grants->frames == 4);
    EXPECT(grant_table_grow(D1, 5) == -EINVAL && grant_table_grow(D1, 2) == 0);
    EXPECT(mfn_eq(grant_table_frame(D1, 4), MFN_INVALID));
    EXPECT(!mfn_eq(grant_table_frame(D1, 3), MFN_INVALID));
    grant(2047, 10, 0);
    while (map(0, GNTMAP_device_map, 2047).status == GNTST_okay)
        n++;
    EXPECT(n == 8 * MAPPINGS_PER_PAGE && fake_last_rule == RULE_GRANT_MAPPINGS);
    EXPECT(unmap(0, 10 * PAGE_SIZE, 17) == GNTST_okay);
    EXPECT(map(0, GNTMAP_device_map, 2047).handle == 17);
    fake_allocations_left = 0;
    EXPECT(grant_table_grow(D2, 2) == -ENOMEM);
    fake_allocations_left = 1;
    EXPECT(grant_table_grow(D2, 2) == -ENOMEM);
    fake_allocations_left = -1;
    finish();
}

static void swapping(void)
{
    struct gnttab_map_grant_ref op;

    begin();
    grant(8, 10, 0);
    grant(9, 11, GTF_readonly);
    op = map(0, GNTMAP_device_map, 8);
    EXPECT(grant_swap(D1, 8, 9) == GNTST_eagain && grant_swap(D1, 9, 8) == GNTST_eagain);
    EXPECT(unmap(0, op.dev_bus_addr, op.handle) == GNTST_okay);
    EXPECT(grant_swap(D1, 8, 9) == GNTST_okay && *entry(D1, 8) >> 32 == 11 &&
           *entry(D1, 9) >> 32 == 10);
    EXPECT(grant_swap(D1, 8, 512) == GNTST_bad_gntref && grant_swap(D1, 8, 8) == GNTST_okay);
    finish();
}

static void copying(void)
{
    struct gnttab_copy op = {.source = {.u.ref = 8, .domid = 1, .offset = 16},
                             .dest = {.u.gmfn = 20, .domid = DOMID_SELF, .offset = 4000},
                             .len = 96,
                             .flags = GNTCOPY_source_gref};

    begin();
    grant(8, 10, GTF_readonly);
    memset(memory[10].words, 0x5a, PAGE_SIZE);
    EXPECT(grant_copy(D2, &op) == 0 && op.status == GNTST_okay);
    EXPECT(((uint8_t *)memory[20].words)[4000] == 0x5a &&
           ((uint8_t *)memory[20].words)[4095] == 0x5a);
    EXPECT(((uint8_t *)memory[20].words)[3999] == 0 && marks(D1, 8) == 0);
    op.len = 97;
    EXPECT(grant_copy(D2, &op) == 0 && op.status == GNTST_bad_copy_arg);
    op.len = 96;
    op.dest.u.gmfn = 11; /* another's frame */
    EXPECT(grant_copy(D2, &op) == 0 && op.status == GNTST_bad_page && marks(D1, 8) == 0);
    op.dest.domid = 1;
    EXPECT(grant_copy(D2, &op) == 0 && op.status == GNTST_permission_denied);
    op.flags |= GNTCOPY_dest_gref;
    op.dest.u.ref = 8; /* only to be read */
    EXPECT(grant_copy(D2, &op) == 0 && op.status == GNTST_general_error);
    grant(9, 12, 0);
    op.dest.u.ref = 9;
    EXPECT(grant_copy(D2, &op) == 0 && op.status == GNTST_okay);
    EXPECT(((uint8_t *)memory[12].words)[4095] == 0x5a && marks(D1, 9) == 0);
    op.source.domid = 9;
    EXPECT(grant_copy(D2, &op) == 0 && op.status == GNTST_bad_domain);
    finish();
}

static void replacing(void)
{
    struct gnttab_unmap_and_replace op = {.host_addr = VA_OF_2, .new_addr = VA_OF_2 + PAGE_SIZE};
    struct pt_change c = {.table = mfn(L1_OF_2),
                          .level = 1,
                          .index = 1,
                          .table_owner = 2,
                          .frame_owner = 2,
                          .entry = 20 * PAGE_SIZE | PTE_P | PTE_RW};
    struct grant_unmap u;
    bool flush = false;

    begin();
    grant(8, 10, 0);
    op.handle = map(VA_OF_2, GNTMAP_host_map, 8).handle;
    EXPECT(grant_replace_begin(D2, &op, &u, &flush) == GNTST_bad_virt_addr); /* nothing there */
    EXPECT(pt_entry_set(&c) == 0);
    EXPECT(grant_replace_begin(D2, &op, &u, &flush) == GNTST_okay && flush);
    grant_unmap_end(D2, &u);
    EXPECT(memory[L1_OF_2].words[0] == c.entry && memory[L1_OF_2].words[1] == 0);
    EXPECT(memory[20].refs == 1 && memory[10].refs == 0 && marks(D1, 8) == 0);
    finish();
}

static void granter_dies_first(void)
{
    struct gnttab_map_grant_ref op;

    begin();
    grant(8, 10, 0);
    op = map(VA_OF_2, GNTMAP_host_map, 8);
    while (grant_domain_destroy(D1) == -ERESTART)
        ;
    EXPECT(D1->refs == 2); /* the mapping holds it */
    EXPECT(map(VA_OF_2, GNTMAP_host_map, 8).status == GNTST_bad_gntref);
    EXPECT(fake_last_rule == RULE_GRANT_DYING);
    EXPECT(unmap(op.host_addr, 0, op.handle) == GNTST_okay && D1->refs == 1);
    finish();
}

static void anything_in_any_order(void)
{
    struct gnttab_map_grant_ref live[64] = {0};
    bool used[64] = {0};

    begin();
    srand(3);
    for (unsigned int i = 0; i < 100000; i++) {
        unsigned int n = (unsigned int)rand() % 64, ref = 8 + (unsigned int)rand() % 8;
        uint64_t va = VA_OF_2 + (uint64_t)(rand() % 6) * PAGE_SIZE;

        switch (rand() % 6) {
        case 0:
            if ((*entry(D1, ref) & (GTF_reading | GTF_writing)) == 0)
                grant(ref, 8 + (uint64_t)rand() % 14, rand() % 2 ? GTF_readonly : 0);
            break;
        case 1:
        case 2:
            if (used[n])
                break;
            live[n] = map(va, (uint32_t)rand() % 8, ref);
            used[n] = live[n].status == GNTST_okay;
            break;
        case 3:
        case 4:
            if (unmap(used[n] ? live[n].host_addr : va,
                      (uint64_t)(rand() % 2) * live[n].dev_bus_addr,
                      live[n].handle) == GNTST_bad_handle)
                used[n] = false;
            break;
        case 5:
            restart_next = rand() % 50 == 0;
            entry_put(memory[L1_OF_2].words[n % 6]);
            memory[L1_OF_2].words[n % 6] = 0;
            break;
        }
        restart_next = false;
    }
    finish();
}

int main(void)
{
    RUN(map_and_unmap);
    RUN(used_mapping_is_flushed);
    RUN(by_machine_address_of_the_entry);
    RUN(overwritten_entry_ends_once);
    RUN(table_that_went_ends_once);
    RUN(device_and_host_parts);
    RUN(what_is_refused);
    RUN(restarts_leave_nothing_behind);
    RUN(allowances_are_kept);
    RUN(swapping);
    RUN(copying);
    RUN(replacing);
    RUN(granter_dies_first);
    RUN(anything_in_any_order);
    return UNIT_RESULT;
}
