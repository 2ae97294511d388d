/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest without privilege: what it asks of the host, of the control domain and of itself that
 * only a toolstack may do, from inside. Nothing of it changes anything.
 */
#include "domain.h"

#include <xen/mortise.h>

static struct child c;

/* The argument is copied to the mailbox, and the call made there. */
#define CALL_WITH(number, command, argument)                                                       \
    ({                                                                                             \
        memcpy(c.mailbox->data, &(argument), sizeof(argument));                                    \
        child_call(&c, number, command, child_data());                                             \
    })
#define ASK(number, argument)                                                                      \
    ({                                                                                             \
        memcpy(c.mailbox->data, &(argument), sizeof(argument));                                    \
        child_call(&c, number, child_data());                                                      \
    })

TEST(powerless_control)
{
    static const unsigned int commands[] = {
        XEN_DOMCTL_createdomain,   XEN_DOMCTL_destroydomain,    XEN_DOMCTL_pausedomain,
        XEN_DOMCTL_unpausedomain,  XEN_DOMCTL_getdomaininfo,    XEN_DOMCTL_max_mem,
        XEN_DOMCTL_setvcpucontext, XEN_DOMCTL_getvcpucontext,   XEN_DOMCTL_max_vcpus,
        XEN_DOMCTL_scheduler_op,   XEN_DOMCTL_iomem_permission, XEN_DOMCTL_ioport_permission,
        XEN_DOMCTL_hypercall_init, XEN_DOMCTL_setvcpuaffinity,  XEN_DOMCTL_sendtrigger,
        XEN_DOMCTL_set_cpu_policy, XEN_DOMCTL_getpageframeinfo3};
    struct xen_domctl op = {.interface_version = XEN_DOMCTL_INTERFACE_VERSION};
    struct xen_sysctl sys = {.interface_version = XEN_SYSCTL_INTERFACE_VERSION};
    struct xen_platform_op platform = {.interface_version = XENPF_INTERFACE_VERSION,
                                       .cmd = XENPF_settime64};
    struct sched_remote_shutdown remote = {.domain_id = 0, .reason = SHUTDOWN_crash};

    /* some of its checks come before the question who asks */
    long on_xen = subject_is_mortise() ? E(PERM) : E(INVAL);

    child_make(&c);
    op.u.createdomain.max_vcpus = 1;
    op.u.createdomain.grant_opts = 1;
    for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
        op.cmd = commands[i];
        op.domain = 0;
        EXPECT_EITHER(ASK(__HYPERVISOR_domctl, op), E(PERM), on_xen);
        op.domain = c.id;
        EXPECT_EITHER(ASK(__HYPERVISOR_domctl, op), E(PERM), on_xen);
    }
    sys.cmd = XEN_SYSCTL_physinfo;
    EXPECT_EQ(ASK(__HYPERVISOR_sysctl, sys), E(PERM));
    sys.cmd = XEN_SYSCTL_getdomaininfolist;
    EXPECT_EQ(ASK(__HYPERVISOR_sysctl, sys), E(PERM));
    sys.cmd = XEN_SYSCTL_debug_keys;
    EXPECT_EQ(ASK(__HYPERVISOR_sysctl, sys), E(PERM));
    EXPECT_EQ(ASK(__HYPERVISOR_platform_op, platform), E(PERM));
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, remote), E(PERM));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_console_io, CONSOLEIO_write, 4, child_data()), E(PERM));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_console_io, CONSOLEIO_read, 4, child_data()), E(PERM));
    child_end(&c);
}

TEST(powerless_memory)
{
    struct xen_memory_reservation r = {.domid = 0, .nr_extents = 1};
    struct xen_foreign_memory_map map = {.domid = c.id};
    struct xen_mem_acquire_resource acquire = {.domid = 0, .nr_frames = 1};
    domid_t control = 0;

    child_make(&c);
    set_xen_guest_handle(r.extent_start, (xen_pfn_t *)(child_data() + 256));
    /* a failed reservation answers how many extents it did */
    EXPECT_EITHER(CALL_WITH(__HYPERVISOR_memory_op, XENMEM_populate_physmap, r), 0, E(PERM));
    EXPECT_EITHER(CALL_WITH(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, r), 0, E(PERM));
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_memory_op, XENMEM_current_reservation, control), E(PERM));
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_memory_op, XENMEM_maximum_reservation, control), E(PERM));
    memset(&r, 0, sizeof(r));
    r.domid = c.id;
    r.nr_extents = CHILD_PAGES + 4;
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_memory_op, XENMEM_claim_pages, r), E(PERM));
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_memory_op, XENMEM_machine_memory_map, map), E(PERM));
    map.domid = 0;
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_memory_op, XENMEM_set_memory_map, map), E(PERM));
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_memory_op, XENMEM_acquire_resource, acquire), E(PERM));
    child_end(&c);
}

static long update(uint64_t ptr, uint64_t val, uint32_t dom)
{
    mmu_update_t u = {.ptr = ptr, .val = val};

    memcpy(c.mailbox->data, &u, sizeof(u));
    return child_call(&c, __HYPERVISOR_mmu_update, child_data(), 1, 0, dom);
}

TEST(powerless_frames)
{
    struct mmuext_op op = {.cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = mfn_of(boot_l4)};
    uint64_t entry;

    child_make(&c);
    entry = ((uint64_t)c.mfns[CHILD_L1] << PAGE_SHIFT) + CHILD_FREE * 8;
    EXPECT_EITHER(update(entry, pte_make(mfn_of(boot_l4), PTE_RO), DOMID_SELF), E(INVAL), E(BUSY));
    EXPECT_EQ(update(entry, pte_make(mfn_of(boot_l4), PTE_RO), 0), E(PERM));
    EXPECT(update(entry, pte_make(0xfee00, PTE_RW), DOMID_IO) < 0);
    EXPECT(update(entry, pte_make(0xfee00, PTE_RW), DOMID_SELF) < 0);
    EXPECT(update(entry, pte_make(0xb8, PTE_RW), DOMID_SELF) < 0);
    EXPECT_EQ(update(machine_of(boot_l4), 0, DOMID_SELF), E(INVAL));
    EXPECT_EQ(update(machine_of(boot_l4) | MMU_MACHPHYS_UPDATE, 1, DOMID_SELF), E(INVAL));
    EXPECT_EQ(update(machine_of(boot_l4), 0, (1u << 16)), E(PERM)); /* the control domain's table */
    memcpy(c.mailbox->data, &op, sizeof(op));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_mmuext_op, child_data(), 1, 0, DOMID_SELF), E(INVAL));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_mmuext_op, child_data(), 1, 0, 0), E(PERM));
    EXPECT_EQ(child_call(&c, __HYPERVISOR_update_va_mapping_otherdomain, child_va(CHILD_FREE),
                         pte_make(mfn_of(boot_l4), PTE_RO), 0, 0),
              E(PERM));
    child_end(&c);
}

TEST(powerless_events)
{
    struct evtchn_alloc_unbound unbound = {.dom = 0, .remote_dom = DOMID_SELF};
    struct evtchn_status status = {.dom = 0, .port = 1};
    struct evtchn_reset reset = {.dom = 0};
    struct evtchn_bind_interdomain bind = {.remote_dom = 0, .remote_port = 1};
    struct evtchn_bind_pirq pirq = {.pirq = 4};
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = 4, .pirq = 4};
    struct physdev_apic apic = {.apic_physbase = 0xfec00000};

    child_make(&c);
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, unbound), E(PERM));
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_event_channel_op, EVTCHNOP_status, status), E(PERM));
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_event_channel_op, EVTCHNOP_reset, reset), E(PERM));
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, bind), E(INVAL));
    EXPECT(CALL_WITH(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, pirq) < 0);
    EXPECT(CALL_WITH(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, map) < 0);
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_physdev_op, PHYSDEVOP_apic_read, apic), E(PERM));
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_physdev_op, PHYSDEVOP_apic_write, apic), E(PERM));
    child_end(&c);
}

/* Ports read as ones, whoever the guest says it is, until the toolstack gives it one. */
TEST(powerless_ports)
{
    struct physdev_set_iopl iopl = {.iopl = 1};

    child_make(&c);
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, iopl), 0);
    EXPECT_EQ(child_job(&c, JOB_PORT, 0xcf8, 0), 0); /* the vCPU's own latch */
    EXPECT_EQ(child_job(&c, JOB_PORT, 0xcfc, 0), 0xffffffff);
    EXPECT_EQ(child_job(&c, JOB_PORT, 0x604, 0), 0xffffffff);
    EXPECT_EQ(child_job(&c, JOB_PORT, 0x64, 0), 0xffffffff);
    child_end(&c);
}

TEST(powerless_mortise)
{
    struct mortise_audit audit = {.interface_version = MORTISE_INTERFACE_VERSION};
    struct mortise_memory_info memory = {.interface_version = MORTISE_INTERFACE_VERSION};
    struct mortise_refusals refusals = {.interface_version = MORTISE_INTERFACE_VERSION};
    struct mortise_frames frames = {.interface_version = MORTISE_INTERFACE_VERSION};

    if (!subject_is_mortise()) {
        SKIP("the subject has no calls of Mortise's own");
    }
    child_make(&c);
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_mortise_op, MORTISE_audit, audit), E(PERM));
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_mortise_op, MORTISE_memory_info, memory), E(PERM));
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_mortise_op, MORTISE_refusals, refusals), E(PERM));
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_mortise_op, MORTISE_frames, frames), E(PERM));
    refusals.domid = DOMID_SELF;
    EXPECT_EQ(CALL_WITH(__HYPERVISOR_mortise_op, MORTISE_refusals, refusals), 0);
    /* the toolstack reads why the guest was refused */
    refusals =
        (struct mortise_refusals){.interface_version = MORTISE_INTERFACE_VERSION, .domid = c.id};
    EXPECT_EQ(hcall(__HYPERVISOR_mortise_op, MORTISE_refusals, &refusals), 0);
    child_end(&c);
}
