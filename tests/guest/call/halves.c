/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments of 32 bits in registers of 64 (XSA-454's ground): garbage in the upper half changes
 * nothing, or is refused; it never reaches an assertion or an index.
 */
#include "harness.h"

#define DIRT 0xdeadbeef00000000ul

TEST(halves_commands)
{
    static xen_extraversion_t extra;

    EXPECT_EQ(hcall(__HYPERVISOR_xen_version, DIRT | XENVER_version, NULL), 4 << 16 | 17);
    EXPECT_EQ(hcall(__HYPERVISOR_xen_version, DIRT | XENVER_extraversion, extra), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_sched_op, DIRT | SCHEDOP_yield, NULL), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_console_io, DIRT | CONSOLEIO_write, DIRT, extra), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_vcpu_op, DIRT | VCPUOP_is_up, DIRT, NULL), 1);
    EXPECT_EQ(hcall(__HYPERVISOR_vm_assist, DIRT | VMASST_CMD_enable,
                    DIRT | VMASST_TYPE_pae_extended_cr3),
              0);
    EXPECT_EQ(hcall(__HYPERVISOR_event_channel_op, DIRT | EVTCHNOP_close,
                    &(struct evtchn_close){.port = 0}),
              E(INVAL));
    EXPECT_EQ(hcall(__HYPERVISOR_set_segment_base, DIRT | SEGBASE_FS, 0), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_fpu_taskswitch, DIRT), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_get_debugreg, DIRT | 7) & ~0x400l, 0);
}

TEST(halves_counts)
{
    mmu_update_t update = {.ptr = machine_of(page_alloc()), .val = 7};
    struct mmuext_op op = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};
    static multicall_entry_t call = {.op = __HYPERVISOR_xen_version};

    EXPECT_EQ(hcall(__HYPERVISOR_mmu_update, &update, DIRT | 1, NULL, DIRT | DOMID_SELF), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_mmuext_op, &op, DIRT | 1, NULL, DIRT | DOMID_SELF), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_multicall, &call, DIRT | 1), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_grant_table_op, DIRT | GNTTABOP_copy, NULL, DIRT), 0);
    EXPECT_EQ(hcall(__HYPERVISOR_set_gdt, NULL, DIRT), 0);
}

/* The number of the call itself. */
TEST(halves_number)
{
    EXPECT_EITHER(hcall_raw((long)(DIRT | __HYPERVISOR_xen_version), XENVER_version, 0),
                  4 << 16 | 17, E(NOSYS));
}
