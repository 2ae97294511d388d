/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Refusals that no other test comes by: interrupts, watchdogs, frames and grants of a domain's own.
 */
#include "harness.h"

static long physdev(unsigned int command, void *argument)
{
    return hcall(__HYPERVISOR_physdev_op, command, argument);
}

static long map_gsi(int gsi, int pirq)
{
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = gsi, .pirq = pirq};

    return physdev(PHYSDEVOP_map_pirq, &map);
}

static void unmap_pirq(int pirq)
{
    struct physdev_unmap_pirq unmap = {.domid = DOMID_SELF, .pirq = pirq};

    EXPECT_EQ(physdev(PHYSDEVOP_unmap_pirq, &unmap), 0);
}

/* A line has one number, and a number one line. */
TEST(refused_pirq_taken)
{
    REQUIRE(map_gsi(9, 9) == 0);
    EXPECT(map_gsi(9, 20) < 0);
    if (subject_is_mortise()) {
        EXPECT_EQ(map_gsi(9, 20), E(EXIST));
        EXPECT_EQ(map_gsi(10, 9), E(EXIST));
    }
    EXPECT_EQ(map_gsi(9, 9), 0);
    unmap_pirq(9);
}

/* The serial line's interrupt is the hypervisor's. */
TEST(refused_pirq_line)
{
    struct evtchn_bind_pirq bind = {.pirq = 4, .flags = BIND_PIRQ__WILL_SHARE};

    if (map_gsi(4, 4) == 0) {
        EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, &bind), E(BUSY));
        unmap_pirq(4);
    }
}

TEST(refused_pirq_messages)
{
    struct physdev_map_pirq map = {.domid = DOMID_SELF,
                                   .type = MAP_PIRQ_TYPE_MULTI_MSI,
                                   .index = -1,
                                   .pirq = -1,
                                   .entry_nr = 4};

    EXPECT(physdev(PHYSDEVOP_map_pirq, &map) < 0);
    if (subject_is_mortise()) {
        EXPECT_EQ(physdev(PHYSDEVOP_map_pirq, &map), E(OPNOTSUPP));
    }
}

/* Numbers that were set aside are all there are; and they come back. */
TEST(refused_pirq_none_free)
{
    static uint32_t numbers[1024];
    struct physdev_get_free_pirq op = {.type = MAP_PIRQ_TYPE_MSI};
    unsigned int count = 0;
    long ret = 0;

    while (count < ARRAY_SIZE(numbers) && (ret = physdev(PHYSDEVOP_get_free_pirq, &op)) == 0) {
        numbers[count++] = op.pirq;
    }
    EXPECT(count > 100 && count < ARRAY_SIZE(numbers));
    EXPECT_EQ(ret, E(NOSPC));
    while (count-- != 0) {
        if (subject_is_mortise()) {
            unmap_pirq((int)numbers[count]);
        }
    }
}

static long watchdog(uint32_t id, uint32_t seconds)
{
    struct sched_watchdog op = {.id = id, .timeout = seconds};

    return hcall(__HYPERVISOR_sched_op, SCHEDOP_watchdog, &op);
}

TEST(refused_watchdogs)
{
    if (!subject_is_mortise()) {
        SKIP("the subject sets a watchdog that nobody asked for");
    }
    EXPECT_EQ(watchdog(0, 0), E(INVAL));
    EXPECT_EQ(watchdog(3, 60), E(INVAL));
    EXPECT_EQ(watchdog(2, 60), E(INVAL));
    REQUIRE(watchdog(0, 600) == 1 && watchdog(0, 600) == 2);
    EXPECT_EQ(watchdog(0, 600), E(NOSPC));
    EXPECT_EQ(watchdog(1, 0), 0);
    EXPECT_EQ(watchdog(1, 60), E(INVAL));
    EXPECT_EQ(watchdog(2, 0), 0);
}

TEST(refused_reason)
{
    struct sched_shutdown op = {.reason = 99};

    if (!subject_is_mortise()) {
        SKIP("the subject takes any reason, and ends");
    }
    EXPECT_EQ(hcall(__HYPERVISOR_sched_op, SCHEDOP_shutdown_code, &op), E(INVAL));
    EXPECT_EQ(hcall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &op), E(INVAL));
}

/* A frame that the hypervisor shares with the domain can't be given back. */
TEST(refused_shared_frame)
{
    xen_pfn_t frame = start_info->shared_info >> PAGE_SHIFT;
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};

    if (!subject_is_mortise()) {
        SKIP("the subject counts it as given back, and keeps it");
    }
    set_xen_guest_handle(r.extent_start, &frame);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &r), 0);
}

#define REF 24u

TEST(refused_swap_in_use)
{
    char *page = page_alloc(), *window = page_alloc();
    struct gnttab_map_grant_ref map = {
        .host_addr = (uint64_t)window, .flags = GNTMAP_host_map, .ref = REF};
    struct gnttab_unmap_grant_ref unmap = {.host_addr = (uint64_t)window};
    struct gnttab_swap_grant_ref swap = {.ref_a = REF, .ref_b = REF + 1};
    grant_entry_v1_t *table = grants_get();

    REQUIRE(va_set(window, 0) == 0);
    table[REF] = (grant_entry_v1_t){.flags = GTF_permit_access, .frame = (uint32_t)mfn_of(page)};
    REQUIRE(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &map, 1) == 0);
    REQUIRE(map.status == GNTST_okay);
    EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_swap_grant_ref, &swap, 1), 0);
    EXPECT(swap.status != GNTST_okay);
    unmap.handle = map.handle;
    EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
    EXPECT_EQ(unmap.status, GNTST_okay);
    EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, GNTTABOP_swap_grant_ref, &swap, 1), 0);
    EXPECT_EQ(swap.status, GNTST_okay);
    table[REF + 1] = (grant_entry_v1_t){0};
    REQUIRE(page_unprotect(window) == 0);
}
