/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event_channel_op, errno by errno: what the other tests of the group have no reason to provoke.
 */
#include "event.h"

#define NOWHERE ((void *)0x1000)

/* Every operation that reads an argument says so when it can't. */
TEST(event_channel_op_faults)
{
    for (unsigned int op = EVTCHNOP_bind_interdomain; op <= EVTCHNOP_reset; op++) {
        EXPECT_EQ(evtchn(op, NOWHERE), E(FAULT));
        EXPECT_EQ(evtchn(op, (void *)0x0000800000000000ul), E(FAULT));
        EXPECT_EQ(evtchn(op, (void *)0xffff830000000000ul), E(FAULT));
    }
}

/* With all ports in use no operation makes another, and what it asked for is not half done. */
TEST(event_channel_op_no_port)
{
    static unsigned short taken[4096];
    struct evtchn_alloc_unbound unbound = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};
    struct evtchn_bind_ipi ipi = {.vcpu = 0};
    struct evtchn_bind_virq virq = {.virq = VIRQ_DEBUG, .vcpu = 0};
    struct evtchn_bind_interdomain inter = {.remote_dom = DOMID_SELF};
    struct evtchn_bind_pirq pirq = {.pirq = 9};
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = 9, .pirq = 9};
    unsigned int count = 0;

    REQUIRE(hcall(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, &map) == 0);
    REQUIRE(evtchn(EVTCHNOP_alloc_unbound, &unbound) == 0);
    inter.remote_port = unbound.port;
    while (evtchn(EVTCHNOP_bind_ipi, &ipi) == 0 && count < ARRAY_SIZE(taken)) {
        taken[count++] = (unsigned short)ipi.port;
    }
    EXPECT_EQ(evtchn(EVTCHNOP_alloc_unbound, &unbound), E(NOSPC));
    EXPECT_EQ(evtchn(EVTCHNOP_bind_virq, &virq), E(NOSPC));
    EXPECT_EQ(evtchn(EVTCHNOP_bind_interdomain, &inter), E(NOSPC));
    EXPECT_EQ(evtchn(EVTCHNOP_bind_pirq, &pirq), E(NOSPC));
    while (count > 0) {
        REQUIRE(port_close(taken[--count]) == 0);
    }
    EXPECT_EQ(evtchn(EVTCHNOP_bind_virq, &virq), 0);
    EXPECT_EQ(port_close(virq.port), 0);
    EXPECT_EQ(evtchn(EVTCHNOP_bind_interdomain, &inter), 0);
    EXPECT_EQ(port_close(inter.local_port), 0);
    EXPECT_EQ(port_close(inter.remote_port), 0);
    EXPECT_EQ(evtchn(EVTCHNOP_bind_pirq, &pirq), 0);
    EXPECT_EQ(port_close(pirq.port), 0);
}
