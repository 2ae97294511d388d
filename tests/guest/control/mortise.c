/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_mortise_op: versions, the audit, the record of refused calls, and where memory is.
 * On another hypervisor the number is free, and these tests have nothing to say.
 */
#include "harness.h"

#include <xen/mortise-fault.h>

static long mortise(unsigned int command, void *argument)
{
    return hcall(__HYPERVISOR_mortise_op, command, argument);
}

static void only_on_mortise(void)
{
    if (mortise(MORTISE_version, NULL) == E(NOSYS) && !subject_is_mortise()) {
        SKIP("the subject has no calls of Mortise's own");
    }
}

TEST(mortise_versions)
{
    struct mortise_audit audit = {.interface_version = MORTISE_INTERFACE_VERSION + 1, .total = 77};
    struct mortise_refusals refusals = {.interface_version = 0, .domid = DOMID_SELF};
    struct mortise_memory_info memory = {.interface_version = 0xffffffff, .ram = 77};

    only_on_mortise();
    EXPECT_EQ(mortise(MORTISE_version, NULL), MORTISE_INTERFACE_VERSION);
    EXPECT_EQ(mortise(MORTISE_audit, &audit), E(ACCES));
    EXPECT_EQ(audit.total, 77);
    EXPECT_EQ(mortise(MORTISE_refusals, &refusals), E(ACCES));
    EXPECT_EQ(mortise(MORTISE_memory_info, &memory), E(ACCES));
    EXPECT_EQ(memory.ram, 77);
    EXPECT_EQ(mortise(MORTISE_frames, &memory), E(ACCES));
    EXPECT_EQ(mortise(MORTISE_rules, &memory), E(ACCES));
    EXPECT_EQ(mortise(MORTISE_fault + 1, &memory), E(NOSYS));
    EXPECT_EQ(mortise(MORTISE_audit, NULL), E(FAULT));
}

TEST(mortise_audit)
{
    struct mortise_audit audit = {.interface_version = MORTISE_INTERFACE_VERSION};
    uint64_t sum = 0;

    only_on_mortise();
    EXPECT_EQ(mortise(MORTISE_audit, &audit), 0);
    for (unsigned int i = 0; i < MORTISE_AUDIT_NR_KINDS; i++) {
        sum += audit.differences[i];
    }
    EXPECT_EQ(audit.total, 0);
    EXPECT_EQ(sum, 0);
    EXPECT(audit.frames_checked > 10000 && audit.time_ns > 0);
    EXPECT(audit.references > 1000);
    audit.flags = 1;
    EXPECT_EQ(mortise(MORTISE_audit, &audit), E(INVAL));
}

/* The image that ships lets nobody spoil its records. */
TEST(mortise_fault_absent)
{
    struct mortise_fault fault = {.interface_version = MORTISE_INTERFACE_VERSION};

    only_on_mortise();
    EXPECT_EQ(mortise(MORTISE_fault, &fault), E(NOSYS));
    EXPECT_EQ(mortise(MORTISE_fault, NULL), E(NOSYS));
}

/* Each refusal is counted under its rule's number. */
TEST(mortise_rules)
{
    static uint64_t before[256], after[256];
    struct mortise_rules op = {.interface_version = MORTISE_INTERFACE_VERSION, .count = 256};
    uint64_t sum = 0;

    only_on_mortise();
    set_xen_guest_handle(op.buffer, before);
    EXPECT_EQ(mortise(MORTISE_rules, &op), 0);
    REQUIRE(op.count > 50 && op.count <= 256);
    EXPECT_EQ(before[op.count], 0);
    EXPECT_EQ(hcall(__HYPERVISOR_sched_op, 77, NULL), E(NOSYS));
    op.count = 256;
    set_xen_guest_handle(op.buffer, after);
    EXPECT_EQ(mortise(MORTISE_rules, &op), 0);
    for (unsigned int i = 0; i < 256; i++) {
        sum += after[i] - before[i];
        EXPECT(after[i] - before[i] <= 1);
    }
    EXPECT_EQ(sum, 1);
    op.count = 1;
    after[1] = 12345;
    EXPECT_EQ(mortise(MORTISE_rules, &op), 0);
    EXPECT_EQ(after[1], 12345);
    op.buffer.p = (uint64_t *)8;
    op.count = 2;
    EXPECT_EQ(mortise(MORTISE_rules, &op), E(FAULT));
}

/* The number of the last refusal so far. */
static uint64_t refusals_so_far(void)
{
    static struct mortise_refusal records[64];
    struct mortise_refusals op = {
        .interface_version = MORTISE_INTERFACE_VERSION, .domid = DOMID_SELF, .count = 64};

    set_xen_guest_handle(op.buffer, records);
    REQUIRE(mortise(MORTISE_refusals, &op) == 0);
    return op.first == 0 ? 0 : op.first - 1;
}

TEST(mortise_refusals)
{
    static struct mortise_refusal records[4];
    struct mortise_refusals op = {
        .interface_version = MORTISE_INTERFACE_VERSION, .domid = DOMID_SELF, .count = 4};
    uint64_t before;

    only_on_mortise();
    before = refusals_so_far();
    EXPECT_EQ(hcall(__HYPERVISOR_sched_op, 77, NULL), E(NOSYS));
    EXPECT_EQ(hcall(__HYPERVISOR_update_descriptor, 1, 0), E(INVAL));
    op.first = before + 1;
    set_xen_guest_handle(op.buffer, records);
    EXPECT_EQ(mortise(MORTISE_refusals, &op), 0);
    EXPECT_EQ(op.count, 2);
    EXPECT_EQ(op.first, before + 3);
    EXPECT_EQ(records[0].sequence, before + 1);
    EXPECT_EQ(records[0].hypercall, __HYPERVISOR_sched_op);
    EXPECT_EQ(records[0].subop, 77);
    EXPECT_EQ(records[0].error, E(NOSYS));
    EXPECT_EQ(records[0].argument, 77);
    EXPECT_EQ(records[0].vcpu, 0);
    EXPECT_EQ(records[1].hypercall, __HYPERVISOR_update_descriptor);
    EXPECT_EQ(records[1].subop, MORTISE_NO_SUBOP);
    EXPECT_EQ(records[1].error, E(INVAL));
    EXPECT(records[1].time_ns >= records[0].time_ns);
    EXPECT(records[1].rule != records[0].rule);
    op.domid = 4321;
    EXPECT_EQ(mortise(MORTISE_refusals, &op), E(SRCH));
}

/* What the multicall's member was refused for is the member's, not the multicall's. */
TEST(mortise_refused_member)
{
    static struct mortise_refusal record;
    struct mortise_refusals op = {
        .interface_version = MORTISE_INTERFACE_VERSION, .domid = DOMID_SELF, .count = 1};
    static multicall_entry_t call;

    only_on_mortise();
    op.first = refusals_so_far() + 1;
    call = (multicall_entry_t){.op = __HYPERVISOR_sched_op, .args = {99}};
    EXPECT_EQ(hcall(__HYPERVISOR_multicall, &call, 1), 0);
    EXPECT_EQ((long)call.result, E(NOSYS));
    set_xen_guest_handle(op.buffer, &record);
    EXPECT_EQ(mortise(MORTISE_refusals, &op), 0);
    EXPECT_EQ(op.count, 1);
    EXPECT_EQ(record.hypercall, __HYPERVISOR_sched_op);
    EXPECT_EQ(record.subop, 99);
}

/* More refusals than the ring has room for: the oldest are gone, which their numbers show. */
TEST(mortise_refusals_overwritten)
{
    static struct mortise_refusal records[64];
    struct mortise_refusals op = {
        .interface_version = MORTISE_INTERFACE_VERSION, .domid = DOMID_SELF, .count = 64};
    uint64_t before;

    only_on_mortise();
    before = refusals_so_far();
    for (unsigned int i = 0; i < 100; i++) {
        hcall(__HYPERVISOR_sched_op, 1000 + i, NULL);
    }
    op.first = before + 1;
    set_xen_guest_handle(op.buffer, records);
    EXPECT_EQ(mortise(MORTISE_refusals, &op), 0);
    EXPECT_EQ(op.count, 64);
    EXPECT_EQ(op.first, before + 101);
    for (unsigned int i = 0; i < op.count; i++) {
        EXPECT_EQ(records[i].sequence, before + 37 + i);
        EXPECT_EQ(records[i].subop, 1000 + 36 + i);
    }
}

TEST(mortise_memory)
{
    struct mortise_memory_info memory = {.interface_version = MORTISE_INTERFACE_VERSION};

    only_on_mortise();
    EXPECT_EQ(mortise(MORTISE_memory_info, &memory), 0);
    EXPECT_EQ(memory.ram, memory.free + memory.domains + memory.hypervisor);
    EXPECT_EQ(memory.domains, start_info->nr_pages);
    EXPECT(memory.free > 0 && memory.hypervisor > 0);
    print("  the hypervisor takes %lu KiB of %lu MiB\n", memory.hypervisor * 4, memory.ram / 256);
}

TEST(mortise_frames)
{
    static struct mortise_frame records[300];
    struct mortise_frames op = {.interface_version = MORTISE_INTERFACE_VERSION};
    uint64_t found = 0, last = 0, calls = 0;

    only_on_mortise();
    set_xen_guest_handle(op.buffer, records);
    do {
        uint64_t before = op.first;

        op.count = 300;
        EXPECT_EQ(mortise(MORTISE_frames, &op), 0);
        EXPECT(op.first > before && op.count <= 300);
        for (unsigned int i = 0; i < op.count; i++) {
            /* each once, and as the M2P says */
            EXPECT(records[i].mfn > last || (!found && !i));
            EXPECT_EQ(machine_to_phys_mapping[records[i].mfn], records[i].pfn);
            last = records[i].mfn;
        }
        found += op.count;
        calls++;
    } while (op.first != ~0ULL && calls < 100000);
    EXPECT_EQ(found, start_info->nr_pages);
    op.first = ~0ULL;
    op.count = 300;
    EXPECT_EQ(mortise(MORTISE_frames, &op), 0);
    EXPECT_EQ(op.count, 0);
    EXPECT_EQ(op.first, ~0ULL);
    op = (struct mortise_frames){
        .interface_version = MORTISE_INTERFACE_VERSION, .domid = 77, .count = 1};
    EXPECT_EQ(mortise(MORTISE_frames, &op), E(SRCH));
    op.domid = 0;
    op.first = last; /* there is one */
    EXPECT_EQ(mortise(MORTISE_frames, &op), E(FAULT));
}
