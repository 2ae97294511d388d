/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_op, errno by errno: arguments that can't be read, progress where there is none, frames
 * that are not the domain's to give.
 */
#define __XEN_TOOLS__ 1
#include "harness.h"

#define NOWHERE ((void *)0x1000)

static long memory_op(unsigned long command, void *argument)
{
    return hcall(__HYPERVISOR_memory_op, command, argument);
}

TEST(memory_op_faults)
{
    static const unsigned int counting[] = {XENMEM_increase_reservation,
                                            XENMEM_decrease_reservation, XENMEM_populate_physmap};
    static const unsigned int commands[] = {XENMEM_current_reservation,
                                            XENMEM_maximum_reservation,
                                            XENMEM_machphys_mfn_list,
                                            XENMEM_machine_memory_map,
                                            XENMEM_exchange,
                                            XENMEM_machphys_mapping,
                                            XENMEM_set_memory_map,
                                            XENMEM_maximum_gpfn,
                                            XENMEM_acquire_resource};

    for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
        EXPECT_EQ(memory_op(commands[i], NOWHERE), E(FAULT));
        EXPECT_EQ(memory_op(commands[i], (void *)0xffff830000000000ul), E(FAULT));
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(counting); i++) { /* they say how many they did */
        EXPECT_EQ(memory_op(counting[i], NOWHERE), 0);
        EXPECT_EQ(memory_op(counting[i], (void *)0xffff830000000000ul), 0);
    }
}

/* Bits of progress with an operation that never has any. */
TEST(memory_op_progress)
{
    static const unsigned int commands[] = {
        XENMEM_maximum_ram_page,        XENMEM_current_reservation, XENMEM_maximum_reservation,
        XENMEM_machphys_mfn_list,       XENMEM_memory_map,          XENMEM_machine_memory_map,
        XENMEM_machphys_mapping,        XENMEM_maximum_gpfn,        XENMEM_get_sharing_freed_pages,
        XENMEM_get_sharing_shared_pages};
    static char argument[256];

    if (!subject_is_mortise()) {
        SKIP("Xen answers some with -ENOSYS and some as if there were none");
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
        EXPECT_EQ(memory_op(commands[i] | 1ul << 6, argument), E(INVAL));
        EXPECT_EQ(memory_op(commands[i] | 1ul << 63, argument), E(INVAL));
    }
}

/* A frame of the hypervisor's that it shares with the domain is not the domain's to give away. */
TEST(memory_op_shared_frame)
{
    xen_pfn_t frame = start_info->shared_info >> PAGE_SHIFT, out = 0;
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};
    struct xen_memory_exchange e = {
        .in = {.nr_extents = 1, .domid = DOMID_SELF},
        .out = {.nr_extents = 1, .domid = DOMID_SELF},
    };

    set_xen_guest_handle(r.extent_start, &frame);
    if (subject_is_mortise()) { /* Xen lets it go, and keeps the page for itself */
        EXPECT_EQ(memory_op(XENMEM_decrease_reservation, &r), 0);
    }
    set_xen_guest_handle(e.in.extent_start, &frame);
    set_xen_guest_handle(e.out.extent_start, &out);
    EXPECT(memory_op(XENMEM_exchange, &e) < 0);
    EXPECT_EQ(e.nr_exchanged, 0);
    frame = 0x7ffffffful; /* there is no such frame */
    EXPECT_EQ(memory_op(XENMEM_exchange, &e), E(INVAL));
    EXPECT_EQ(e.nr_exchanged, 0);
    EXPECT(shared_info->vcpu_info[0].time.version != 0);
}

TEST(memory_op_exchange_foreign)
{
    xen_pfn_t in = 1, out = 1;
    struct xen_memory_exchange e = {
        .in = {.nr_extents = 1, .domid = 4321},
        .out = {.nr_extents = 1, .domid = 4321},
    };

    set_xen_guest_handle(e.in.extent_start, &in);
    set_xen_guest_handle(e.out.extent_start, &out);
    EXPECT_EITHER(memory_op(XENMEM_exchange, &e), E(PERM), E(SRCH));
    e.out.domid = DOMID_SELF;
    EXPECT(memory_op(XENMEM_exchange, &e) < 0);
    EXPECT_EQ(e.nr_exchanged, 0);
}

/* More than the machine has: the extents that are there are given, and no other. */
TEST(memory_op_no_memory)
{
    xen_pfn_t frame = pfn_of(page_alloc());
    struct xen_memory_reservation r = {.nr_extents = 1,
                                       .extent_order = 0,
                                       .domid = DOMID_SELF,
                                       .mem_flags = XENMEMF_address_bits(12)};
    char *page = page_alloc();
    xen_pfn_t given = mfn_of(page);
    struct xen_memory_reservation back = {.nr_extents = 1, .domid = DOMID_SELF};

    set_xen_guest_handle(back.extent_start, &given);
    REQUIRE(va_set(page, 0) == 0);
    REQUIRE(memory_op(XENMEM_decrease_reservation, &back) == 1);
    set_xen_guest_handle(r.extent_start, &frame);
    EXPECT_EQ(memory_op(XENMEM_populate_physmap, &r), 0); /* frame 0 is nobody's */
    EXPECT_EQ(memory_op(XENMEM_increase_reservation, &r), 0);
    given = pfn_of(page);
    REQUIRE(memory_op(XENMEM_populate_physmap, &back) == 1);
    ((unsigned long *)start_info->mfn_list)[pfn_of(page)] = given;
    REQUIRE(page_unprotect(page) == 0);
}

/* What each of the three refuses is told by how many extents it did: none. */
TEST(memory_op_bad_reservations)
{
    static const unsigned int commands[] = {XENMEM_increase_reservation,
                                            XENMEM_decrease_reservation, XENMEM_populate_physmap};
    static xen_pfn_t extents[4];

    for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
        struct xen_memory_reservation r = {.nr_extents = 4, .domid = DOMID_SELF};

        set_xen_guest_handle(r.extent_start, extents);
        r.nr_extents = 1ul << 60;
        EXPECT_EQ(memory_op(commands[i], &r), 0);
        r.nr_extents = 1;
        r.extent_order = 30;
        EXPECT_EQ(memory_op(commands[i], &r), 0);
        r.extent_order = 0;
        r.domid = 4321;
        EXPECT_EQ(memory_op(commands[i], &r), 0);
        r.domid = DOMID_SELF;
        set_xen_guest_handle(r.extent_start, (xen_pfn_t *)0xffff830000000000ul);
        EXPECT_EQ(memory_op(commands[i], &r), 0);
    }
}

/* The domain owns all that it may. */
TEST(memory_op_allowance)
{
    static xen_pfn_t extents[64];
    struct xen_memory_reservation r = {.nr_extents = 1, .extent_order = 9, .domid = DOMID_SELF};

    for (unsigned int i = 0; i < ARRAY_SIZE(extents); i++) {
        extents[i] = 0x100000 + i * 512;
    }
    set_xen_guest_handle(r.extent_start, extents);
    EXPECT_EQ(memory_op(XENMEM_populate_physmap, &r), 0);
    EXPECT_EQ(memory_op(XENMEM_increase_reservation, &r), 0);
}

TEST(memory_op_claim_errors)
{
    struct xen_memory_reservation r = {.nr_extents = 10, .domid = 4321};

    EXPECT_ON(memory_op(XENMEM_claim_pages, &r), E(SRCH), E(INVAL));
    EXPECT_EQ(memory_op(XENMEM_claim_pages, NOWHERE), E(FAULT));
    r.domid = DOMID_SELF;
    r.extent_order = 1;
    EXPECT_EQ(memory_op(XENMEM_claim_pages, &r), E(INVAL));
    r.extent_order = 0;
    r.mem_flags = 1;
    EXPECT_EQ(memory_op(XENMEM_claim_pages, &r), E(INVAL));
}

TEST(memory_op_reserved_device_memory)
{
    EXPECT_EQ(memory_op(XENMEM_reserved_device_memory_map, NOWHERE), E(FAULT));
}

TEST(memory_op_memory_map_fault)
{
    struct e820 {
        uint64_t start, size;
        uint32_t type;
    } __attribute__((packed)) range = {0, 0x4000000, 1};
    struct xen_foreign_memory_map set = {.domid = DOMID_SELF, .map = {.nr_entries = 1}};

    set_xen_guest_handle(set.map.buffer, (void *)&range);
    set_xen_guest_handle(set.map.buffer, NOWHERE);
    EXPECT_EQ(memory_op(XENMEM_set_memory_map, &set), E(FAULT));
    set.map.nr_entries = 1000000;
    EXPECT_EQ(memory_op(XENMEM_set_memory_map, &set), E(INVAL));
}
