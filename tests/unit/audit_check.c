/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The audit's comparison of a frame's record with the references that were found: what is clean,
 * and each way to differ.
 */
#include "ctl/audit_check.h"

#include "unit.h"

#define USED(t, n) (type_used(t, TYPE_VALIDATED) + (n)-1)

static struct frame domains(uint64_t type, uint32_t refs)
{
    return (struct frame){.type = type,
                          .refs = FRAME_ALLOCATED | refs,
                          .owner = 1,
                          .flags = FRAME_RAM | FRAME_LISTED};
}

static struct audit_count found(unsigned int refs, unsigned int uses, enum frame_type t)
{
    struct audit_count c = {0, 0};

    while (refs--)
        audit_count_ref(&c);
    while (uses--)
        audit_count_use(&c, t);
    return c;
}

static unsigned int check(struct frame f, struct audit_count c)
{
    return audit_frame_check(&f, &c);
}

static void clean_frames(void)
{
    struct frame xen = {.refs = FRAME_ALLOCATED, .owner = DOMID_XEN, .flags = FRAME_RAM};
    struct frame freed = {.type = type_idle(TYPE_NONE, 9), .owner = DOMID_XEN, .flags = FRAME_RAM};
    struct frame device = {.refs = 1, .owner = DOMID_IO};

    EXPECT(check(domains(type_idle(TYPE_NONE, 5), 1), found(0, 0, 0)) == 0);
    EXPECT(check(domains(type_idle(TYPE_L1, 5), 3), found(2, 0, 0)) == 0);
    EXPECT(check(domains(USED(TYPE_WRITABLE, 2), 4), found(1, 2, TYPE_WRITABLE)) == 0);
    EXPECT(check(domains(USED(TYPE_L4, 3) | TYPE_PINNED, 4), found(0, 3, TYPE_L4)) == 0);
    EXPECT(check(xen, found(0, 0, 0)) == 0);
    EXPECT(check(freed, found(0, 0, 0)) == 0);
    EXPECT(check(device, found(0, 0, 0)) == 0);
}

static void frame_given_back_lives_on(void)
{
    struct frame f = domains(USED(TYPE_WRITABLE, 1), 1);

    f.refs &= ~FRAME_ALLOCATED;
    EXPECT(check(f, found(0, 1, TYPE_WRITABLE)) == 0);
    EXPECT(check(f, found(0, 0, 0)) == (AUDIT_BAD_REFS | AUDIT_BAD_USES));
}

static void references_differ(void)
{
    struct frame xen = {.refs = FRAME_ALLOCATED, .owner = DOMID_XEN, .flags = FRAME_RAM};
    struct frame freed = {.type = type_idle(TYPE_NONE, 9), .owner = DOMID_XEN, .flags = FRAME_RAM};
    struct frame device = {.refs = 1, .owner = DOMID_IO};

    EXPECT(check(domains(type_idle(TYPE_NONE, 5), 2), found(0, 0, 0)) == AUDIT_BAD_REFS);
    EXPECT(check(domains(type_idle(TYPE_NONE, 5), 1), found(1, 0, 0)) == AUDIT_BAD_REFS);
    EXPECT(check(xen, found(1, 0, 0)) == AUDIT_BAD_REFS);
    EXPECT(check(freed, found(1, 0, 0)) == AUDIT_BAD_REFS);
    EXPECT(check(freed, found(0, 1, TYPE_WRITABLE)) == (AUDIT_BAD_REFS | AUDIT_BAD_USES));
    EXPECT(check(device, found(1, 0, 0)) == AUDIT_BAD_REFS);
}

static void uses_differ(void)
{
    EXPECT(check(domains(USED(TYPE_WRITABLE, 2), 2), found(0, 1, TYPE_WRITABLE)) == AUDIT_BAD_USES);
    EXPECT(check(domains(USED(TYPE_WRITABLE, 1), 3), found(0, 2, TYPE_WRITABLE)) == AUDIT_BAD_USES);
    EXPECT(check(domains(type_idle(TYPE_WRITABLE, 1), 2), found(0, 1, TYPE_WRITABLE)) ==
           AUDIT_BAD_USES);
}

/* A writable mapping of a page table: what must never be. */
static void types_differ(void)
{
    struct audit_count c = found(0, 1, TYPE_L1);

    audit_count_use(&c, TYPE_WRITABLE);
    EXPECT(check(domains(USED(TYPE_L1, 2), 3), c) == AUDIT_BAD_STATE);
    EXPECT(check(domains(USED(TYPE_L1, 1), 2), found(0, 1, TYPE_WRITABLE)) == AUDIT_BAD_STATE);
}

static void unfinished_tables(void)
{
    uint64_t w = type_with_index(type_used(TYPE_L2, TYPE_PARTIAL), 17);

    EXPECT(check(domains(w, 2), found(0, 1, TYPE_L2)) == 0);
    EXPECT(check(domains(w | TYPE_UNWINDING, 2), found(0, 1, TYPE_L2)) == 0);
    EXPECT(check(domains(w | TYPE_VALIDATED, 2), found(0, 1, TYPE_L2)) == AUDIT_BAD_STATE);
    EXPECT(check(domains(w | TYPE_PINNED, 2), found(0, 1, TYPE_L2)) == AUDIT_BAD_STATE);
    EXPECT(check(domains(w | TYPE_BUSY, 2), found(0, 1, TYPE_L2)) == AUDIT_BAD_STATE);
    EXPECT(check(domains(type_used(TYPE_DESCRIPTORS, TYPE_PARTIAL), 2),
                 found(0, 1, TYPE_DESCRIPTORS)) == AUDIT_BAD_STATE);
}

static void flags_that_can_not_be(void)
{
    EXPECT(check(domains(type_used(TYPE_L1, 0), 2), found(0, 1, TYPE_L1)) == AUDIT_BAD_STATE);
    EXPECT(check(domains(USED(TYPE_L1, 1) | TYPE_UNWINDING, 2), found(0, 1, TYPE_L1)) ==
           AUDIT_BAD_STATE);
    EXPECT(check(domains(USED(TYPE_WRITABLE, 1) | TYPE_PINNED, 2), found(0, 1, TYPE_WRITABLE)) ==
           AUDIT_BAD_STATE);
    EXPECT(check(domains(type_idle(TYPE_L1, 3) | TYPE_PINNED, 1), found(0, 0, 0)) ==
           AUDIT_BAD_STATE);
}

int main(void)
{
    RUN(clean_frames);
    RUN(frame_given_back_lives_on);
    RUN(references_differ);
    RUN(uses_differ);
    RUN(types_differ);
    RUN(unfinished_tables);
    RUN(flags_that_can_not_be);
    return UNIT_RESULT;
}
