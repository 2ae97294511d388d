/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * physdev_op of a control domain: what Linux asks at boot, and garbage in each argument.
 */
#include "harness.h"

static long physdev(unsigned int command, void *argument)
{
    return hcall(__HYPERVISOR_physdev_op, command, argument);
}

TEST(physdev_apic)
{
    struct physdev_apic apic = {.apic_physbase = 0xfec00000, .reg = 1};

    EXPECT_EQ(physdev(PHYSDEVOP_apic_read, &apic), 0);
    /* The version register: 24 entries in QEMU's I/O APIC. */
    EXPECT_EQ(apic.value >> 16 & 0xff, 23);
    apic.apic_physbase = 0x12345000;
    EXPECT(physdev(PHYSDEVOP_apic_read, &apic) != 0);
    EXPECT(physdev(PHYSDEVOP_apic_write, &apic) != 0);
    EXPECT_EQ(physdev(PHYSDEVOP_apic_read, (void *)0x1000), E(FAULT));
}

TEST(physdev_irq_status)
{
    struct physdev_irq_status_query query = {.irq = 9};

    EXPECT_EQ(physdev(PHYSDEVOP_irq_status_query, &query), 0);
    query.irq = 100000;
    EXPECT_EQ(physdev(PHYSDEVOP_irq_status_query, &query), E(INVAL));
    query.irq = 0xffffffff;
    EXPECT_EQ(physdev(PHYSDEVOP_irq_status_query, &query), E(INVAL));
}

TEST(physdev_eoi)
{
    struct physdev_eoi eoi = {.irq = 100000};

    EXPECT_EQ(physdev(PHYSDEVOP_eoi, &eoi), E(INVAL));
    EXPECT_EQ(physdev(PHYSDEVOP_eoi, (void *)0x1000), E(FAULT));
}

TEST(physdev_map_pirq)
{
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = 9, .pirq = 9};
    struct physdev_unmap_pirq unmap = {.domid = DOMID_SELF, .pirq = 100000};

    EXPECT_EQ(physdev(PHYSDEVOP_map_pirq, &map), 0);
    EXPECT_EQ(map.pirq, 9);
    map.domid = 4321;
    EXPECT_EQ(physdev(PHYSDEVOP_map_pirq, &map), E(SRCH));
    map.domid = DOMID_SELF;
    map.type = 77;
    EXPECT(physdev(PHYSDEVOP_map_pirq, &map) != 0);
    map.type = MAP_PIRQ_TYPE_GSI;
    map.index = 100000;
    EXPECT(physdev(PHYSDEVOP_map_pirq, &map) != 0);
    map.index = -2;
    EXPECT(physdev(PHYSDEVOP_map_pirq, &map) != 0);
    EXPECT(physdev(PHYSDEVOP_unmap_pirq, &unmap) != 0);
    unmap.pirq = -1;
    EXPECT(physdev(PHYSDEVOP_unmap_pirq, &unmap) != 0);
}

/* A message-signalled interrupt of a device that is not there. */
TEST(physdev_map_msi_absent)
{
    struct physdev_map_pirq map = {.domid = DOMID_SELF,
                                   .type = MAP_PIRQ_TYPE_MSI,
                                   .index = -1,
                                   .pirq = -1,
                                   .bus = 77,
                                   .devfn = 8};

    EXPECT(physdev(PHYSDEVOP_map_pirq, &map) != 0);
    map.type = MAP_PIRQ_TYPE_MSI_SEG;
    map.bus = 0x10000 * 5;
    EXPECT(physdev(PHYSDEVOP_map_pirq, &map) != 0);
}

TEST(physdev_setup_gsi)
{
    struct physdev_setup_gsi setup = {.gsi = 11, .triggering = 1, .polarity = 1};

    EXPECT_EITHER(physdev(PHYSDEVOP_setup_gsi, &setup), 0, E(EXIST));
    EXPECT_EITHER(physdev(PHYSDEVOP_setup_gsi, &setup), E(EXIST), 0);
    setup.gsi = 100000;
    EXPECT_EQ(physdev(PHYSDEVOP_setup_gsi, &setup), E(INVAL));
    setup.gsi = -1;
    EXPECT_EQ(physdev(PHYSDEVOP_setup_gsi, &setup), E(INVAL));
}

TEST(physdev_bind_pirq)
{
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = 9, .pirq = 9};
    struct evtchn_bind_pirq bind = {.pirq = 9, .flags = BIND_PIRQ__WILL_SHARE};
    struct evtchn_bind_pirq bad = {.pirq = 100000};
    struct evtchn_status status = {.dom = DOMID_SELF};
    struct evtchn_close close;

    REQUIRE(physdev(PHYSDEVOP_map_pirq, &map) == 0);
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, &bind), 0);
    status.port = bind.port;
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_status, &status), 0);
    EXPECT_EQ(status.status, EVTCHNSTAT_pirq);
    EXPECT_EQ(status.u.pirq, 9);
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, &bind), E(EXIST));
    EXPECT(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, &bad) != 0);
    close.port = status.port;
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, &bind), 0);
    close.port = bind.port;
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), 0);
}

/* The page of end-of-interrupt bits: one's own writable frame, once. */
TEST_ALONE(physdev_eoi_page)
{
    static char page[PAGE_SIZE] __attribute__((aligned(4096)));
    struct physdev_pirq_eoi_gmfn gmfn = {.gmfn = 0xfffffff0ul};

    EXPECT(physdev(PHYSDEVOP_pirq_eoi_gmfn_v2, &gmfn) != 0);
    gmfn.gmfn = mfn_of(boot_l4);
    EXPECT(physdev(PHYSDEVOP_pirq_eoi_gmfn_v2, &gmfn) != 0);
    gmfn.gmfn = mfn_of(page);
    EXPECT_EQ(physdev(PHYSDEVOP_pirq_eoi_gmfn_v2, &gmfn), 0);
    EXPECT_EQ(physdev(PHYSDEVOP_pirq_eoi_gmfn_v2, &gmfn), E(BUSY));
    /* It stays writable for good: no page table out of it. */
    EXPECT(page_protect(page) != 0 || pin(1, page) != 0);
}

TEST(physdev_unknown)
{
    uint64_t page[64] = {0};

    EXPECT_EQ(physdev(100, page), E(NOSYS));
    EXPECT_EQ(physdev(0xffffffff, page), E(NOSYS));
}
