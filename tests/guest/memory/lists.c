/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exchange and reservations whose lists can't be read or written, and whose shapes don't fit: the
 * answer says so, and every frame is where it was.
 */
#include "harness.h"

#define NOWHERE 0x1000ul

static long memory_op(unsigned int command, void *argument)
{
    return hcall(__HYPERVISOR_memory_op, command, argument);
}

static struct xen_memory_exchange exchange_of(void *in, void *out)
{
    struct xen_memory_exchange op = {.in = {.nr_extents = 1, .domid = DOMID_SELF},
                                     .out = {.nr_extents = 1, .domid = DOMID_SELF}};

    set_xen_guest_handle(op.in.extent_start, in);
    set_xen_guest_handle(op.out.extent_start, out);
    return op;
}

TEST(lists_of_exchange)
{
    xen_pfn_t in = mfn_of(page_alloc()), out = frame_unmapped(0);
    struct xen_memory_exchange op = exchange_of((void *)NOWHERE, &out);

    REQUIRE(out != 0);
    in = out;
    EXPECT_EQ(memory_op(XENMEM_exchange, &op), E(FAULT));
    EXPECT_EQ(op.nr_exchanged, 0);
    /* not one's own, or nobody's */
    op = exchange_of(&in, &out);
    in = 0xfffffff0ul;
    EXPECT(memory_op(XENMEM_exchange, &op) < 0);
    in = mfn_of(boot_l4);
    EXPECT(memory_op(XENMEM_exchange, &op) < 0);
    /* shapes: one of order 1 is not three of order 0, nor one */
    op = exchange_of(&in, &out);
    op.in.extent_order = 1;
    EXPECT_EQ(memory_op(XENMEM_exchange, &op), E(INVAL));
    op = exchange_of(&in, &out);
    op.in.extent_order = 40;
    EXPECT(memory_op(XENMEM_exchange, &op) < 0);
    op = exchange_of(&in, &out);
    op.in.nr_extents = 3;
    op.out.nr_extents = 3;
    op.nr_exchanged = 4;
    EXPECT_EQ(memory_op(XENMEM_exchange, &op), E(INVAL));
    op = exchange_of(&in, &out);
    op.in.domid = 4321;
    EXPECT(memory_op(XENMEM_exchange, &op) < 0);
    op = exchange_of(&in, &out);
    in = frame_unmapped(0);
    EXPECT(memory_op(XENMEM_exchange, &op) <= 0);
}

/* Reservations of another, of none, beyond the end, and with lists that nobody can write. */
TEST(lists_of_reservations)
{
    static const unsigned int commands[] = {XENMEM_increase_reservation,
                                            XENMEM_decrease_reservation, XENMEM_populate_physmap};
    long before, now;
    domid_t self = DOMID_SELF;

    before = memory_op(XENMEM_current_reservation, &self);
    for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
        struct xen_memory_reservation op = {.nr_extents = 1, .domid = 4321};
        xen_pfn_t frame = 0x7fffffff;

        set_xen_guest_handle(op.extent_start, &frame);
        EXPECT(memory_op(commands[i], &op) <= 0);
        op.domid = DOMID_SELF;
        op.extent_order = 60;
        EXPECT(memory_op(commands[i], &op) <= 0);
        op.extent_order = 0;
        op.nr_extents = ~0ul;
        EXPECT(memory_op(commands[i], &op) <= 0);
        op.nr_extents = 1;
        if (commands[i] != XENMEM_increase_reservation) {
            set_xen_guest_handle(op.extent_start, (void *)NOWHERE);
            EXPECT(memory_op(commands[i], &op) <= 0);
            set_xen_guest_handle(op.extent_start, (void *)0xffff830000000000ul);
            EXPECT(memory_op(commands[i], &op) <= 0);
            set_xen_guest_handle(op.extent_start, (void *)NULL);
            EXPECT(memory_op(commands[i], &op) <= 0);
        }
    }
    now = memory_op(XENMEM_current_reservation, &self);
    EXPECT_EQ(now, before);
    self = 4321;
    EXPECT_EQ(memory_op(XENMEM_current_reservation, &self), E(SRCH));
    self = DOMID_SELF;
    EXPECT(memory_op(XENMEM_maximum_gpfn, &self) >= 0);
}

TEST(lists_of_maps)
{
    struct xen_mem_acquire_resource resource = {.domid = DOMID_SELF, .type = 1, .nr_frames = 1};
    struct xen_foreign_memory_map map = {.domid = 4321};
    struct xen_memory_map own = {.nr_entries = 1};

    EXPECT(memory_op(XENMEM_acquire_resource, &resource) < 0);
    resource.pad = 1;
    EXPECT_EQ(memory_op(XENMEM_acquire_resource, &resource), E(INVAL));
    resource.pad = 0;
    resource.domid = 4321;
    EXPECT_EQ(memory_op(XENMEM_acquire_resource, &resource), E(SRCH));
    EXPECT_EQ(memory_op(XENMEM_set_memory_map, &map), E(SRCH));
    map.domid = DOMID_SELF;
    map.map.nr_entries = 100000;
    EXPECT_EQ(memory_op(XENMEM_set_memory_map, &map), E(INVAL));
    set_xen_guest_handle(own.buffer, (void *)NOWHERE);
    EXPECT(memory_op(XENMEM_memory_map, &own) < 0);
}
