/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The common part of the seeded faults (faults.h).
 */
#include "faults.h"

struct mortise_audit fault_audit;
struct mortise_difference fault_records[MORTISE_AUDIT_ROOM];

void audit_now(void)
{
    memset(fault_records, 0x55, sizeof(fault_records));
    fault_audit = (struct mortise_audit){.interface_version = MORTISE_INTERFACE_VERSION,
                                         .count = MORTISE_AUDIT_ROOM};
    set_xen_guest_handle(fault_audit.buffer, fault_records);
    EXPECT_EQ(hcall(__HYPERVISOR_mortise_op, MORTISE_audit, &fault_audit), 0);
}

void expect_clean(const char *when)
{
    audit_now();
    if (fault_audit.total != 0) {
        FAIL("%s: %lu differences: %s", when, fault_audit.total, fault_records[0].words);
    }
    EXPECT_EQ(fault_audit.count, 0);
}

static long change_record(unsigned int fault, domid_t domid, uint64_t object, int change)
{
    struct mortise_fault op = {.interface_version = MORTISE_INTERFACE_VERSION,
                               .fault = fault,
                               .domid = domid,
                               .change = change,
                               .object = object};

    return hcall(__HYPERVISOR_mortise_op, MORTISE_fault, &op);
}

/* Whether a record says what it should. */
static bool said(domid_t domid, unsigned int kind, const char *words)
{
    for (unsigned int i = 0; i < fault_audit.count && i < MORTISE_AUDIT_ROOM; i++) {
        const struct mortise_difference *d = &fault_records[i];

        if (d->kind == kind && (d->domid == domid || d->domid == DOMID_INVALID) &&
            text_has(d->words, words)) {
            return true;
        }
    }
    return false;
}

void seed(unsigned int fault, domid_t domid, uint64_t object, int change, unsigned int kind,
          const char *words)
{
    expect_clean("before");
    REQUIRE(change_record(fault, domid, object, change) == 0);
    audit_now();
    EXPECT_EQ(change_record(fault, domid, object, -change), 0);
    if (fault_audit.differences[kind] == 0 || !said(domid, kind, words)) {
        FAIL("fault %u, change %d: %lu differences, %lu of kind %u, the first: %s", fault, change,
             fault_audit.total, fault_audit.differences[kind], kind,
             fault_audit.count != 0 ? fault_records[0].words : "none");
    }
    EXPECT_EQ(fault_audit.count,
              fault_audit.total < MORTISE_AUDIT_ROOM ? fault_audit.total : MORTISE_AUDIT_ROOM);
    expect_clean("afterwards");
}

TEST(fault_arguments)
{
    struct mortise_fault op = {.interface_version = MORTISE_INTERFACE_VERSION,
                               .fault = MORTISE_FAULTS};

    EXPECT_EQ(change_record(MORTISE_FAULTS, 0, 0, 1), E(NOSYS));
    EXPECT_EQ(change_record(MORTISE_FAULT_FRAMES, 4321, 0, 1), E(SRCH));
    EXPECT_EQ(change_record(MORTISE_FAULT_PAGE_REF, 0, 1ul << 40, 1), E(INVAL));
    EXPECT_EQ(change_record(MORTISE_FAULT_PARKED, 0, 77, 1), E(INVAL));
    op.interface_version++;
    EXPECT_EQ(hcall(__HYPERVISOR_mortise_op, MORTISE_fault, &op), E(ACCES));
    EXPECT_EQ(hcall(__HYPERVISOR_mortise_op, MORTISE_fault, NULL), E(FAULT));
}

/* The numbers in the record are those in the words. */
TEST(fault_numbers)
{
    void *page = page_alloc();
    const struct mortise_difference *d = &fault_records[0];
    uint64_t references;

    expect_clean("before");
    references = fault_audit.references;
    EXPECT(references > 1000);
    REQUIRE(change_record(MORTISE_FAULT_PAGE_REF, 0, mfn_of(page), 2) == 0);
    audit_now();
    REQUIRE(change_record(MORTISE_FAULT_PAGE_REF, 0, mfn_of(page), -2) == 0);
    EXPECT_EQ(fault_audit.total, 1);
    EXPECT_EQ(fault_audit.count, 1);
    EXPECT_EQ(fault_audit.references, references);
    EXPECT_EQ(d->kind, MORTISE_AUDIT_PAGE_REFS);
    EXPECT_EQ(d->domid, 0);
    EXPECT_EQ(d->object, mfn_of(page));
    EXPECT_EQ(d->recorded, d->found + 2);
    EXPECT_EQ(d->pad, 0);
    EXPECT(text_has(d->words, "references, "));
    EXPECT_EQ((uint8_t)fault_records[1].words[0], 0x55);
}
