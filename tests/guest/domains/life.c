/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain's life as its toolstack sees it: made, filled, started, asked, paused, ended.
 */
#include "domain.h"

TEST(domain_run)
{
    struct xen_domctl_getdomaininfo info;
    struct child c;
    domid_t id;

    child_make(&c);
    id = c.id;
    EXPECT_EQ(child_call(&c, __HYPERVISOR_xen_version, XENVER_version), 4 << 16 | 17);
    EXPECT_EQ(c.mailbox->start_info, child_va(CHILD_START_INFO));
    EXPECT(child_info(c.id, &info));
    EXPECT_EQ(info.tot_pages, CHILD_PAGES);
    EXPECT_EQ(info.nr_online_vcpus, 1);
    EXPECT_EQ(info.max_vcpu_id, 0);
    EXPECT_EQ(info.flags & (XEN_DOMINF_paused | XEN_DOMINF_dying | XEN_DOMINF_shutdown), 0);
    EXPECT(info.cpu_time > 0);
    EXPECT_EQ(info.handle[0], 0xc4);
    child_end(&c);
    EXPECT(!child_exists(id));
    EXPECT_EQ(domctl(XEN_DOMCTL_destroydomain, id), E(SRCH));
}
