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
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_memory_op, XENMEM_machphys_mfn_list, list), E(PERM));
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
    EXPECT_EQ(child_call(&c, __HYPERVISOR_mmuext_op, child_data(), 1, 0, DOMID_SELF), E(ACCES));
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
