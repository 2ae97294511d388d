/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * physdev_op, errno by errno: arguments that can't be read, lines and messages that there are not,
 * numbers that are taken.
 */
#include "harness.h"

#define NOWHERE ((void *)0x1000)

static long physdev(unsigned int command, void *argument)
{
    return hcall(__HYPERVISOR_physdev_op, command, argument);
}

TEST(physdev_op_faults)
{
    static const unsigned int commands[] = {PHYSDEVOP_irq_status_query,
                                            PHYSDEVOP_set_iopl,
                                            PHYSDEVOP_set_iobitmap,
                                            PHYSDEVOP_apic_read,
                                            PHYSDEVOP_apic_write,
                                            PHYSDEVOP_alloc_irq_vector,
                                            PHYSDEVOP_eoi,
                                            PHYSDEVOP_map_pirq,
                                            PHYSDEVOP_unmap_pirq,
                                            PHYSDEVOP_manage_pci_add,
                                            PHYSDEVOP_manage_pci_remove,
                                            PHYSDEVOP_manage_pci_add_ext,
                                            PHYSDEVOP_restore_msi,
                                            PHYSDEVOP_setup_gsi,
                                            PHYSDEVOP_get_free_pirq,
                                            PHYSDEVOP_pci_mmcfg_reserved,
                                            PHYSDEVOP_pci_device_add,
                                            PHYSDEVOP_pci_device_remove,
                                            PHYSDEVOP_restore_msi_ext,
                                            PHYSDEVOP_pirq_eoi_gmfn_v1,
                                            PHYSDEVOP_pirq_eoi_gmfn_v2,
                                            PHYSDEVOP_prepare_msix,
                                            PHYSDEVOP_release_msix};

    for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
        EXPECT_EQ(physdev(commands[i], NOWHERE), E(FAULT));
        EXPECT_EQ(physdev(commands[i], (void *)0xffff830000000000ul), E(FAULT));
    }
}

/* Lines: a number or a line that has another partner, several messages at once. */
TEST(physdev_op_map_taken)
{
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = 9, .pirq = 9};

    REQUIRE(physdev(PHYSDEVOP_map_pirq, &map) == 0);
    map.domid = 4321;
    EXPECT_EQ(physdev(PHYSDEVOP_map_pirq, &map), E(SRCH));
    EXPECT_EQ(physdev(PHYSDEVOP_unmap_pirq, &(struct physdev_unmap_pirq){.domid = 4321, .pirq = 9}),
              E(SRCH));
    map.domid = DOMID_SELF;
    map.index = 10;
    EXPECT_ON(physdev(PHYSDEVOP_map_pirq, &map), E(EXIST), 0); /* Xen tells its log, and not us */
    map = (struct physdev_map_pirq){.domid = DOMID_SELF,
                                    .type = MAP_PIRQ_TYPE_MULTI_MSI,
                                    .index = -1,
                                    .pirq = -1,
                                    .devfn = 8,
                                    .entry_nr = 4};
    EXPECT(physdev(PHYSDEVOP_map_pirq, &map) < 0);
    map = (struct physdev_map_pirq){
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = 9, .pirq = 100000};
    EXPECT(physdev(PHYSDEVOP_map_pirq, &map) < 0);
}

TEST(physdev_op_eoi_not_mapped)
{
    struct physdev_eoi eoi = {.irq = 13};
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = 11, .pirq = 512};

    EXPECT_EQ(physdev(PHYSDEVOP_eoi, &eoi), E(INVAL));
    EXPECT_EQ(physdev(PHYSDEVOP_map_pirq, &map), E(INVAL));
}

/* A line's wiring: the same again, other while in use, and of no I/O APIC. */
TEST(physdev_op_wiring)
{
    struct physdev_setup_gsi setup = {.gsi = 10, .triggering = 1, .polarity = 1};
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = 10, .pirq = 10};
    struct evtchn_bind_pirq bind = {.pirq = 10};
    struct evtchn_close close;

    EXPECT_EITHER(physdev(PHYSDEVOP_setup_gsi, &setup), 0, E(EXIST));
    EXPECT_EQ(physdev(PHYSDEVOP_setup_gsi, &setup), E(EXIST));
    REQUIRE(physdev(PHYSDEVOP_map_pirq, &map) == 0);
    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, &bind) == 0);
    setup.triggering = 0;
    setup.polarity = 0;
    EXPECT_EITHER(physdev(PHYSDEVOP_setup_gsi, &setup), E(BUSY), E(EXIST));
    close.port = bind.port;
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), 0);
    setup.gsi = 200;
    EXPECT_EQ(physdev(PHYSDEVOP_setup_gsi, &setup), E(INVAL));
}

/* A line that somebody holds without sharing, and the hypervisor's own. */
TEST(physdev_op_bind_busy)
{
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = 4, .pirq = 4};
    struct evtchn_bind_pirq bind = {.pirq = 4};

    if (physdev(PHYSDEVOP_map_pirq, &map) == 0) { /* the serial line's */
        EXPECT(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, &bind) < 0);
    }
}

/* A redirection entry of a line that nobody uses, written as it was. */
TEST(physdev_op_apic_write)
{
    struct physdev_apic apic = {.apic_physbase = 0xfec00000, .reg = 0x10 + 2 * 20};

    EXPECT_EQ(physdev(PHYSDEVOP_apic_read, &apic), 0);
    EXPECT_EQ(physdev(PHYSDEVOP_apic_write, &apic), 0);
    apic.apic_physbase = 0x12345000;
    EXPECT_EQ(physdev(PHYSDEVOP_apic_write, &apic), E(INVAL));
    EXPECT_EQ(physdev(PHYSDEVOP_apic_read, &apic), E(INVAL));
}

TEST(physdev_op_privilege_level)
{
    struct physdev_set_iopl iopl = {.iopl = 4};
    struct physdev_set_iobitmap bitmap = {.nr_ports = 65537};

    EXPECT_EQ(physdev(PHYSDEVOP_set_iopl, &iopl), E(INVAL));
    EXPECT_EQ(physdev(PHYSDEVOP_set_iobitmap, &bitmap), E(INVAL));
    bitmap.nr_ports = 64;
    set_xen_guest_handle(bitmap.bitmap, (uint8_t *)0xffff830000000000ul);
    EXPECT_EQ(physdev(PHYSDEVOP_set_iobitmap, &bitmap), E(INVAL));
    iopl.iopl = 0;
    EXPECT_EQ(physdev(PHYSDEVOP_set_iopl, &iopl), 0);
    set_xen_guest_handle(bitmap.bitmap, (uint8_t *)NULL);
    bitmap.nr_ports = 0;
    EXPECT_EQ(physdev(PHYSDEVOP_set_iobitmap, &bitmap), 0);
}

/* Devices that are reported, programmed again and forgotten, and one that is not there. */
TEST(physdev_op_pci)
{
    struct physdev_manage_pci old = {.bus = 0, .devfn = 0};
    struct physdev_manage_pci_ext ext = {.bus = 0, .devfn = 0};
    struct physdev_pci_device device = {.devfn = 0};
    struct physdev_pci_device_add add = {.devfn = 0};
    struct physdev_restore_msi restore = {.devfn = 0};
    struct physdev_pci_mmcfg_reserved window = {.address = 0xb0000000, .end_bus = 255};
    struct physdev_irq irq = {.irq = 9};

    EXPECT_EQ(physdev(PHYSDEVOP_manage_pci_add, &old), 0);
    EXPECT_EQ(physdev(PHYSDEVOP_manage_pci_add_ext, &ext), 0);
    EXPECT_EQ(physdev(PHYSDEVOP_pci_device_add, &add), 0);
    EXPECT_EQ(physdev(PHYSDEVOP_restore_msi, &restore), 0);
    EXPECT_EQ(physdev(PHYSDEVOP_restore_msi_ext, &device), 0);
    EXPECT_EQ(physdev(PHYSDEVOP_pci_device_remove, &device), 0);
    EXPECT_EQ(physdev(PHYSDEVOP_manage_pci_add, &old), 0);
    EXPECT_EQ(physdev(PHYSDEVOP_manage_pci_remove, &old), 0);
    EXPECT_EQ(physdev(PHYSDEVOP_alloc_irq_vector, &irq), 0);
    irq.irq = 5000;
    EXPECT_ON(physdev(PHYSDEVOP_alloc_irq_vector, &irq), E(INVAL), 0);
    if (!subject_is_mortise()) { /* Xen believes in any device, and ends over prepare_msix of one */
        return;
    }
    EXPECT_EQ(physdev(PHYSDEVOP_pci_mmcfg_reserved, &window), 0);
    window.start_bus = 200;
    window.end_bus = 100;
    EXPECT_EQ(physdev(PHYSDEVOP_pci_mmcfg_reserved, &window), E(INVAL));
    old.bus = ext.bus = device.bus = add.bus = restore.bus = 77;
    EXPECT_EQ(physdev(PHYSDEVOP_manage_pci_add, &old), E(NODEV));
    EXPECT_EQ(physdev(PHYSDEVOP_manage_pci_add_ext, &ext), E(NODEV));
    EXPECT_EQ(physdev(PHYSDEVOP_pci_device_add, &add), E(NODEV));
    EXPECT_EQ(physdev(PHYSDEVOP_restore_msi, &restore), E(NODEV));
    EXPECT_EQ(physdev(PHYSDEVOP_restore_msi_ext, &device), E(NODEV));
    EXPECT_EQ(physdev(PHYSDEVOP_prepare_msix, &device), E(NODEV));
    EXPECT_EQ(physdev(PHYSDEVOP_release_msix, &device), E(NODEV));
}

/* All numbers in use: none is given twice. */
TEST_ALONE(physdev_op_no_pirq)
{
    struct physdev_get_free_pirq get = {.type = MAP_PIRQ_TYPE_GSI};
    unsigned int count = 0;
    long ret;

    get.type = 77;
    EXPECT_ON(physdev(PHYSDEVOP_get_free_pirq, &get), E(INVAL), 0);
    get.type = MAP_PIRQ_TYPE_GSI;
    while ((ret = physdev(PHYSDEVOP_get_free_pirq, &get)) == 0 && count < 2000) {
        count++;
    }
    EXPECT_EQ(ret, E(NOSPC));
    EXPECT(count > 0 && count < 2000);
}

/* The page of end-of-interrupt bits, the older form of it: once, as well. */
TEST_ALONE(physdev_op_eoi_page_v1)
{
    static char page[PAGE_SIZE] __attribute__((aligned(4096)));
    struct physdev_pirq_eoi_gmfn gmfn = {.gmfn = 0xfffffff0ul};
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = 9, .pirq = 9};
    struct evtchn_bind_pirq bind = {.pirq = 9};
    struct physdev_eoi eoi = {.irq = 9};

    EXPECT_EQ(physdev(PHYSDEVOP_pirq_eoi_gmfn_v1, &gmfn), E(INVAL));
    gmfn.gmfn = mfn_of(page);
    EXPECT_EQ(physdev(PHYSDEVOP_pirq_eoi_gmfn_v1, &gmfn), 0);
    EXPECT_EQ(physdev(PHYSDEVOP_pirq_eoi_gmfn_v1, &gmfn), E(BUSY));
    EXPECT_EQ(physdev(PHYSDEVOP_pirq_eoi_gmfn_v2, &gmfn), E(BUSY));
    REQUIRE(physdev(PHYSDEVOP_map_pirq, &map) == 0);
    REQUIRE(hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, &bind) == 0);
    port_mask(bind.port, true);
    EXPECT_EQ(physdev(PHYSDEVOP_eoi, &eoi), 0);
    EXPECT(!port_masked(bind.port)); /* what v1 means */
}
