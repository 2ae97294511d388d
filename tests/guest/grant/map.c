/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mapping one's own grants: the entry that appears, what the table says meanwhile, and that
 * each mapping goes once and only as it came (XSA-224, XSA-227, XSA-234, XSA-394).
 */
#include "grant.h"

/* A window whose entry is empty. */
static char *hole(void)
{
    char *window = page_alloc();

    REQUIRE(va_set(window, 0) == 0);
    return window;
}

TEST(grant_map_writable)
{
    char *page = page_alloc(), *window = hole();
    uint32_t handle = 0;

    grant_set(REF, GTF_permit_access, 0, mfn_of(page));
    EXPECT_EQ(grant_map((uint64_t)window, GNTMAP_host_map, REF, &handle), GNTST_okay);
    probe_write(window, 0x1122334455667788ul);
    EXPECT_NO_FAULT();
    EXPECT_EQ(*(uint64_t *)page, 0x1122334455667788ul);
    EXPECT_EQ(grants_get()[REF].flags & (GTF_reading | GTF_writing), GTF_reading | GTF_writing);
    EXPECT_EQ(grant_unmap((uint64_t)window, handle), GNTST_okay);
    probe_read(window);
    EXPECT_FAULT(VEC_PF, 0);
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access);
    EXPECT(grant_unmap((uint64_t)window, handle) != GNTST_okay);
    grant_set(REF, 0, 0, 0);
    REQUIRE(page_unprotect(window) == 0);
}

TEST(grant_map_read_only)
{
    char *page = page_alloc(), *window = hole();
    uint32_t handle = 0;

    grant_set(REF, GTF_permit_access | GTF_readonly, 0, mfn_of(page));
    EXPECT(grant_map((uint64_t)window, GNTMAP_host_map, REF, &handle) != GNTST_okay);
    EXPECT_EQ(grant_map((uint64_t)window, GNTMAP_host_map | GNTMAP_readonly, REF, &handle),
              GNTST_okay);
    probe_write(window, 1);
    EXPECT_FAULT(VEC_PF, 3);
    EXPECT_EQ(grants_get()[REF].flags & (GTF_reading | GTF_writing), GTF_reading);
    EXPECT_EQ(grant_unmap((uint64_t)window, handle), GNTST_okay);
    grant_set(REF, 0, 0, 0);
    REQUIRE(page_unprotect(window) == 0);
}

TEST(grant_map_twice)
{
    char *page = page_alloc(), *first = hole(), *second = hole();
    uint32_t handles[2] = {0, 0};

    grant_set(REF, GTF_permit_access, 0, mfn_of(page));
    EXPECT_EQ(grant_map((uint64_t)first, GNTMAP_host_map, REF, &handles[0]), GNTST_okay);
    EXPECT_EQ(grant_map((uint64_t)second, GNTMAP_host_map | GNTMAP_readonly, REF, &handles[1]),
              GNTST_okay);
    EXPECT(handles[0] != handles[1]);
    /* Each handle only with its own address. */
    EXPECT(grant_unmap((uint64_t)second, handles[0]) != GNTST_okay);
    EXPECT_EQ(grant_unmap((uint64_t)first, handles[0]), GNTST_okay);
    EXPECT_EQ(grants_get()[REF].flags & (GTF_reading | GTF_writing), GTF_reading);
    EXPECT_EQ(grant_unmap((uint64_t)second, handles[1]), GNTST_okay);
    EXPECT_EQ(grants_get()[REF].flags & (GTF_reading | GTF_writing), 0);
    grant_set(REF, 0, 0, 0);
    REQUIRE(page_unprotect(first) == 0 && page_unprotect(second) == 0);
}

TEST(grant_map_bad)
{
    char *page = page_alloc(), *window = hole();
    struct gnttab_map_grant_ref map = {
        .host_addr = (uint64_t)window, .flags = GNTMAP_host_map, .ref = REF, .dom = 4321};

    grant_set(REF, 0, 0, mfn_of(page));
    EXPECT(grant_map((uint64_t)window, GNTMAP_host_map, REF, NULL) != GNTST_okay);
    grant_set(REF, GTF_permit_access, 77, mfn_of(page));
    EXPECT(grant_map((uint64_t)window, GNTMAP_host_map, REF, NULL) != GNTST_okay);
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access);
    grant_set(REF, GTF_permit_access, 0, 0xfffffff0ul);
    EXPECT(grant_map((uint64_t)window, GNTMAP_host_map, REF, NULL) != GNTST_okay);
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access);
    grant_set(REF, GTF_permit_access, 0, 0x200);
    EXPECT(grant_map((uint64_t)window, GNTMAP_host_map, REF, NULL) != GNTST_okay);
    grant_set(REF, GTF_accept_transfer, 0, mfn_of(page));
    EXPECT(grant_map((uint64_t)window, GNTMAP_host_map, REF, NULL) != GNTST_okay);
    grant_set(REF, GTF_permit_access, 0, mfn_of(page));
    EXPECT(grant_map((uint64_t)window, 0, REF, NULL) != GNTST_okay);
    EXPECT(grant_map((uint64_t)window, GNTMAP_host_map, 0x7fffffff, NULL) == GNTST_bad_gntref);
    EXPECT(grant_map((uint64_t)window, GNTMAP_host_map, 0xffffffff, NULL) == GNTST_bad_gntref);
    EXPECT_EQ(grant_op(GNTTABOP_map_grant_ref, &map, 1), 0);
    EXPECT_EQ(map.status, GNTST_bad_domain);
    grant_set(REF, 0, 0, 0);
    REQUIRE(page_unprotect(window) == 0);
}

/* A grant of a page table: readable it may be, writable never. */
TEST(grant_map_table)
{
    char *window = hole();
    uint32_t handle = 0;

    grant_set(REF, GTF_permit_access, 0, mfn_of(boot_l4));
    EXPECT(grant_map((uint64_t)window, GNTMAP_host_map, REF, &handle) != GNTST_okay);
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access);
    probe_read(window);
    EXPECT(fault_last()->taken);
    grant_set(REF, 0, 0, 0);
    REQUIRE(page_unprotect(window) == 0);
}

/* The addresses that have no entry to fill. */
TEST(grant_map_bad_addresses)
{
    char *page = page_alloc();
    static const uint64_t places[] = {
        0x0000800000000000ul, 0xffff800000000000ul, 0xffff830000000000ul, SCRATCH_VA, 0x1000, ~0ul};

    grant_set(REF, GTF_permit_access, 0, mfn_of(page));
    for (unsigned int i = 0; i < ARRAY_SIZE(places); i++) {
        if (grant_map(places[i], GNTMAP_host_map, REF, NULL) == GNTST_okay) {
            FAIL("mapped at %lx", (unsigned long)places[i]);
        }
    }
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access);
    grant_set(REF, 0, 0, 0);
    REQUIRE(page_unprotect(page) == 0);
}

/* XSA-227: with contains_pte the address is an entry's own, aligned and in a live L1. */
TEST(grant_map_contains_pte)
{
    char *page = page_alloc(), *window = hole();
    uint64_t *entry = pte_find((unsigned long)window, 1);
    unsigned int flags = GNTMAP_host_map | GNTMAP_application_map | GNTMAP_contains_pte;
    uint32_t handle = 0;

    grant_set(REF, GTF_permit_access, 0, mfn_of(page));
    EXPECT(grant_map(machine_of(entry) + 4, flags, REF, NULL) != GNTST_okay);
    EXPECT(grant_map(machine_of(page), flags, REF, NULL) != GNTST_okay);
    EXPECT(grant_map(machine_of(boot_l4), flags, REF, NULL) != GNTST_okay);
    EXPECT(grant_map(0xfffffffff000ul, flags, REF, NULL) != GNTST_okay);
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access);
    EXPECT_EQ(grant_map(machine_of(entry), flags, REF, &handle), GNTST_okay);
    EXPECT_EQ(*entry & PTE_MFN_MASK, (uint64_t)mfn_of(page) << PAGE_SHIFT);
    EXPECT_EQ(*entry & (PTE_P | PTE_W), PTE_P | PTE_W);
    EXPECT_EQ(grant_unmap(machine_of(entry), handle), GNTST_okay);
    EXPECT_EQ(*entry & PTE_P, 0);
    grant_set(REF, 0, 0, 0);
    REQUIRE(page_unprotect(window) == 0);
}

/* An entry overwritten behind the grant's back: the handle still goes exactly once. */
TEST_ALONE(grant_map_overwritten)
{
    char *page = page_alloc(), *window = hole();
    uint32_t handle = 0;
    int status;

    grant_set(REF, GTF_permit_access, 0, mfn_of(page));
    EXPECT_EQ(grant_map((uint64_t)window, GNTMAP_host_map, REF, &handle), GNTST_okay);
    EXPECT_EQ(page_unprotect(window), 0);
    status = grant_unmap((uint64_t)window, handle);
    if (status != GNTST_okay) {
        /* The mapping's address no longer holds it: unmapped with no address, then. */
        status = grant_unmap(0, handle);
    }
    EXPECT_EQ(status, GNTST_okay);
    EXPECT(grant_unmap(0, handle) != GNTST_okay);
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access);
    *window = 1;
    grant_set(REF, 0, 0, 0);
}

/* Unmapping with garbage: handles that nobody has. */
TEST(grant_unmap_bad)
{
    char *window = hole();
    static const uint32_t handles[] = {0x7fffffff, 0xffffffff, 0x10000, 100};

    for (unsigned int i = 0; i < ARRAY_SIZE(handles); i++) {
        EXPECT_EQ(grant_unmap((uint64_t)window, handles[i]), GNTST_bad_handle);
    }
    REQUIRE(page_unprotect(window) == 0);
}
