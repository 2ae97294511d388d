/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments that can't be read, and results that can't be written: the call says -EFAULT, for each
 * sub-operation that has the one or the other. For the second a correct argument lies in a page
 * that is mapped read-only.
 */
#include "harness.h"

#include <xen/arch-x86/xen-mca.h>

#define NOWHERE 0x1000ul /* an address that nothing maps */

struct row {
    unsigned int number, command;
    const void *argument; /* what is right, or NULL */
    size_t bytes;
};

#define ROW(number, command, type, ...)                                                            \
    {                                                                                              \
        __HYPERVISOR_##number, command, &(const struct type){__VA_ARGS__}, sizeof(struct type)     \
    }
#define IN(number, command)                                                                        \
    {                                                                                              \
        __HYPERVISOR_##number, command, NULL, 0                                                    \
    }

/* A call with its argument at `at`: most have it second, grants with a count, vCPUs with a number.
 */
static long call_at(const struct row *row, const void *at)
{
    switch (row->number) {
    case __HYPERVISOR_grant_table_op:
        return hcall(row->number, row->command, at, 1);
    case __HYPERVISOR_vcpu_op:
        return hcall(row->number, row->command, 0, at);
    case __HYPERVISOR_mca:
    case __HYPERVISOR_platform_op:
    case __HYPERVISOR_sysctl:
    case __HYPERVISOR_domctl:
    case __HYPERVISOR_set_trap_table:
        return hcall(row->number, at);
    case __HYPERVISOR_mmu_update:
    case __HYPERVISOR_mmuext_op:
        return hcall(row->number, at, 1, 0, DOMID_SELF);
    case __HYPERVISOR_multicall:
        return hcall(row->number, at, 1);
    default:
        return hcall(row->number, row->command, at);
    }
}

static const struct row inputs[] = {
    IN(event_channel_op, EVTCHNOP_bind_interdomain),
    IN(event_channel_op, EVTCHNOP_bind_virq),
    IN(event_channel_op, EVTCHNOP_bind_pirq),
    IN(event_channel_op, EVTCHNOP_close),
    IN(event_channel_op, EVTCHNOP_send),
    IN(event_channel_op, EVTCHNOP_status),
    IN(event_channel_op, EVTCHNOP_alloc_unbound),
    IN(event_channel_op, EVTCHNOP_bind_ipi),
    IN(event_channel_op, EVTCHNOP_bind_vcpu),
    IN(event_channel_op, EVTCHNOP_unmask),
    IN(event_channel_op, EVTCHNOP_reset),
    IN(grant_table_op, GNTTABOP_map_grant_ref),
    IN(grant_table_op, GNTTABOP_unmap_grant_ref),
    IN(grant_table_op, GNTTABOP_setup_table),
    IN(grant_table_op, GNTTABOP_copy),
    IN(grant_table_op, GNTTABOP_query_size),
    IN(grant_table_op, GNTTABOP_unmap_and_replace),
    IN(grant_table_op, GNTTABOP_set_version),
    IN(grant_table_op, GNTTABOP_get_version),
    IN(grant_table_op, GNTTABOP_swap_grant_ref),
    IN(memory_op, XENMEM_current_reservation),
    IN(memory_op, XENMEM_maximum_reservation),
    IN(memory_op, XENMEM_maximum_gpfn),
    IN(memory_op, XENMEM_machphys_mfn_list),
    IN(memory_op, XENMEM_machphys_mapping),
    IN(memory_op, XENMEM_machine_memory_map),
    IN(memory_op, XENMEM_set_memory_map),
    IN(memory_op, XENMEM_exchange),
    IN(memory_op, XENMEM_acquire_resource),
    IN(physdev_op, PHYSDEVOP_irq_status_query),
    IN(physdev_op, PHYSDEVOP_set_iopl),
    IN(physdev_op, PHYSDEVOP_set_iobitmap),
    IN(physdev_op, PHYSDEVOP_apic_read),
    IN(physdev_op, PHYSDEVOP_apic_write),
    IN(physdev_op, PHYSDEVOP_alloc_irq_vector),
    IN(physdev_op, PHYSDEVOP_eoi),
    IN(physdev_op, PHYSDEVOP_map_pirq),
    IN(physdev_op, PHYSDEVOP_unmap_pirq),
    IN(physdev_op, PHYSDEVOP_setup_gsi),
    IN(physdev_op, PHYSDEVOP_get_free_pirq),
    IN(physdev_op, PHYSDEVOP_manage_pci_add),
    IN(physdev_op, PHYSDEVOP_manage_pci_remove),
    IN(physdev_op, PHYSDEVOP_manage_pci_add_ext),
    IN(physdev_op, PHYSDEVOP_pci_mmcfg_reserved),
    IN(physdev_op, PHYSDEVOP_pci_device_add),
    IN(physdev_op, PHYSDEVOP_pci_device_remove),
    IN(physdev_op, PHYSDEVOP_restore_msi),
    IN(physdev_op, PHYSDEVOP_restore_msi_ext),
    IN(physdev_op, PHYSDEVOP_pirq_eoi_gmfn_v1),
    IN(physdev_op, PHYSDEVOP_pirq_eoi_gmfn_v2),
    IN(physdev_op, PHYSDEVOP_prepare_msix),
    IN(physdev_op, PHYSDEVOP_release_msix),
    IN(sched_op, SCHEDOP_poll),
    IN(sched_op, SCHEDOP_remote_shutdown),
    IN(sched_op, SCHEDOP_watchdog),
    IN(sched_op, SCHEDOP_pin_override),
    IN(vcpu_op, VCPUOP_set_periodic_timer),
    IN(vcpu_op, VCPUOP_set_singleshot_timer),
    IN(vcpu_op, VCPUOP_register_runstate_memory_area),
    IN(vcpu_op, VCPUOP_register_vcpu_time_memory_area),
    IN(vcpu_op, VCPUOP_register_vcpu_info),
    IN(callback_op, CALLBACKOP_register),
    IN(callback_op, CALLBACKOP_unregister),
    IN(xen_version, XENVER_platform_parameters),
    IN(mca, 0),
    IN(platform_op, 0),
    IN(sysctl, 0),
    IN(domctl, 0),
    IN(set_trap_table, 0),
    IN(mmu_update, 0),
    IN(mmuext_op, 0),
    IN(multicall, 0),
};

TEST(fault_of_arguments)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(inputs); i++) {
        long rc = call_at(&inputs[i], (const void *)NOWHERE);

        if (rc != E(FAULT)) {
            FAIL("call %u, operation %u: %ld, not -EFAULT", inputs[i].number, inputs[i].command,
                 rc);
        }
    }
    /* of these three the answer is how many extents were done */
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_increase_reservation, NOWHERE), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, NOWHERE), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_populate_physmap, NOWHERE), 0);
}

static const struct row outputs[] = {
    ROW(event_channel_op, EVTCHNOP_bind_ipi, evtchn_bind_ipi, .vcpu = 0),
    ROW(event_channel_op, EVTCHNOP_bind_virq, evtchn_bind_virq, .virq = VIRQ_DEBUG),
    ROW(event_channel_op, EVTCHNOP_status, evtchn_status, .dom = DOMID_SELF, .port = 1),
    ROW(event_channel_op, EVTCHNOP_alloc_unbound, evtchn_alloc_unbound, .dom = DOMID_SELF,
        .remote_dom = DOMID_SELF),
    ROW(grant_table_op, GNTTABOP_map_grant_ref, gnttab_map_grant_ref, .flags = GNTMAP_host_map,
        .dom = 4321),
    ROW(grant_table_op, GNTTABOP_unmap_grant_ref, gnttab_unmap_grant_ref, .handle = 4321),
    ROW(grant_table_op, GNTTABOP_setup_table, gnttab_setup_table, .dom = DOMID_SELF),
    ROW(grant_table_op, GNTTABOP_copy, gnttab_copy, .len = 5000),
    ROW(grant_table_op, GNTTABOP_query_size, gnttab_query_size, .dom = DOMID_SELF),
    ROW(grant_table_op, GNTTABOP_unmap_and_replace, gnttab_unmap_and_replace, .handle = 4321),
    ROW(grant_table_op, GNTTABOP_set_version, gnttab_set_version, .version = 1),
    ROW(grant_table_op, GNTTABOP_get_version, gnttab_get_version, .dom = DOMID_SELF),
    ROW(grant_table_op, GNTTABOP_swap_grant_ref, gnttab_swap_grant_ref, .ref_a = 9, .ref_b = 9),
    ROW(memory_op, XENMEM_machphys_mfn_list, xen_machphys_mfn_list, .max_extents = 0),
    ROW(memory_op, XENMEM_machphys_mapping, xen_machphys_mapping, .v_start = 0),
    ROW(physdev_op, PHYSDEVOP_irq_status_query, physdev_irq_status_query, .irq = 9),
    ROW(physdev_op, PHYSDEVOP_apic_read, physdev_apic, .apic_physbase = 0xfec00000),
    ROW(physdev_op, PHYSDEVOP_alloc_irq_vector, physdev_irq, .irq = 9),
    ROW(physdev_op, PHYSDEVOP_map_pirq, physdev_map_pirq, .domid = DOMID_SELF,
        .type = MAP_PIRQ_TYPE_GSI, .index = 9, .pirq = 9),
    ROW(vcpu_op, VCPUOP_get_runstate_info, vcpu_runstate_info, .state = 0),
    ROW(xen_version, XENVER_platform_parameters, xen_platform_parameters, .virt_start = 0),
    ROW(xen_version, XENVER_get_features, xen_feature_info, .submap_idx = 0),
    ROW(platform_op, 0, xen_platform_op, .cmd = XENPF_get_cpuinfo,
        .interface_version = XENPF_INTERFACE_VERSION),
    ROW(platform_op, 0, xen_platform_op, .cmd = XENPF_get_cpu_version,
        .interface_version = XENPF_INTERFACE_VERSION),
    ROW(platform_op, 0, xen_platform_op, .cmd = XENPF_firmware_info,
        .interface_version = XENPF_INTERFACE_VERSION,
        .u.firmware_info.type = XEN_FW_KBD_SHIFT_FLAGS),
    ROW(mca, 0, xen_mc, .cmd = XEN_MC_physcpuinfo, .interface_version = XEN_MCA_INTERFACE_VERSION),
};

TEST(fault_of_results)
{
    char *page = page_alloc();

    for (unsigned int i = 0; i < ARRAY_SIZE(outputs); i++) {
        long rc;

        memset(page, 0, PAGE_SIZE);
        memcpy(page, outputs[i].argument, outputs[i].bytes);
        REQUIRE(page_protect(page) == 0);
        rc = call_at(&outputs[i], page);
        if (rc != E(FAULT)) {
            FAIL("call %u, operation %u: %ld, not -EFAULT", outputs[i].number, outputs[i].command,
                 rc);
        }
        EXPECT_EQ(memcmp(page, outputs[i].argument, outputs[i].bytes), 0);
        REQUIRE(page_unprotect(page) == 0);
    }
}

/* Strings and what goes with them are written as far as a page goes, and no further. */
TEST(fault_of_texts)
{
    static const unsigned int texts[] = {XENVER_extraversion, XENVER_compile_info,
                                         XENVER_capabilities, XENVER_changeset,
                                         XENVER_guest_handle, XENVER_commandline};
    char *page = page_alloc();

    REQUIRE(page_protect(page) == 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(texts); i++) {
        EXPECT_EQ(hcall(__HYPERVISOR_xen_version, texts[i], page), E(FAULT));
        EXPECT_EQ(hcall(__HYPERVISOR_xen_version, texts[i], NOWHERE), E(FAULT));
    }
    REQUIRE(page_unprotect(page) == 0);
}

/* Lists that an argument points to: each in a page that is not there, then in a read-only one. */
TEST(fault_of_lists)
{
    void *page = page_alloc();
    void *const places[] = {(void *)NOWHERE, page};

    REQUIRE(page_protect(page) == 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(places); i++) {
        struct gnttab_setup_table table = {.dom = DOMID_SELF, .nr_frames = 1};
        struct xen_machphys_mfn_list list = {.max_extents = 1};
        struct xen_memory_map map = {.nr_entries = 100};
        struct sched_poll poll = {.nr_ports = 2};
        static xen_mc_t mc;
        static struct xen_platform_op idle;
        long rc;

        set_xen_guest_handle(table.frame_list, places[i]);
        /* Xen has a status for it */
        rc = hcall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &table, 1);
        EXPECT_EQ(rc ? rc : table.status, rc ? E(FAULT) : GNTST_bad_virt_addr);
        set_xen_guest_handle(list.extent_start, places[i]);
        EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_machphys_mfn_list, &list), E(FAULT));
        set_xen_guest_handle(map.buffer, places[i]);
        EXPECT_EQ(hcall(__HYPERVISOR_memory_op, XENMEM_machine_memory_map, &map), E(FAULT));
        set_xen_guest_handle(poll.ports, (void *)NOWHERE);
        EXPECT_EQ(hcall(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll), E(FAULT));
        memset(&mc, 0, sizeof(mc));
        mc.cmd = XEN_MC_physcpuinfo;
        mc.interface_version = XEN_MCA_INTERFACE_VERSION;
        mc.u.mc_physcpuinfo.ncpus = 1;
        set_xen_guest_handle(mc.u.mc_physcpuinfo.info, places[i]);
        EXPECT_EQ(hcall(__HYPERVISOR_mca, &mc), E(FAULT));
        memset(&idle, 0, sizeof(idle));
        idle.cmd = XENPF_getidletime;
        idle.interface_version = XENPF_INTERFACE_VERSION;
        idle.u.getidletime.cpumap_nr_cpus = 1;
        set_xen_guest_handle(idle.u.getidletime.cpumap_bitmap, places[i]);
        set_xen_guest_handle(idle.u.getidletime.idletime, places[i]);
        EXPECT_EITHER(hcall(__HYPERVISOR_platform_op, &idle), E(FAULT), E(NOSYS));
    }
    REQUIRE(page_unprotect(page) == 0);
}

/* What was recorded of machine checks: nothing; and who asks for what nobody has. */
TEST(fault_records_none)
{
    static struct mc_info info;
    static xen_mc_t mc;

    mc.cmd = XEN_MC_fetch;
    set_xen_guest_handle(mc.u.mc_fetch.data, &info);
    mc.interface_version = XEN_MCA_INTERFACE_VERSION;
    mc.u.mc_fetch.flags = XEN_MC_NONURGENT;
    EXPECT_EQ(hcall(__HYPERVISOR_mca, &mc), 0);
    EXPECT(mc.u.mc_fetch.flags & XEN_MC_NODATA);
    mc.interface_version = 1;
    EXPECT_EQ(hcall(__HYPERVISOR_mca, &mc), E(ACCES));
    mc.interface_version = XEN_MCA_INTERFACE_VERSION;
    mc.cmd = 99;
    EXPECT(hcall(__HYPERVISOR_mca, &mc) < 0);
}
