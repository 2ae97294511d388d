/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map_pirq of messages, errno by errno: entries that the table does not have, a table elsewhere, a
 * message that is taken, no number left.
 */
#include "pci.h"

static struct physdev_map_pirq message(unsigned int devfn, int entry)
{
    unsigned int at = capability_find(devfn, CAPABILITY_MSIX);
    uint32_t where = config_read(devfn, at + 4, 4);

    return (struct physdev_map_pirq){.domid = DOMID_SELF,
                                     .type = MAP_PIRQ_TYPE_MSI_SEG,
                                     .index = -1,
                                     .pirq = -1,
                                     .devfn = (int)devfn,
                                     .entry_nr = entry,
                                     .table_base = bar_start(devfn, where & 7)};
}

TEST_ALONE(map_pirq_message_errors)
{
    unsigned int devfn = device_find(DEVICE_XHCI);
    struct physdev_map_pirq map = message(devfn, 5000), again;
    struct physdev_unmap_pirq unmap = {.domid = DOMID_SELF};

    EXPECT_EQ(physdev(PHYSDEVOP_map_pirq, &map), E(INVAL));
    map = message(devfn, -1);
    EXPECT(physdev(PHYSDEVOP_map_pirq, &map) < 0);
    if (subject_is_mortise()) { /* Xen takes a table that is not there */
        map = message(devfn, 0);
        map.table_base += 0x100000;
        EXPECT_EQ(physdev(PHYSDEVOP_map_pirq, &map), E(INVAL));
    }
    map = message(devfn, 1);
    REQUIRE(physdev(PHYSDEVOP_map_pirq, &map) == 0);
    again = message(devfn, 1);
    EXPECT_ON(physdev(PHYSDEVOP_map_pirq, &again), E(BUSY), 0);
    unmap.pirq = map.pirq;
    EXPECT_EQ(physdev(PHYSDEVOP_unmap_pirq, &unmap), 0);
    EXPECT_EQ(physdev(PHYSDEVOP_unmap_pirq, &unmap), E(INVAL));
}

/* With every number in use a message gets none, and the device is as it was. */
TEST_ALONE(map_pirq_no_number)
{
    unsigned int devfn = device_find(DEVICE_XHCI), count = 0;
    struct physdev_map_pirq map = message(devfn, 1);
    struct physdev_get_free_pirq get = {.type = MAP_PIRQ_TYPE_MSI};

    while (physdev(PHYSDEVOP_get_free_pirq, &get) == 0 && count < 2000) {
        count++;
    }
    EXPECT(count > 0 && count < 2000);
    EXPECT(physdev(PHYSDEVOP_map_pirq, &map) < 0);
    EXPECT(config_read(devfn, 0, 4) == DEVICE_XHCI);
}
