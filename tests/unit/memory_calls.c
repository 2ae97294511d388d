/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reservations and exchange against a frame table of the test's own. After every call, refused or
 * not, each frame is either free or somebody's, once, and the accounts say so.
 */
#include <stdlib.h>
#include <string.h>

#include "call/memory.h"
#include "fake_kernel.h"
#include "kern/softirq.h"
#include "mm/alloc.h"
#include "mm/guest_copy.h"
#include "mm/type_word.h"
#include "pv/continuation.h"
#include "unit.h"
#include "memory_calls_machine.h"

static void populate_and_decrease(void)
{
    begin(0, 100);
    reservation(3, 2, 0);
    for (unsigned int i = 0; i < 3; i++)
        LIST[i] = 1000 + 4 * i;
    EXPECT(memory_populate(XENMEM_populate_physmap, ARG, 0) == 3);
    EXPECT(LIST[0] == 0 && LIST[1] == 4 && LIST[2] == 8);
    EXPECT(fake_m2p[5] == 1005);
    expect_whole(12);
    EXPECT(memory_decrease(XENMEM_decrease_reservation, ARG, 0) == 3);
    expect_whole(0);
}

static void populate_stops_for_other_work(void)
{
    begin(0, 100);
    reservation(5, 0, 0);
    pending_after = 2;
    EXPECT(memory_populate(XENMEM_populate_physmap, ARG, 0) == -ERESTART);
    EXPECT(again_cmd == (2 << MEMOP_EXTENT_SHIFT | XENMEM_populate_physmap));
    expect_whole(2);
    this_cpu()->softirq = 0;
    EXPECT(memory_populate(again_cmd, ARG, again_cmd >> MEMOP_EXTENT_SHIFT) == 5);
    expect_whole(5);
    EXPECT(memory_populate(again_cmd, ARG, 6) == 6); /* a made-up progress is refused */
    EXPECT(fake_last_rule == RULE_EXTENT_COUNT);
    expect_whole(5);
}

static void populate_limits(void)
{
    begin(0, 10);
    reservation(3, 2, 0);
    EXPECT(memory_populate(XENMEM_populate_physmap, ARG, 0) == 2);
    EXPECT(fake_last_rule == RULE_ALLOWANCE);
    expect_whole(8);
    reservation(1, 0, 1);
    EXPECT(memory_increase(XENMEM_increase_reservation, ARG, 0) == 0);
    EXPECT(fake_last_rule == RULE_NO_MEMORY);
    reservation(1, MAX_ORDER + 1, 0);
    EXPECT(memory_increase(XENMEM_increase_reservation, ARG, 0) == 0);
    EXPECT(fake_last_rule == RULE_EXTENT_ORDER);
    reservation(~0UL, 0, 0);
    EXPECT(memory_decrease(XENMEM_decrease_reservation, ARG, 0) == 0);
    EXPECT(fake_last_rule == RULE_EXTENT_COUNT);
    reservation(1, 0, 0)->domid = 9;
    EXPECT(memory_decrease(XENMEM_decrease_reservation, ARG, 0) == 0);
    EXPECT(fake_last_rule == RULE_NO_SUCH_DOMAIN);
}

static void decrease_what_is_not_ones_own(void)
{
    begin(4, 100);
    reservation(1, 0, 0);
    LIST[0] = 7; /* free */
    EXPECT(memory_decrease(XENMEM_decrease_reservation, ARG, 0) == 0);
    EXPECT(fake_last_rule == RULE_FRAME_NOT_OWNED);
    LIST[0] = ~0UL;
    EXPECT(memory_decrease(XENMEM_decrease_reservation, ARG, 0) == 0);
    fake_frames[FRAMES - 1].flags |= FRAME_SHARED;
    LIST[0] = FRAMES - 1;
    EXPECT(memory_decrease(XENMEM_decrease_reservation, ARG, 0) == 0);
    EXPECT(fake_last_rule == RULE_FRAME_SHARED);
    fake_frames[FRAMES - 1].flags &= (uint8_t)~FRAME_SHARED;
    expect_whole(4);
}

static void decrease_of_a_frame_in_use(void)
{
    begin(4, 100);
    reservation(2, 0, 0);
    LIST[0] = LIST[1] = FRAMES - 1;
    fake_frames[FRAMES - 1].refs++;                                    /* mapped */
    EXPECT(memory_decrease(XENMEM_decrease_reservation, ARG, 0) == 1); /* once, not twice */
    EXPECT(fake_frames[FRAMES - 1].refs == 1 && D1->memory.tot_pages == 4);
    frame_put(&fake_frames[FRAMES - 1]);
    expect_whole(3);
}

/* -- exchange */

static void exchange_singles_for_a_run(void)
{
    begin(64, 64);
    exchange(64, 0, 1, 6, 20);
    for (unsigned int i = 0; i < 64; i++)
        LIST[i] = FRAMES - 64 + i;
    OUT[0] = 500;
    EXPECT(memory_exchange(ARG) == 0);
    EXPECT(OUT[0] == 0 && fake_m2p[63] == 563 && fake_m2p[FRAMES - 1] == ~0UL);
    EXPECT(((struct xen_memory_exchange *)guest)->nr_exchanged == 64);
    expect_whole(64);
    /* and back */
    exchange(1, 6, 64, 0, 0);
    LIST[0] = 0;
    for (unsigned int i = 0; i < 64; i++)
        OUT[i] = 700 + i;
    EXPECT(memory_exchange(ARG) == 0);
    EXPECT(OUT[0] == 64 && fake_m2p[64] == 700);
    expect_whole(64);
}

static void exchange_refused(int error, enum rule rule)
{
    EXPECT(memory_exchange(ARG) == error);
    EXPECT(fake_last_rule == rule);
    EXPECT(((struct xen_memory_exchange *)guest)->nr_exchanged <= 8);
}

static void exchange_that_fails_returns_all(void)
{
    begin(8, 8);
    for (unsigned int i = 0; i < 8; i++)
        LIST[i] = FRAMES - 8 + i;
    exchange(8, 0, 1, 3, 13); /* no eight frames have addresses below 8 KiB */
    exchange_refused(-ENOMEM, RULE_NO_MEMORY);
    expect_whole(8);
    exchange(8, 0, 1, 3, 0);
    LIST[7] = LIST[0]; /* named twice */
    exchange_refused(-EBUSY, RULE_FRAME_IN_USE);
    expect_whole(8);
    LIST[7] = 3; /* free */
    exchange_refused(-EINVAL, RULE_FRAME_NOT_OWNED);
    expect_whole(8);
    LIST[7] = FRAMES - 1;
    fake_frames[FRAMES - 1].refs++; /* mapped */
    exchange_refused(-EBUSY, RULE_FRAME_IN_USE);
    fake_frames[FRAMES - 1].refs--;
    expect_whole(8);
    exchange(8, 0, 1, 3, 0)->out.extent_start.p = (xen_pfn_t *)0x1000;
    exchange_refused(-EFAULT, RULE_GUEST_MEMORY);
    expect_whole(8);
}

/* Frames given back before, and still mapped, count: the new ones would be too many. */
static void exchange_beyond_the_allowance(void)
{
    begin(24, 24);
    for (unsigned int i = 0; i < 8; i++)
        LIST[i] = FRAMES - 8 + i;
    D1->memory.max_pages = 15; /* as if nine lingered beyond it */
    exchange(8, 0, 8, 0, 0);
    EXPECT(memory_exchange(ARG) == -ENOMEM);
    EXPECT(fake_last_rule == RULE_ALLOWANCE);
    expect_whole(24);
    exchange(8, 0, 1, 3, 0);
    EXPECT(memory_exchange(ARG) == -ENOMEM);
    expect_whole(24);
}

static void exchange_told_too_late(void)
{
    begin(8, 8);
    exchange(8, 0, 8, 0, 0);
    for (unsigned int i = 0; i < 8; i++)
        LIST[i] = FRAMES - 8 + i;
    fault_at = (uintptr_t)&OUT[3];
    EXPECT(memory_exchange(ARG) == -EFAULT);
    EXPECT(((struct xen_memory_exchange *)guest)->nr_exchanged ==
           4); /* the fourth was exchanged too */
    expect_whole(8);
}

static void exchange_stops_for_other_work(void)
{
    begin(8, 8);
    exchange(8, 0, 4, 1, 0);
    for (unsigned int i = 0; i < 8; i++)
        LIST[i] = FRAMES - 8 + i;
    pending_after = 2;
    EXPECT(memory_exchange(ARG) == -ERESTART);
    EXPECT(((struct xen_memory_exchange *)guest)->nr_exchanged == 4);
    expect_whole(8);
    this_cpu()->softirq = 0;
    EXPECT(memory_exchange(ARG) == 0);
    EXPECT(((struct xen_memory_exchange *)guest)->nr_exchanged == 8 && OUT[3] == 6);
    expect_whole(8);
}

static void exchange_shapes(void)
{
    begin(8, 8);
    exchange(8, 0, 3, 1, 0);
    exchange_refused(-EINVAL, RULE_EXCHANGE_SHAPE);
    exchange(1, 60, 1, 60, 0);
    exchange_refused(-EPERM, RULE_EXTENT_ORDER);
    exchange(1UL << 60, 4, 1UL << 60, 4, 0);
    exchange_refused(-EINVAL, RULE_EXCHANGE_SHAPE);
    exchange(8, 0, 8, 0, 0)->nr_exchanged = 9;
    EXPECT(memory_exchange(ARG) == -EINVAL && fake_last_rule == RULE_PROGRESS);
    exchange(8, 0, 4, 1, 0)->nr_exchanged = 3; /* inside a chunk */
    exchange_refused(-EINVAL, RULE_PROGRESS);
    exchange(8, 0, 8, 0, 0)->out.domid = 2;
    exchange_refused(-EINVAL, RULE_EXCHANGE_SHAPE);
    exchange(8, 0, 8, 0, 0)->in.domid = 2;
    ((struct xen_memory_exchange *)guest)->out.domid = 2;
    exchange_refused(-EPERM, RULE_EXCHANGE_FOREIGN);
    /* an array whose start lies before the hypervisor and whose rest in it (XSA-212) */
    exchange(8, 0, 8, 0, 0)->out.extent_start.p = (xen_pfn_t *)(HV_VIRT_START - 8);
    exchange_refused(-EFAULT, RULE_GUEST_MEMORY);
    exchange(8, 0, 8, 0, 0)->out.extent_start.p = (xen_pfn_t *)~7UL;
    exchange_refused(-EFAULT, RULE_GUEST_MEMORY);
    expect_whole(8);
}

int main(void)
{
    RUN(populate_and_decrease);
    RUN(populate_stops_for_other_work);
    RUN(populate_limits);
    RUN(decrease_what_is_not_ones_own);
    RUN(decrease_of_a_frame_in_use);
    RUN(exchange_singles_for_a_run);
    RUN(exchange_that_fails_returns_all);
    RUN(exchange_beyond_the_allowance);
    RUN(exchange_told_too_late);
    RUN(exchange_stops_for_other_work);
    RUN(exchange_shapes);
    return UNIT_RESULT;
}
