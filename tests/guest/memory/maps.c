/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the memory maps say: the machine's for a control domain, the domain's own, the extent of
 * the M2P; and the sub-operations that nobody knows.
 */
#define __XEN_TOOLS__ 1
#include "harness.h"

struct range {
    uint64_t at, size;
    uint32_t type;
} __attribute__((packed));

static struct range ranges[128];

static long map_get(unsigned int command, unsigned int room, unsigned int *count)
{
    struct xen_memory_map map = {.nr_entries = room};
    long ret;

    set_xen_guest_handle(map.buffer, (void *)ranges);
    ret = hcall(__HYPERVISOR_memory_op, command, &map);
    *count = map.nr_entries;
    return ret;
}

TEST(maps_machine)
{
    unsigned int count = 0, all;
    uint64_t ram = 0;

    EXPECT_EQ(map_get(XENMEM_machine_memory_map, ARRAY_SIZE(ranges), &count), 0);
    EXPECT(count > 1 && count < ARRAY_SIZE(ranges));
    all = count;
    for (unsigned int i = 0; i < count; i++) {
        ram += ranges[i].type == 1 ? ranges[i].size : 0;
        if (i > 0 && ranges[i].at < ranges[i - 1].at + ranges[i - 1].size) {
            FAIL("range %u overlaps the one before", i);
        }
    }
    EXPECT(ram >= start_info->nr_pages * PAGE_SIZE);
    /* Too little room: refused or cut, never written past. */
    ranges[1].type = 0x7777;
    map_get(XENMEM_machine_memory_map, 1, &count);
    EXPECT(count <= all);
    EXPECT_EQ(ranges[1].type, 0x7777);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_machine_memory_map, 0x1000), E(FAULT));
}

TEST(maps_own)
{
    unsigned int count = 0;
    long ret = map_get(XENMEM_memory_map, ARRAY_SIZE(ranges), &count);

    /* Nobody set one for a control domain. */
    EXPECT_EITHER(ret, 0, E(NOSYS));
}

TEST(maps_ram_page)
{
    long top = hcall(__HYPERVISOR_memory_op, XENMEM_maximum_ram_page, NULL);

    EXPECT(top > 0 && (unsigned long)top >= mfn_of(page_alloc()));
}

TEST(maps_machphys_list)
{
    xen_pfn_t frames[4];
    struct xen_machphys_mfn_list list = {.max_extents = 4};

    set_xen_guest_handle(list.extent_start, frames);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_machphys_mfn_list, &list), 0);
    EXPECT(list.nr_extents <= 4 && list.nr_extents > 0);
}

/* The M2P ends where it says: behind it there is nothing to read, and no crash. */
TEST(maps_m2p_edges)
{
    struct xen_machphys_mapping mapping;

    REQUIRE(hcall(__HYPERVISOR_memory_op, XENMEM_machphys_mapping, &mapping) == 0);
    probe_read((unsigned long *)mapping.v_start + mapping.max_mfn);
    probe_read((void *)(mapping.v_end - 8));
    probe_read((void *)mapping.v_end);
    probe_read((void *)(mapping.v_start - 8));
    EXPECT(fault_last()->taken);
    probe_read((unsigned long *)mapping.v_start + mfn_of(boot_l4));
    EXPECT_NO_FAULT();
}

TEST(maps_unknown)
{
    static const unsigned int commands[] = {8, 33, 50, 63};

    for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
        EXPECT_EQ(hcall(__HYPERVISOR_memory_op, commands[i], 0x1000), E(NOSYS));
    }
}

/* Numbers that a toolstack asks for, and operations of domains that are not this kind. */
TEST(maps_numbers)
{
    domid_t self = DOMID_SELF, nobody = 4321;
    struct xen_reserved_device_memory_map reserved = {.nr_entries = 4};
    static char argument[128];

    EXPECT(hcall(__HYPERVISOR_memory_op, XENMEM_maximum_gpfn, &self) >= 0);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_maximum_gpfn, &nobody), E(SRCH));
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_get_sharing_freed_pages, NULL), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_get_sharing_shared_pages, NULL), 0);
    *(domid_t *)argument = DOMID_SELF;
    EXPECT(hcall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch, argument) < 0);
    EXPECT(hcall(__HYPERVISOR_memory_op, XENMEM_get_vnumainfo, argument) < 0);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_reserved_device_memory_map, &reserved), 0);
    reserved.flags = 0x80;
    EXPECT(hcall(__HYPERVISOR_memory_op, XENMEM_reserved_device_memory_map, &reserved) < 0);
}
