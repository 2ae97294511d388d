/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a domain was given and no more: mappings of grants until there are none left, all of which
 * go with it; its memory map as its toolstack wrote it; the frames of its grant table.
 */
#include "domain.h"

#include <xen/arch-x86/xen-mca.h>

#define REF   30
#define BATCH 100
#define REFS  100 /* so that none is mapped more often than an entry may be */

struct range {
    uint64_t at, size;
    uint32_t type;
} __attribute__((packed));

static long call_data(struct child *c, unsigned int number, unsigned int command, const void *data,
                      size_t bytes)
{
    memcpy(c->mailbox->data, data, bytes);
    return child_call(c, number, command, child_data());
}

TEST(limit_of_mappings)
{
    static struct gnttab_map_grant_ref maps[BATCH];
    struct gnttab_unmap_grant_ref unmap = {0};
    char *page = page_alloc();
    unsigned int taken = 0, refused = 0;
    grant_entry_v1_t *table = grants_get();
    struct child c;

    child_make(&c);
    for (unsigned int i = REF; i < REF + REFS; i++) {
        table[i].domid = c.id;
        table[i].frame = (uint32_t)mfn_of(page);
        table[i].flags = GTF_permit_access;
    }
    while (refused == 0 && taken < BATCH * (REFS - 1)) {
        for (unsigned int i = 0; i < BATCH; i++) {
            maps[i] = (struct gnttab_map_grant_ref){.flags = GNTMAP_device_map,
                                                    .ref = REF + taken / BATCH};
        }
        memcpy(c.mailbox->data, maps, sizeof(maps));
        EXPECT_EQ(child_call(&c, __HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, child_data(),
                             BATCH),
                  0);
        memcpy(maps, c.mailbox->data, sizeof(maps));
        for (unsigned int i = 0; i < BATCH; i++) {
            if (maps[i].status == GNTST_okay) {
                unmap.handle = maps[i].handle;
                unmap.dev_bus_addr = maps[i].dev_bus_addr;
                taken++;
            } else {
                EXPECT_EQ(maps[i].status, GNTST_no_space);
                refused++;
            }
        }
    }
    EXPECT(taken > 500 && taken < 9000);
    EXPECT(refused > 0);
    /* one goes, and one comes */
    memcpy(c.mailbox->data, &unmap, sizeof(unmap));
    EXPECT_EQ(
        child_call(&c, __HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, child_data(), 1), 0);
    memcpy(&unmap, c.mailbox->data, sizeof(unmap));
    EXPECT_EQ(unmap.status, GNTST_okay);
    maps[0] = (struct gnttab_map_grant_ref){.flags = GNTMAP_device_map, .ref = REF + REFS - 1};
    memcpy(c.mailbox->data, maps, sizeof(maps[0]));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, child_data(), 1),
              0);
    memcpy(maps, c.mailbox->data, sizeof(maps[0]));
    EXPECT_EQ(maps[0].status, GNTST_okay);
    EXPECT(table[REF].flags & GTF_writing);
    child_end(&c);
    for (unsigned int i = REF; i < REF + REFS; i++) {
        EXPECT_EQ(table[i].flags, GTF_permit_access);
        table[i].flags = 0;
    }
    books_clean("after a domain with all its mappings in use");
}

/* The map that a toolstack writes is the one that the domain reads, as far as it has room. */
TEST(limit_of_memory_map)
{
    struct range ranges[2] = {{0, 0x100000, 1}, {0x100000, 0x400000, 2}};
    struct xen_foreign_memory_map set = {.map = {.nr_entries = 2}};
    struct xen_memory_map get = {.nr_entries = 8};
    uint64_t place = child_data() + 256;
    struct child c;

    child_make(&c);
    EXPECT(call_data(&c, __HYPERVISOR_memory_op, XENMEM_memory_map, &get, sizeof(get)) < 0);
    set.domid = c.id;
    set_xen_guest_handle(set.map.buffer, (void *)0x1000);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_set_memory_map, &set), E(FAULT));
    set_xen_guest_handle(set.map.buffer, (void *)ranges);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_set_memory_map, &set), 0);
    set_xen_guest_handle(get.buffer, (void *)place);
    EXPECT_EQ(call_data(&c, __HYPERVISOR_memory_op, XENMEM_memory_map, &get, sizeof(get)), 0);
    memcpy(&get, c.mailbox->data, sizeof(get));
    EXPECT_EQ(get.nr_entries, 2);
    EXPECT_EQ(memcmp(c.mailbox->data + 256, ranges, sizeof(ranges)), 0);
    get.nr_entries = 1;
    EXPECT_EQ(call_data(&c, __HYPERVISOR_memory_op, XENMEM_memory_map, &get, sizeof(get)), 0);
    memcpy(&get, c.mailbox->data, sizeof(get));
    EXPECT_EQ(get.nr_entries, 1);
    set_xen_guest_handle(get.buffer, (void *)0x1000);
    EXPECT_EQ(call_data(&c, __HYPERVISOR_memory_op, XENMEM_memory_map, &get, sizeof(get)),
              E(FAULT));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_memory_op, XENMEM_memory_map, 0x1000), E(FAULT));
    child_end(&c);
}

/* A toolstack maps the frames of a guest's grant table: those that it may have, no others. */
TEST(limit_of_resources)
{
    struct xen_mem_acquire_resource op = {.type = XENMEM_resource_grant_table};
    xen_pfn_t frames[2] = {0};
    struct child c;

    child_make(&c);
    op.domid = c.id;
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &op), 0);
    EXPECT_EQ(op.nr_frames, 8);
    op.nr_frames = 2;
    set_xen_guest_handle(op.frame_list, frames);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &op), 0);
    EXPECT(frames[0] != 0 && frames[1] != 0 && frames[0] != frames[1]);
    op.frame = 8;
    op.nr_frames = 1;
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &op), E(INVAL));
    op.frame = ~0ul;
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &op), E(INVAL));
    op.frame = 0;
    set_xen_guest_handle(op.frame_list, (void *)0x1000);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &op), E(FAULT));
    set_xen_guest_handle(op.frame_list, frames);
    op.type = 77;
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &op), E(OPNOTSUPP));
    op.type = XENMEM_resource_grant_table;
    op.id = 77;
    EXPECT(hcall(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &op) < 0);
    child_end(&c);
}

/* From inside: calls about machine and hardware are not for a guest, and say so. */
TEST(limit_of_privilege)
{
    static const unsigned int physdev[] = {PHYSDEVOP_apic_read, PHYSDEVOP_map_pirq,
                                           PHYSDEVOP_get_free_pirq, PHYSDEVOP_setup_gsi};
    struct evtchn_bind_pirq pirq = {.pirq = 9};
    struct gnttab_query_size size = {.dom = 0};
    struct gnttab_get_version version = {.dom = 0};
    struct mmuext_op cache = {.cmd = MMUEXT_FLUSH_CACHE};
    struct child c;

    child_make(&c);
    memset(c.mailbox->data, 0, 512);
    EXPECT_EQ(child_call(&c, __HYPERVISOR_memory_op, XENMEM_machine_memory_map, child_data()),
              E(PERM));
    /* Xen tells anybody where the table lies */
    EXPECT(child_call(&c, __HYPERVISOR_memory_op, XENMEM_machphys_mfn_list, child_data()) < 0 ||
           !subject_is_mortise());
    memset(c.mailbox->data, 0, 512);
    for (unsigned int i = 0; i < ARRAY_SIZE(physdev); i++) {
        /* Xen lets a guest have numbers that lead nowhere */
        EXPECT(child_call(&c, __HYPERVISOR_physdev_op, physdev[i], child_data()) < 0 ||
               !subject_is_mortise());
    }
    EXPECT_EQ(child_call(&c, __HYPERVISOR_mca, child_data(), 0), E(PERM));
    memcpy(c.mailbox->data, (uint32_t[]){XENPF_get_cpuinfo, XENPF_INTERFACE_VERSION}, 8);
    EXPECT_EQ(child_call(&c, __HYPERVISOR_platform_op, child_data(), 0), E(PERM));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_sched_op, SCHEDOP_pin_override, child_data()), E(PERM));
    EXPECT(call_data(&c, __HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, &pirq, sizeof(pirq)) <
           0);
    memcpy(c.mailbox->data, &size, sizeof(size));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_grant_table_op, GNTTABOP_query_size, child_data(), 1), 0);
    memcpy(&size, c.mailbox->data, sizeof(size));
    EXPECT_EQ(size.status, GNTST_permission_denied);
    memcpy(c.mailbox->data, &version, sizeof(version));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_grant_table_op, GNTTABOP_get_version, child_data(), 1),
              E(PERM));
    memcpy(c.mailbox->data, &cache, sizeof(cache));
    EXPECT(child_call(&c, __HYPERVISOR_mmuext_op, child_data(), 1, 0, DOMID_SELF) < 0);
    EXPECT_EQ(child_call(&c, __HYPERVISOR_vcpu_op, VCPUOP_get_physid, 0, child_data()), E(INVAL));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_xen_version, XENVER_commandline, child_data()), 0);
    EXPECT_EQ(memcmp(c.mailbox->data, "<denied>", 9), 0);
    child_end(&c);
}
