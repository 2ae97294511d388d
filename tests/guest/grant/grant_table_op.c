/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grant_table_op, errno by errno and status by status: what the other tests of the group have no
 * reason to provoke.
 */
#include "grant.h"

#define NOWHERE ((void *)0x1000)

/* Each operation: an argument that can't be read, and more elements than can be counted. */
TEST(grant_op_arguments)
{
    static const unsigned int lists[] = {GNTTABOP_map_grant_ref, GNTTABOP_unmap_grant_ref,
                                         GNTTABOP_copy, GNTTABOP_unmap_and_replace,
                                         GNTTABOP_swap_grant_ref};
    static const unsigned int single[] = {GNTTABOP_setup_table, GNTTABOP_query_size,
                                          GNTTABOP_set_version, GNTTABOP_get_version};
    const unsigned int strict = subject_is_mortise() ? 4 : 2; /* Xen does not count versions */
    static char element[256];

    for (unsigned int i = 0; i < ARRAY_SIZE(lists); i++) {
        EXPECT_EQ(grant_op(lists[i], NOWHERE, 1), E(FAULT));
        EXPECT_EQ(grant_op(lists[i], (void *)0xffff830000000000ul, 1), E(FAULT));
        EXPECT_EQ(grant_op(lists[i], element, 0x80000000), E(INVAL));
        EXPECT_EQ(grant_op(lists[i], NOWHERE, 0), 0);
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(single); i++) {
        EXPECT_EQ(grant_op(single[i], NOWHERE, 1), E(FAULT));
    }
    for (unsigned int i = 0; i < strict; i++) {
        EXPECT_EQ(grant_op(single[i], element, 2), E(INVAL));
        EXPECT_EQ(grant_op(single[i], element, 0xffffffff), E(INVAL));
    }
}

static char *hole(void)
{
    char *window = page_alloc();

    REQUIRE(va_set(window, 0) == 0);
    return window;
}

/* unmap of the device's part, and replace, with names that are wrong in one thing each. */
TEST(grant_unmap_wrong_parts)
{
    char *page = page_alloc(), *window = hole(), *other = page_alloc();
    struct gnttab_map_grant_ref map = {.host_addr = (uint64_t)window,
                                       .flags = GNTMAP_host_map | GNTMAP_device_map,
                                       .ref = REF,
                                       .dom = 0};
    struct gnttab_unmap_grant_ref unmap;
    struct gnttab_unmap_and_replace replace = {.host_addr = (uint64_t)window,
                                               .new_addr = (uint64_t)other};

    grant_set(REF, GTF_permit_access, 0, mfn_of(page));
    REQUIRE(grant_op(GNTTABOP_map_grant_ref, &map, 1) == 0 && map.status == GNTST_okay);
    unmap = (struct gnttab_unmap_grant_ref){.host_addr = map.host_addr,
                                            .dev_bus_addr = map.dev_bus_addr + PAGE_SIZE,
                                            .handle = map.handle};
    EXPECT_EQ(grant_op(GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
    EXPECT_EQ(unmap.status, GNTST_bad_dev_addr);
    EXPECT(grants_get()[REF].flags & GTF_reading);
    replace.handle = 0xfffff;
    EXPECT_EQ(grant_op(GNTTABOP_unmap_and_replace, &replace, 1), 0);
    EXPECT_EQ(replace.status, GNTST_bad_handle);
    replace.handle = map.handle;
    replace.host_addr = (uint64_t)page_alloc();
    EXPECT_EQ(grant_op(GNTTABOP_unmap_and_replace, &replace, 1), 0);
    EXPECT(replace.status != GNTST_okay);
    unmap.dev_bus_addr = map.dev_bus_addr;
    EXPECT_EQ(grant_op(GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
    EXPECT_EQ(unmap.status, GNTST_okay);
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access);
    grant_set(REF, 0, 0, 0);
    REQUIRE(page_unprotect(window) == 0);
}

/* Versions that there are not; replaced by what nothing is mapped at. */
TEST(grant_op_versions)
{
    struct gnttab_set_version version = {.version = 2};

    if (subject_is_mortise()) { /* Xen offers version 2 */
        EXPECT_EQ(grant_op(GNTTABOP_set_version, &version, 1), E(NOSYS));
    }
    version.version = 7;
    EXPECT_EQ(grant_op(GNTTABOP_set_version, &version, 1), E(INVAL));
    version.version = 1;
    EXPECT_EQ(grant_op(GNTTABOP_set_version, &version, 1), 0);
}

/* Domains and entries that there are not. */
TEST(grant_op_nobody)
{
    struct gnttab_get_version version = {.dom = 4321};
    struct gnttab_swap_grant_ref swap = {.ref_a = REF, .ref_b = 0x7fffffff};

    EXPECT_EQ(grant_op(GNTTABOP_get_version, &version, 1), E(SRCH));
    version.dom = DOMID_SELF;
    EXPECT_EQ(grant_op(GNTTABOP_get_version, &version, 1), 0);
    EXPECT_EQ(version.version, 1);
    EXPECT_EQ(grant_op(GNTTABOP_swap_grant_ref, &swap, 1), 0);
    EXPECT_EQ(swap.status, GNTST_bad_gntref);
}

TEST(grant_replace_by_nothing)
{
    char *page = page_alloc(), *window = hole();
    struct gnttab_unmap_and_replace replace = {.host_addr = (uint64_t)window,
                                               .new_addr = SCRATCH_VA + 0x7000000000ul};
    uint32_t handle = 0;

    grant_set(REF, GTF_permit_access, 0, mfn_of(page));
    REQUIRE(grant_map((uint64_t)window, GNTMAP_host_map, REF, &handle) == GNTST_okay);
    replace.handle = handle;
    EXPECT_EQ(grant_op(GNTTABOP_unmap_and_replace, &replace, 1), 0);
    EXPECT_ON(replace.status, GNTST_bad_virt_addr, GNTST_general_error);
    EXPECT_EQ(grant_unmap((uint64_t)window, handle), GNTST_okay);
    grant_set(REF, 0, 0, 0);
    REQUIRE(page_unprotect(window) == 0);
}

/* A copy by references that are wrong in one thing each. */
TEST(grant_copy_bad_entries)
{
    char *from = page_alloc(), *to = page_alloc();
    struct gnttab_copy copy = {.source = {.u.ref = REF, .domid = DOMID_SELF},
                               .dest = {.u.gmfn = mfn_of(to), .domid = DOMID_SELF},
                               .len = 8,
                               .flags = GNTCOPY_source_gref};

    grant_set(REF, 0, 0, mfn_of(from));
    EXPECT_EQ(grant_op(GNTTABOP_copy, &copy, 1), 0);
    EXPECT_EQ(copy.status, GNTST_general_error);
    grant_set(REF, GTF_permit_access, 77, mfn_of(from));
    EXPECT_EQ(grant_op(GNTTABOP_copy, &copy, 1), 0);
    EXPECT_EQ(copy.status, GNTST_general_error);
    copy.source.u.ref = 0x7fffffff;
    EXPECT_EQ(grant_op(GNTTABOP_copy, &copy, 1), 0);
    EXPECT_EQ(copy.status, GNTST_bad_gntref);
    copy.source.u.ref = REF;
    grant_set(REF, GTF_permit_access, 0, 0xfffffff0ul);
    EXPECT_EQ(grant_op(GNTTABOP_copy, &copy, 1), 0);
    EXPECT(copy.status != GNTST_okay);
    grant_set(REF, GTF_permit_access | GTF_readonly, 0, mfn_of(from));
    copy.source = copy.dest;
    copy.dest.u.ref = REF;
    copy.flags = GNTCOPY_dest_gref;
    EXPECT_EQ(grant_op(GNTTABOP_copy, &copy, 1), 0);
    EXPECT_EQ(copy.status, GNTST_general_error);
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access | GTF_readonly);
    grant_set(REF, 0, 0, 0);
}

/* An entry that is mapped does not change its place. */
TEST(grant_swap_in_use)
{
    char *page = page_alloc(), *window = hole();
    struct gnttab_swap_grant_ref swap = {.ref_a = REF, .ref_b = REF + 1};
    uint32_t handle = 0;

    grant_set(REF, GTF_permit_access, 0, mfn_of(page));
    grant_set(REF + 1, 0, 0, 0);
    REQUIRE(grant_map((uint64_t)window, GNTMAP_host_map, REF, &handle) == GNTST_okay);
    EXPECT_EQ(grant_op(GNTTABOP_swap_grant_ref, &swap, 1), 0);
    EXPECT_EQ(swap.status, GNTST_eagain);
    EXPECT_EQ(grants_get()[REF + 1].flags, 0);
    EXPECT_EQ(grant_unmap((uint64_t)window, handle), GNTST_okay);
    EXPECT_EQ(grant_op(GNTTABOP_swap_grant_ref, &swap, 1), 0);
    EXPECT_EQ(swap.status, GNTST_okay);
    EXPECT_EQ(grants_get()[REF].flags, 0);
    EXPECT_EQ(grants_get()[REF + 1].flags, GTF_permit_access);
    grant_set(REF + 1, 0, 0, 0);
    REQUIRE(page_unprotect(window) == 0);
}

/* Entries of kinds that lead elsewhere: a grant of a grant (XSA-226, XSA-411), a part of a page. */
TEST(grant_transitive)
{
    char *page = page_alloc(), *window = hole();
    struct gnttab_copy copy = {.source = {.u.ref = REF, .domid = 0},
                               .dest = {.u.gmfn = mfn_of(page), .domid = DOMID_SELF},
                               .len = 8,
                               .flags = GNTCOPY_source_gref};

    grant_set(REF + 1, GTF_permit_access, 0, mfn_of(page));
    grant_set(REF, 3, 0, REF + 1); /* GTF_transitive, of version 2 */
    EXPECT(grant_map((uint64_t)window, GNTMAP_host_map, REF, NULL) != GNTST_okay);
    EXPECT_EQ(grant_op(GNTTABOP_copy, &copy, 1), 0);
    EXPECT(copy.status != GNTST_okay);
    EXPECT_EQ(grants_get()[REF + 1].flags, GTF_permit_access);
    grant_set(REF, 0, 0, 0);
    grant_set(REF + 1, 0, 0, 0);
    REQUIRE(page_unprotect(window) == 0);
}
