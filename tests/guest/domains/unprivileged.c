/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errnos that only a guest without privilege gets, call by call; and those of an operation on
 * another domain: its grant table as a resource, its ports, its end.
 */
#include "domain.h"

#include <xen/arch-x86/xen-mca.h>
#include <xen/mortise.h>

#define NOWHERE ((void *)0x1000)

static struct child c;

#define CALL_WITH(number, command, argument)                                                       \
    ({                                                                                             \
        memcpy(c.mailbox->data, &(argument), sizeof(argument));                                    \
        child_call(&c, number, command, child_data());                                             \
    })

TEST(unprivileged_physdev)
{
    static const unsigned int commands[] = {
        PHYSDEVOP_apic_read,         PHYSDEVOP_apic_write,        PHYSDEVOP_alloc_irq_vector,
        PHYSDEVOP_map_pirq,          PHYSDEVOP_unmap_pirq,        PHYSDEVOP_manage_pci_add,
        PHYSDEVOP_manage_pci_remove, PHYSDEVOP_restore_msi,       PHYSDEVOP_manage_pci_add_ext,
        PHYSDEVOP_setup_gsi,         PHYSDEVOP_get_free_pirq,     PHYSDEVOP_pci_mmcfg_reserved,
        PHYSDEVOP_pci_device_add,    PHYSDEVOP_pci_device_remove, PHYSDEVOP_restore_msi_ext,
        PHYSDEVOP_prepare_msix,      PHYSDEVOP_release_msix};
    static char zeros[64];

    child_make(&c);
    for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
        long ret = CALL_WITH(__HYPERVISOR_physdev_op, commands[i], zeros);

        if (subject_is_mortise()) {
            EXPECT_EQ(ret, E(PERM));
        } else { /* some of its checks come before the question who asks */
            EXPECT(ret < 0 || commands[i] == PHYSDEVOP_get_free_pirq);
        }
    }
    child_end(&c);
}

TEST(unprivileged_memory)
{
    struct xen_machphys_mfn_list list = {.max_extents = 1};
    struct xen_memory_exchange exchange = {.in = {.nr_extents = 1, .domid = 0},
                                           .out = {.nr_extents = 1, .domid = 0}};
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = 0};
    domid_t control = 0;

    child_make(&c);
    /* Xen tells any guest which frames hold the M2P */
    EXPECT_ON(CALL_WITH(__HYPERVISOR_memory_op, XENMEM_machphys_mfn_list, list), E(PERM), E(FAULT));
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_memory_op, XENMEM_maximum_gpfn, control), E(PERM));
    EXPECT(CALL_WITH(__HYPERVISOR_memory_op, XENMEM_exchange, exchange) < 0);
    set_xen_guest_handle(r.extent_start, (xen_pfn_t *)(child_data() + 256));
    EXPECT_EITHER(CALL_WITH(__HYPERVISOR_memory_op, XENMEM_increase_reservation, r), 0, E(PERM));
    child_end(&c);
}

TEST(unprivileged_tables)
{
    struct mmuext_op op = {.cmd = MMUEXT_FLUSH_CACHE};
    uint64_t entry, ram;
    mmu_update_t u;

    child_make(&c);
    memcpy(c.mailbox->data, &op, sizeof(op));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_mmuext_op, child_data(), 1, 0, DOMID_SELF), E(ACCES));
    op.cmd = MMUEXT_FLUSH_CACHE_GLOBAL;
    memcpy(c.mailbox->data, &op, sizeof(op));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_mmuext_op, child_data(), 1, 0, DOMID_SELF), E(INVAL));
    /* RAM is write-back, whatever a guest without devices asks (XSA-402) */
    entry = ((uint64_t)c.mfns[CHILD_L1] << PAGE_SHIFT) + CHILD_FREE * 8;
    ram = pte_make(c.mfns[CHILD_FREE], PTE_RW | PTE_PCD);
    u = (mmu_update_t){.ptr = entry, .val = ram};
    memcpy(c.mailbox->data, &u, sizeof(u));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_mmu_update, child_data(), 1, 0, DOMID_SELF), E(INVAL));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_update_va_mapping, child_va(CHILD_FREE), ram, 0),
              E(INVAL));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_update_va_mapping, child_va(CHILD_FREE),
                         pte_make(c.mfns[CHILD_FREE], PTE_RW | PTE_PAT), 0),
              E(INVAL));
    /* nor in a table that becomes one */
    REQUIRE(slot_map(SLOT_TEST, c.id, c.mfns[CHILD_FREE + 1], PTE_RW) == 0);
    *(volatile uint64_t *)slot_address(SLOT_TEST) = ram;
    slot_unmap(SLOT_TEST);
    EXPECT_EQ(child_call(&c, __HYPERVISOR_update_va_mapping, child_va(CHILD_FREE + 1),
                         pte_make(c.mfns[CHILD_FREE + 1], PTE_RO), UVMF_INVLPG),
              0);
    op = (struct mmuext_op){.cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = c.mfns[CHILD_FREE + 1]};
    memcpy(c.mailbox->data, &op, sizeof(op));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_mmuext_op, child_data(), 1, 0, DOMID_SELF), E(INVAL));
    /* and device memory is nobody's */
    EXPECT(child_call(&c, __HYPERVISOR_update_va_mapping, child_va(CHILD_FREE),
                      pte_make(0xfd000, PTE_RW), 0) < 0);
    u.val = pte_make(0xfd000, PTE_RW);
    memcpy(c.mailbox->data, &u, sizeof(u));
    EXPECT(child_call(&c, __HYPERVISOR_mmu_update, child_data(), 1, 0, DOMID_SELF) < 0);
    child_end(&c);
}

TEST(unprivileged_others)
{
    struct gnttab_setup_table setup = {.dom = 0, .nr_frames = 1};
    struct gnttab_query_size query = {.dom = 0};
    struct gnttab_get_version version = {.dom = 0};
    struct sched_pin_override pin = {.pcpu = 0};
    struct xen_mc mc = {.cmd = XEN_MC_physcpuinfo, .interface_version = XEN_MCA_INTERFACE_VERSION};
    xen_build_id_t id = {.len = 0};

    child_make(&c);
    memcpy(c.mailbox->data, &setup, sizeof(setup));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_grant_table_op, GNTTABOP_setup_table, child_data(), 1),
              0);
    EXPECT_EQ(((struct gnttab_setup_table *)c.mailbox->data)->status, GNTST_permission_denied);
    memcpy(c.mailbox->data, &query, sizeof(query));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_grant_table_op, GNTTABOP_query_size, child_data(), 1), 0);
    EXPECT_EQ(((struct gnttab_query_size *)c.mailbox->data)->status, GNTST_permission_denied);
    memcpy(c.mailbox->data, &version, sizeof(version));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_grant_table_op, GNTTABOP_get_version, child_data(), 1),
              E(PERM));
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_sched_op, SCHEDOP_pin_override, pin), E(PERM));
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_xen_version, XENVER_build_id, id), E(PERM));
    memcpy(c.mailbox->data, &mc, sizeof(mc));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_mca, child_data()), E(PERM));
    child_end(&c);
}

/* A domain that may have no mapping of others' frames gets none. */
TEST(grant_no_mappings)
{
    struct mmuext_op pin_root = {.cmd = MMUEXT_PIN_L4_TABLE};
    struct gnttab_map_grant_ref map = {
        .flags = GNTMAP_host_map, .ref = 1, .dom = DOMID_SELF, .host_addr = child_va(CHILD_FREE)};

    memset(&c, 0, sizeof(c));
    memset(&domctl_op, 0, sizeof(domctl_op));
    domctl_op.u.createdomain = (struct xen_domctl_createdomain){
        .max_vcpus = 1,
        .max_evtchn_port = 1023,
        .max_grant_frames = 4,
        .max_maptrack_frames = 0,
        .grant_opts = XEN_DOMCTL_GRANT_version(1),
    };
    REQUIRE(domctl(XEN_DOMCTL_createdomain, 0) == 0);
    c.id = domctl_op.domain;
    child_populate(&c, CHILD_PAGES);
    child_fill(&c);
    pin_root.arg1.mfn = c.mfns[CHILD_L4];
    REQUIRE(hcall(__HYPERVISOR_mmuext_op, &pin_root, 1, NULL, c.id) == 0);
    REQUIRE(child_context(&c, 0) == 0);
    REQUIRE(slot_map(SLOT_MAILBOX, c.id, c.mfns[CHILD_MAILBOX], PTE_RW) == 0);
    c.mailbox = slot_address(SLOT_MAILBOX);
    REQUIRE(domctl(XEN_DOMCTL_unpausedomain, c.id) == 0);
    map.dom = c.id;
    memcpy(c.mailbox->data, &map, sizeof(map));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, child_data(), 1),
              0);
    EXPECT_EQ(((struct gnttab_map_grant_ref *)c.mailbox->data)->status, GNTST_no_space);
    child_end(&c);
}
