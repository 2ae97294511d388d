/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several grants in one call: each element has its own status, one that fails stops nothing, and
 * an element that can't be read or written ends the call there. Mappings for a device, mappings
 * that move (unmap_and_replace), entries that change places.
 */
#include "grant.h"

#define EDGE_VA (SCRATCH_VA + 0x100000000ul) /* where other tests expect no tables */
#define MANY    70                           /* more than are unmapped at a time */

static char *hole(void)
{
    char *window = page_alloc();

    REQUIRE(va_set(window, 0) == 0);
    return window;
}

TEST(grant_batch)
{
    static struct gnttab_map_grant_ref maps[MANY];
    static struct gnttab_unmap_grant_ref unmaps[MANY];
    char *page = page_alloc(), *windows[MANY];

    grant_set(REF, GTF_permit_access, 0, mfn_of(page));
    for (unsigned int i = 0; i < MANY; i++) {
        windows[i] = hole();
        maps[i] = (struct gnttab_map_grant_ref){
            .host_addr = (uint64_t)windows[i], .flags = GNTMAP_host_map, .ref = REF};
    }
    maps[3].ref = 0x7fffffff;
    maps[5].host_addr = 0x1000;
    EXPECT_EQ(grant_op(GNTTABOP_map_grant_ref, maps, MANY), 0);
    for (unsigned int i = 0; i < MANY; i++) {
        EXPECT_EQ(maps[i].status == GNTST_okay, i != 3 && i != 5);
        unmaps[i].host_addr = maps[i].host_addr;
        unmaps[i].handle = maps[i].status == GNTST_okay ? maps[i].handle : 0xffffffff;
        unmaps[i].status = 77;
        if (maps[i].status == GNTST_okay) {
            *(volatile uint64_t *)windows[i] = i; /* so that a TLB holds it */
        }
    }
    unmaps[9].host_addr = (uint64_t)windows[8];
    EXPECT_EQ(grant_op(GNTTABOP_unmap_grant_ref, unmaps, MANY), 0);
    for (unsigned int i = 0; i < MANY; i++) {
        EXPECT_EQ(unmaps[i].status == GNTST_okay, i != 3 && i != 5 && i != 9);
        if (i == 9) {
            continue;
        }
        probe_read(windows[i]);
        EXPECT(fault_last()->taken);
    }
    EXPECT_EQ(unmaps[3].status, GNTST_bad_handle);
    EXPECT_EQ(grants_get()[REF].flags & GTF_writing, GTF_writing);
    EXPECT_EQ(grant_unmap((uint64_t)windows[9], maps[9].handle), GNTST_okay);
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access);
    grant_set(REF, 0, 0, 0);
    for (unsigned int i = 0; i < MANY; i++) {
        REQUIRE(page_unprotect(windows[i]) == 0);
    }
}

/* The second element of two lies where nothing is: the first is done. */
TEST(grant_batch_over_the_edge)
{
    char *page = page_alloc(), *window = hole(), *area = page_alloc();
    uint64_t *entry = tables_make(EDGE_VA);
    struct gnttab_map_grant_ref *map =
        (struct gnttab_map_grant_ref *)(EDGE_VA + PAGE_SIZE - sizeof(*map));
    struct gnttab_unmap_grant_ref *unmap =
        (struct gnttab_unmap_grant_ref *)(EDGE_VA + PAGE_SIZE - sizeof(*unmap));
    struct gnttab_unmap_and_replace *replace =
        (struct gnttab_unmap_and_replace *)(EDGE_VA + PAGE_SIZE - sizeof(*replace));
    uint32_t handle;

    grant_set(REF, GTF_permit_access, 0, mfn_of(page));
    REQUIRE(pte_set(entry, pte_make(mfn_of(area), PTE_RW)) == 0);
    *map = (struct gnttab_map_grant_ref){
        .host_addr = (uint64_t)window, .flags = GNTMAP_host_map, .ref = REF, .status = 77};
    EXPECT_EQ(grant_op(GNTTABOP_map_grant_ref, map, 2), E(FAULT));
    EXPECT_EQ(map->status, GNTST_okay);
    handle = map->handle;
    *(volatile uint64_t *)window = 1;
    *unmap = (struct gnttab_unmap_grant_ref){
        .host_addr = (uint64_t)window, .handle = handle, .status = 77};
    EXPECT_EQ(grant_op(GNTTABOP_unmap_grant_ref, unmap, 2), E(FAULT));
    EXPECT_EQ(unmap->status, GNTST_okay);
    probe_read(window);
    EXPECT(fault_last()->taken);
    *replace = (struct gnttab_unmap_and_replace){.host_addr = (uint64_t)window, .handle = handle};
    EXPECT_EQ(grant_op(GNTTABOP_unmap_and_replace, replace, 2), E(FAULT));
    EXPECT_EQ(replace->status, GNTST_bad_handle);
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access);
    grant_set(REF, 0, 0, 0);
    REQUIRE(pte_set(entry, 0) == 0);
    REQUIRE(page_unprotect(window) == 0);
}

TEST(grant_batch_counts)
{
    static struct gnttab_query_size size[2];

    EXPECT_EQ(grant_op(GNTTABOP_setup_table, size, 2), E(INVAL));
    EXPECT_EQ(grant_op(GNTTABOP_query_size, size, 2), E(INVAL));
    /* Xen does not look at how many versions are asked for */
    EXPECT(grant_op(GNTTABOP_set_version, size, 2) == E(INVAL) || !subject_is_mortise());
    EXPECT(grant_op(GNTTABOP_get_version, size, 2) == E(INVAL) || !subject_is_mortise());
    EXPECT_EQ(grant_op(GNTTABOP_map_grant_ref, size, 0x80000000), E(INVAL));
    EXPECT_EQ(grant_op(GNTTABOP_map_grant_ref, size, 0), 0);
    EXPECT_EQ(grant_op(GNTTABOP_unmap_grant_ref, size, 0), 0);
    EXPECT_EQ(grant_op(GNTTABOP_copy, size, 0), 0);
}

/* For a device: no entry, an address of the frame, and a pin of its own on the grant. */
TEST(grant_device_map)
{
    char *page = page_alloc(), *window = hole();
    struct gnttab_map_grant_ref map = {
        .host_addr = (uint64_t)window, .flags = GNTMAP_host_map | GNTMAP_device_map, .ref = REF};
    struct gnttab_unmap_grant_ref unmap = {.host_addr = (uint64_t)window};

    grant_set(REF, GTF_permit_access, 0, mfn_of(page));
    EXPECT_EQ(grant_op(GNTTABOP_map_grant_ref, &map, 1), 0);
    EXPECT_EQ(map.status, GNTST_okay);
    EXPECT_EQ(map.dev_bus_addr, (uint64_t)mfn_of(page) << PAGE_SHIFT);
    unmap.handle = map.handle;
    unmap.dev_bus_addr = map.dev_bus_addr + PAGE_SIZE;
    EXPECT_EQ(grant_op(GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
    EXPECT_EQ(unmap.status, GNTST_bad_dev_addr);
    /* the half that the CPU sees, then the device's */
    unmap.dev_bus_addr = 0;
    EXPECT_EQ(grant_op(GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
    EXPECT_EQ(unmap.status, GNTST_okay);
    EXPECT(grants_get()[REF].flags & GTF_writing);
    probe_read(window);
    EXPECT(fault_last()->taken);
    unmap.host_addr = 0;
    unmap.dev_bus_addr = map.dev_bus_addr;
    EXPECT_EQ(grant_op(GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
    EXPECT_EQ(unmap.status, GNTST_okay);
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access);
    /* for a device alone */
    map.flags = GNTMAP_device_map | GNTMAP_readonly;
    EXPECT_EQ(grant_op(GNTTABOP_map_grant_ref, &map, 1), 0);
    EXPECT_EQ(map.status, GNTST_okay);
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access | GTF_reading);
    unmap.handle = map.handle;
    unmap.dev_bus_addr = map.dev_bus_addr;
    EXPECT_EQ(grant_op(GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
    EXPECT_EQ(unmap.status, GNTST_okay);
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access);
    grant_set(REF, 0, 0, 0);
    REQUIRE(page_unprotect(window) == 0);
}

/* The mapping goes, and the entry of another address comes in its place. */
TEST(grant_replace)
{
    char *page = page_alloc(), *window = hole(), *other = page_alloc();
    struct gnttab_unmap_and_replace op = {.host_addr = (uint64_t)window,
                                          .new_addr = (uint64_t)other};
    uint64_t entry = *pte_find((unsigned long)other, 1);
    uint32_t handle = 0;

    *(uint64_t *)page = 1;
    *(uint64_t *)other = 2;
    grant_set(REF, GTF_permit_access, 0, mfn_of(page));
    EXPECT_EQ(grant_map((uint64_t)window, GNTMAP_host_map, REF, &handle), GNTST_okay);
    EXPECT_EQ(*(volatile uint64_t *)window, 1);
    op.handle = handle;
    op.new_addr = EDGE_VA + 0x10000000;
    EXPECT_EQ(grant_op(GNTTABOP_unmap_and_replace, &op, 1), 0);
    EXPECT(op.status != GNTST_okay);
    op.new_addr = 0xffff830000000000ul;
    EXPECT_EQ(grant_op(GNTTABOP_unmap_and_replace, &op, 1), 0);
    EXPECT(op.status != GNTST_okay);
    EXPECT_EQ(*(volatile uint64_t *)window, 1);
    op.new_addr = (uint64_t)other;
    EXPECT_EQ(grant_op(GNTTABOP_unmap_and_replace, &op, 1), 0);
    EXPECT_EQ(op.status, GNTST_okay);
    EXPECT_EQ(*(volatile uint64_t *)window, 2);
    probe_read(other);
    EXPECT_FAULT(VEC_PF, 0);
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access);
    /* without a new address it is an unmapping */
    REQUIRE(va_set(window, 0) == 0);
    EXPECT_EQ(grant_map((uint64_t)window, GNTMAP_host_map, REF, &handle), GNTST_okay);
    op.handle = handle;
    op.new_addr = 0;
    EXPECT_EQ(grant_op(GNTTABOP_unmap_and_replace, &op, 1), 0);
    EXPECT_EQ(op.status, GNTST_okay);
    probe_read(window);
    EXPECT_FAULT(VEC_PF, 0);
    grant_set(REF, 0, 0, 0);
    REQUIRE(va_set(other, entry) == 0);
    REQUIRE(page_unprotect(window) == 0);
}

/* Entries change places, unless somebody uses one. */
TEST(grant_swap)
{
    char *page = page_alloc(), *window = hole();
    struct gnttab_swap_grant_ref swap = {.ref_a = REF, .ref_b = REF + 1};
    uint32_t handle = 0;

    grant_set(REF, GTF_permit_access, 0, mfn_of(page));
    grant_set(REF + 1, GTF_permit_access | GTF_readonly, 77, mfn_of(page) + 1);
    EXPECT_EQ(grant_op(GNTTABOP_swap_grant_ref, &swap, 1), 0);
    EXPECT_EQ(swap.status, GNTST_okay);
    EXPECT_EQ(grants_get()[REF].domid, 77);
    EXPECT_EQ(grants_get()[REF + 1].frame, mfn_of(page));
    EXPECT_EQ(grant_map((uint64_t)window, GNTMAP_host_map, REF + 1, &handle), GNTST_okay);
    EXPECT_EQ(grant_op(GNTTABOP_swap_grant_ref, &swap, 1), 0);
    EXPECT_EQ(swap.status, GNTST_eagain);
    EXPECT_EQ(grants_get()[REF].domid, 77);
    swap = (struct gnttab_swap_grant_ref){.ref_a = REF + 1, .ref_b = REF};
    EXPECT_EQ(grant_op(GNTTABOP_swap_grant_ref, &swap, 1), 0);
    EXPECT_EQ(swap.status, GNTST_eagain);
    EXPECT_EQ(grant_unmap((uint64_t)window, handle), GNTST_okay);
    swap = (struct gnttab_swap_grant_ref){.ref_a = REF, .ref_b = REF};
    EXPECT_EQ(grant_op(GNTTABOP_swap_grant_ref, &swap, 1), 0);
    EXPECT_EQ(swap.status, GNTST_okay);
    swap.ref_b = 0x7fffffff;
    EXPECT_EQ(grant_op(GNTTABOP_swap_grant_ref, &swap, 1), 0);
    EXPECT_EQ(swap.status, GNTST_bad_gntref);
    swap = (struct gnttab_swap_grant_ref){.ref_a = 0x7fffffff, .ref_b = REF};
    EXPECT_EQ(grant_op(GNTTABOP_swap_grant_ref, &swap, 1), 0);
    EXPECT_EQ(swap.status, GNTST_bad_gntref);
    grant_set(REF, 0, 0, 0);
    grant_set(REF + 1, 0, 0, 0);
    REQUIRE(page_unprotect(window) == 0);
}

/* Its table went under a mapping: it ends all the same. */
TEST_ALONE(grant_map_table_gone)
{
    char *page = page_alloc();
    uint64_t *above = tables_make(EDGE_VA + 0x200000) ? pte_find(EDGE_VA + 0x200000, 2) : NULL;
    uint32_t handle = 0;
    int status;

    grant_set(REF, GTF_permit_access, 0, mfn_of(page));
    EXPECT_EQ(grant_map(EDGE_VA + 0x200000, GNTMAP_host_map, REF, &handle), GNTST_okay);
    *(volatile uint64_t *)(EDGE_VA + 0x200000) = 5;
    REQUIRE(pte_set(above, 0) == 0);
    status = grant_unmap(EDGE_VA + 0x200000, handle);
    if (status != GNTST_okay) {
        status = grant_unmap(0, handle);
    }
    EXPECT_EQ(status, GNTST_okay);
    EXPECT_EQ(grant_unmap(EDGE_VA + 0x200000, handle), GNTST_bad_handle);
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access);
    grant_set(REF, 0, 0, 0);
}

/* What a call is about is looked at first: domains that nobody is. */
TEST(grant_targets)
{
    struct gnttab_get_version version = {.dom = 4321};
    struct gnttab_query_size size = {.dom = 4321};
    struct gnttab_setup_table setup = {.dom = 4321, .nr_frames = 1};
    struct gnttab_copy copy = {.source.domid = 4321, .len = 8, .flags = GNTCOPY_source_gref};

    EXPECT_EQ(grant_op(GNTTABOP_get_version, &version, 1), E(SRCH));
    EXPECT_EQ(grant_op(GNTTABOP_query_size, &size, 1), 0);
    EXPECT_EQ(size.status, GNTST_bad_domain);
    EXPECT_EQ(grant_op(GNTTABOP_setup_table, &setup, 1), 0);
    EXPECT_EQ(setup.status, GNTST_bad_domain);
    setup.dom = DOMID_SELF;
    setup.nr_frames = 0x7fffffff;
    EXPECT(grant_op(GNTTABOP_setup_table, &setup, 1) != 0 || setup.status != GNTST_okay);
    EXPECT_EQ(grant_op(GNTTABOP_copy, &copy, 1), 0);
    EXPECT_EQ(copy.status, GNTST_bad_domain);
}
