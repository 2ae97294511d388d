/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of an event channel: each way to get a port, what its status says, closing, and the
 * errno of every misuse; ports of a closed channel are free again and say nothing of the past.
 */
#include "event.h"

TEST(event_alloc_unbound)
{
    struct evtchn_alloc_unbound alloc = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};
    struct evtchn_status status = {.dom = DOMID_SELF};

    EXPECT_EQ(evtchn(EVTCHNOP_alloc_unbound, &alloc), 0);
    EXPECT(alloc.port != 0);
    status.port = alloc.port;
    EXPECT_EQ(evtchn(EVTCHNOP_status, &status), 0);
    EXPECT_EQ(status.status, EVTCHNSTAT_unbound);
    EXPECT_EQ(status.u.unbound.dom, 0);
    EXPECT_EQ(port_close(alloc.port), 0);
    EXPECT_EQ(evtchn(EVTCHNOP_status, &status), 0);
    EXPECT_EQ(status.status, EVTCHNSTAT_closed);
    EXPECT_EQ(port_close(alloc.port), E(INVAL));
}

TEST(event_alloc_errors)
{
    struct evtchn_alloc_unbound alloc = {.dom = 4321, .remote_dom = DOMID_SELF};

    EXPECT_EQ(evtchn(EVTCHNOP_alloc_unbound, &alloc), E(SRCH));
    EXPECT_EQ(evtchn(EVTCHNOP_alloc_unbound, (void *)0x1000), E(FAULT));
}

TEST(event_interdomain_with_self)
{
    struct evtchn_alloc_unbound alloc = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};
    struct evtchn_bind_interdomain bind = {.remote_dom = DOMID_SELF};
    struct evtchn_status status = {.dom = DOMID_SELF};

    REQUIRE(evtchn(EVTCHNOP_alloc_unbound, &alloc) == 0);
    bind.remote_port = alloc.port;
    EXPECT_EQ(evtchn(EVTCHNOP_bind_interdomain, &bind), 0);
    EXPECT(bind.local_port != 0 && bind.local_port != alloc.port);
    status.port = bind.local_port;
    EXPECT_EQ(evtchn(EVTCHNOP_status, &status), 0);
    EXPECT_EQ(status.status, EVTCHNSTAT_interdomain);
    EXPECT_EQ(status.u.interdomain.dom, 0);
    EXPECT_EQ(status.u.interdomain.port, alloc.port);
    /* Each end rings the other. */
    port_clear(alloc.port);
    port_clear(bind.local_port);
    EXPECT_EQ(port_send(bind.local_port), 0);
    EXPECT(port_pending(alloc.port));
    EXPECT(!port_pending(bind.local_port));
    EXPECT_EQ(port_send(alloc.port), 0);
    EXPECT(port_pending(bind.local_port));
    /* A closed end leaves the other unbound, for the same domain. */
    EXPECT_EQ(port_close(bind.local_port), 0);
    status.port = alloc.port;
    EXPECT_EQ(evtchn(EVTCHNOP_status, &status), 0);
    EXPECT_EQ(status.status, EVTCHNSTAT_unbound);
    EXPECT_EQ(evtchn(EVTCHNOP_bind_interdomain, &bind), 0);
    EXPECT_EQ(port_close(alloc.port), 0);
    status.port = bind.local_port;
    EXPECT_EQ(evtchn(EVTCHNOP_status, &status), 0);
    EXPECT_EQ(status.status, EVTCHNSTAT_unbound);
    EXPECT_EQ(port_close(bind.local_port), 0);
}

TEST(event_interdomain_errors)
{
    struct evtchn_bind_interdomain bind = {.remote_dom = 4321, .remote_port = 1};
    unsigned int ipi = port_ipi(0);

    EXPECT_EQ(evtchn(EVTCHNOP_bind_interdomain, &bind), E(SRCH));
    bind.remote_dom = DOMID_SELF;
    bind.remote_port = 0xffffffff;
    EXPECT_EQ(evtchn(EVTCHNOP_bind_interdomain, &bind), E(INVAL));
    bind.remote_port = 4096;
    EXPECT_EQ(evtchn(EVTCHNOP_bind_interdomain, &bind), E(INVAL));
    /* A port that waits for nobody. */
    bind.remote_port = ipi;
    EXPECT_EQ(evtchn(EVTCHNOP_bind_interdomain, &bind), E(INVAL));
    bind.remote_port = 0;
    EXPECT_EQ(evtchn(EVTCHNOP_bind_interdomain, &bind), E(INVAL));
    EXPECT_EQ(port_close(ipi), 0);
}

TEST(event_ipi)
{
    struct evtchn_bind_ipi bind = {.vcpu = 0};
    struct evtchn_status status = {.dom = DOMID_SELF};

    EXPECT_EQ(evtchn(EVTCHNOP_bind_ipi, &bind), 0);
    status.port = bind.port;
    EXPECT_EQ(evtchn(EVTCHNOP_status, &status), 0);
    EXPECT_EQ(status.status, EVTCHNSTAT_ipi);
    EXPECT_EQ(status.vcpu, 0);
    port_clear(bind.port);
    EXPECT_EQ(port_send(bind.port), 0);
    EXPECT(port_pending(bind.port));
    EXPECT_EQ(port_close(bind.port), 0);
    bind.vcpu = 100;
    EXPECT_EQ(evtchn(EVTCHNOP_bind_ipi, &bind), E(NOENT));
    bind.vcpu = 0xffffffff;
    EXPECT_EQ(evtchn(EVTCHNOP_bind_ipi, &bind), E(NOENT));
}

TEST(event_virq)
{
    struct evtchn_bind_virq bind = {.virq = VIRQ_DEBUG, .vcpu = 0};
    struct evtchn_bind_virq again = bind;
    struct evtchn_status status = {.dom = DOMID_SELF};

    EXPECT_EQ(evtchn(EVTCHNOP_bind_virq, &bind), 0);
    status.port = bind.port;
    EXPECT_EQ(evtchn(EVTCHNOP_status, &status), 0);
    EXPECT_EQ(status.status, EVTCHNSTAT_virq);
    EXPECT_EQ(status.u.virq, VIRQ_DEBUG);
    EXPECT_EQ(evtchn(EVTCHNOP_bind_virq, &again), E(EXIST));
    /* A VIRQ port is not the guest's to ring: nothing comes of it. */
    EXPECT_EITHER(port_send(bind.port), 0, E(INVAL));
    EXPECT_EQ(port_close(bind.port), 0);
    EXPECT_EQ(evtchn(EVTCHNOP_bind_virq, &again), 0);
    EXPECT_EQ(port_close(again.port), 0);
    bind.virq = NR_VIRQS;
    EXPECT_EQ(evtchn(EVTCHNOP_bind_virq, &bind), E(INVAL));
    bind.virq = 0xffffffff;
    EXPECT_EQ(evtchn(EVTCHNOP_bind_virq, &bind), E(INVAL));
    bind.virq = VIRQ_TIMER;
    bind.vcpu = 100;
    EXPECT_EQ(evtchn(EVTCHNOP_bind_virq, &bind), E(NOENT));
    /* One a domain: only for vCPU 0. */
    bind.virq = VIRQ_CONSOLE;
    bind.vcpu = 1;
    EXPECT(evtchn(EVTCHNOP_bind_virq, &bind) != 0);
}

TEST(event_bad_ports)
{
    static const unsigned int ports[] = {0, 4095, 4096, 131072, 0x7fffffff, 0xffffffff};

    for (unsigned int i = 0; i < ARRAY_SIZE(ports); i++) {
        struct evtchn_status status = {.dom = DOMID_SELF, .port = ports[i]};
        struct evtchn_bind_vcpu bind = {.port = ports[i], .vcpu = 0};
        struct evtchn_unmask unmask = {.port = ports[i]};

        EXPECT_EQ(port_send(ports[i]), E(INVAL));
        EXPECT_EQ(port_close(ports[i]), E(INVAL));
        EXPECT(evtchn(EVTCHNOP_bind_vcpu, &bind) != 0);
        if (ports[i] >= 4096) {
            EXPECT_EQ(evtchn(EVTCHNOP_unmask, &unmask), E(INVAL));
            EXPECT_EQ(evtchn(EVTCHNOP_status, &status), E(INVAL));
        }
    }
}

TEST(event_status_domains)
{
    struct evtchn_status status = {.dom = 4321, .port = 1};

    EXPECT_EQ(evtchn(EVTCHNOP_status, &status), E(SRCH));
    status.dom = 0;
    EXPECT_EQ(evtchn(EVTCHNOP_status, &status), 0);
}

TEST(event_unknown)
{
    static const unsigned int commands[] = {15, 16, 100, 0xffffffff};
    uint64_t arguments[8] = {0};

    for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
        EXPECT_EQ(evtchn(commands[i], arguments), E(NOSYS));
    }
    for (unsigned int command = 0; command <= EVTCHNOP_unmask; command++) {
        EXPECT_EQ(evtchn(command, (void *)0x1000), E(FAULT));
        EXPECT_EQ(evtchn(command, (void *)0xffff830000000000ul), E(FAULT));
    }
    if (subject_is_mortise()) {
        for (unsigned int command = EVTCHNOP_init_control; command <= EVTCHNOP_set_priority;
             command++) {
            EXPECT_EQ(evtchn(command, arguments), E(NOSYS));
        }
    }
}

/* All ports of the two-level ABI, then no more: -ENOSPC, and all can be closed again. */
TEST(event_all_ports)
{
    static unsigned short taken[4096];
    struct evtchn_bind_ipi bind = {.vcpu = 0};
    unsigned int count = 0;
    long ret;

    while ((ret = evtchn(EVTCHNOP_bind_ipi, &bind)) == 0 && count < ARRAY_SIZE(taken)) {
        taken[count++] = (unsigned short)bind.port;
    }
    EXPECT_EQ(ret, E(NOSPC));
    EXPECT(count > 4000);
    while (count > 0) {
        if (port_close(taken[--count]) != 0) {
            FAIL("port %u does not close", taken[count]);
        }
    }
}
