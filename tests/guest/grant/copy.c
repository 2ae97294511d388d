/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grant copies: between grants and own frames, inside one page only, with the permissions of
 * the grant; statuses go to each copy and the rest of the batch goes on.
 */
#include "grant.h"

static int copy_one(struct gnttab_copy *copy)
{
    copy->status = 77;
    REQUIRE(grant_op(GNTTABOP_copy, copy, 1) == 0);
    return copy->status;
}

TEST(grant_copy_directions)
{
    char *from = page_alloc(), *to = page_alloc();
    struct gnttab_copy copy = {.source = {.domid = DOMID_SELF}, .dest = {.domid = DOMID_SELF}};

    for (unsigned int i = 0; i < PAGE_SIZE; i++) {
        from[i] = (char)(i * 7);
    }
    copy.source.u.gmfn = mfn_of(from);
    copy.dest.u.gmfn = mfn_of(to);
    copy.len = PAGE_SIZE;
    EXPECT_EQ(copy_one(&copy), GNTST_okay);
    EXPECT_EQ(memcmp(from, to, PAGE_SIZE), 0);
    memset(to, 0, PAGE_SIZE);
    grant_set(REF, GTF_permit_access | GTF_readonly, 0, mfn_of(from));
    grant_set(REF + 1, GTF_permit_access, 0, mfn_of(to));
    copy = (struct gnttab_copy){
        .source = {.u.ref = REF, .domid = 0, .offset = 100},
        .dest = {.u.ref = REF + 1, .domid = 0, .offset = 3000},
        .len = 500,
        .flags = GNTCOPY_source_gref | GNTCOPY_dest_gref,
    };
    EXPECT_EQ(copy_one(&copy), GNTST_okay);
    EXPECT_EQ(memcmp(from + 100, to + 3000, 500), 0);
    EXPECT_EQ(to[2999] | to[3500], 0);
    EXPECT_EQ(grants_get()[REF].flags & (GTF_reading | GTF_writing), 0);
    EXPECT_EQ(grants_get()[REF + 1].flags & (GTF_reading | GTF_writing), 0);
    /* The other way the read-only grant stands in it. */
    copy.source.u.ref = REF + 1;
    copy.dest.u.ref = REF;
    EXPECT(copy_one(&copy) != GNTST_okay);
    grant_set(REF, 0, 0, 0);
    grant_set(REF + 1, 0, 0, 0);
}

TEST(grant_copy_bounds)
{
    char *from = page_alloc(), *to = page_alloc();
    struct gnttab_copy copy = {.source = {.domid = DOMID_SELF}, .dest = {.domid = DOMID_SELF}};
    static const struct {
        uint16_t source, dest, bytes;
    } bad[] = {{1, 0, 4096},  {0, 1, 4096},  {4096, 0, 1}, {0, 4096, 1},     {0, 0, 4097},
               {0, 0, 65535}, {65535, 0, 2}, {4095, 0, 2}, {0, 65535, 65535}};

    copy.source.u.gmfn = mfn_of(from);
    copy.dest.u.gmfn = mfn_of(to);
    from[0] = 1;
    for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
        copy.source.offset = bad[i].source;
        copy.dest.offset = bad[i].dest;
        copy.len = bad[i].bytes;
        if (copy_one(&copy) != GNTST_bad_copy_arg) {
            FAIL("copy %u gives %d", i, copy.status);
        }
    }
    EXPECT_EQ(to[0], 0);
    copy.source.offset = 4095;
    copy.dest.offset = 0;
    copy.len = 1;
    EXPECT_EQ(copy_one(&copy), GNTST_okay);
    copy.len = 0;
    EXPECT_EQ(copy_one(&copy), GNTST_okay);
}

TEST(grant_copy_bad_frames)
{
    char *page = page_alloc();
    struct gnttab_copy copy = {
        .source = {.domid = DOMID_SELF}, .dest = {.domid = DOMID_SELF}, .len = 8};
    static const unsigned long frames[] = {0xfffffff0ul, 0x200, ~0ul};

    for (unsigned int i = 0; i < ARRAY_SIZE(frames); i++) {
        copy.source.u.gmfn = frames[i];
        copy.dest.u.gmfn = mfn_of(page);
        EXPECT(copy_one(&copy) != GNTST_okay);
        copy.source.u.gmfn = mfn_of(page);
        copy.dest.u.gmfn = frames[i];
        EXPECT(copy_one(&copy) != GNTST_okay);
    }
    /* Not into a page table, by its frame or by a grant of it. */
    copy.source.u.gmfn = mfn_of(page);
    copy.dest.u.gmfn = mfn_of(boot_l4);
    copy.dest.offset = 8 * 300;
    EXPECT(copy_one(&copy) != GNTST_okay);
    grant_set(REF, GTF_permit_access, 0, mfn_of(boot_l4));
    copy.dest.u.ref = REF;
    copy.dest.domid = 0;
    copy.flags = GNTCOPY_dest_gref;
    EXPECT(copy_one(&copy) != GNTST_okay);
    EXPECT_EQ(boot_l4[300], 0);
    EXPECT_EQ(grants_get()[REF].flags, GTF_permit_access);
    grant_set(REF, 0, 0, 0);
}

TEST(grant_copy_batch)
{
    char *from = page_alloc(), *to = page_alloc();
    static struct gnttab_copy copies[3];

    for (unsigned int i = 0; i < 3; i++) {
        copies[i] = (struct gnttab_copy){
            .source = {.domid = DOMID_SELF, .offset = (uint16_t)i},
            .dest = {.domid = DOMID_SELF, .offset = (uint16_t)i},
            .len = 1,
        };
        copies[i].source.u.gmfn = mfn_of(from);
        copies[i].dest.u.gmfn = mfn_of(to);
        from[i] = (char)(i + 1);
    }
    copies[1].source.domid = 4321;
    EXPECT_EQ(grant_op(GNTTABOP_copy, copies, 3), 0);
    EXPECT_EQ(copies[0].status, GNTST_okay);
    EXPECT_EITHER(copies[1].status, GNTST_bad_domain, GNTST_permission_denied);
    EXPECT_EQ(copies[2].status, GNTST_okay);
    EXPECT_EQ(to[0], 1);
    EXPECT_EQ(to[1], 0);
    EXPECT_EQ(to[2], 3);
    EXPECT_EQ(grant_op(GNTTABOP_copy, copies, 0), 0);
}
