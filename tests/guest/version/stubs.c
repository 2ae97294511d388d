/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stubs that porters compile against: guest-pv-headers' own, tried once for each form.
 */
#include "harness.h"

#include <pv/hypercall.h>

TEST(stubs_each_form)
{
    xen_extraversion_t extra;
    struct mmuext_op flush = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};
    multicall_entry_t calls[1] = {{.op = __HYPERVISOR_xen_version}};
    unsigned int done = 0;
    char *page = page_alloc();

    EXPECT_EQ(HYPERVISOR_xen_version(XENVER_version, NULL), 4 << 16 | 17);
    EXPECT_EQ(HYPERVISOR_xen_version(XENVER_extraversion, extra), 0);
    EXPECT_EQ(HYPERVISOR_mmuext_op(&flush, 1, &done, DOMID_SELF), 0);
    EXPECT_EQ(done, 1);
    EXPECT_EQ(HYPERVISOR_multicall(calls, 1), 0);
    EXPECT_EQ(calls[0].result, 4 << 16 | 17);
    EXPECT_EQ(HYPERVISOR_update_va_mapping((unsigned long)page, pte_make(mfn_of(page), PTE_RW),
                                           UVMF_INVLPG),
              0);
    EXPECT_EQ(HYPERVISOR_sched_op(SCHEDOP_yield, NULL), 0);
    EXPECT_EQ(HYPERVISOR_vcpu_op(VCPUOP_is_up, 0, NULL), 1);
    EXPECT_EQ(HYPERVISOR_set_timer_op(0), 0);
}
