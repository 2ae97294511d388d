/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Both vCPUs bind, close, ring, move and unmask the same few event channels; any answer is right,
 * but in the end the ports are free again, no other end dangles, and ringing works.
 */
#include "race.h"

#define PORTS 12u

static unsigned int first;
static unsigned long sent[STACK_COUNT];

static long evtchn(unsigned int command, void *argument)
{
    return hcall(__HYPERVISOR_event_channel_op, command, argument);
}

static unsigned int any_port(void)
{
    return first + race_pick(PORTS);
}

static void bind(void)
{
    struct evtchn_alloc_unbound unbound = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};
    struct evtchn_bind_interdomain pair = {.remote_dom = DOMID_SELF, .remote_port = any_port()};
    struct evtchn_bind_ipi ipi = {.vcpu = race_pick(2)};
    struct evtchn_bind_virq virq = {.virq = race_pick(2) ? VIRQ_TIMER : VIRQ_DEBUG,
                                    .vcpu = race_pick(2)};
    struct evtchn_close close = {0};
    long ret;

    switch (race_pick(5)) {
    case 0:
        ret = evtchn(EVTCHNOP_alloc_unbound, &unbound);
        close.port = unbound.port;
        break;
    case 1:
        ret = evtchn(EVTCHNOP_bind_ipi, &ipi);
        close.port = ipi.port;
        break;
    case 2:
        ret = evtchn(EVTCHNOP_bind_virq, &virq);
        close.port = virq.port;
        break;
    default:
        ret = evtchn(EVTCHNOP_bind_interdomain, &pair);
        close.port = pair.local_port;
        break;
    }
    /* Only the few stay open. */
    if (ret == 0 && close.port - first >= PORTS) {
        evtchn(EVTCHNOP_close, &close);
    }
}

static void act(void)
{
    unsigned int port = any_port();
    struct evtchn_send send = {.port = port};
    struct evtchn_unmask unmask = {.port = port};
    struct evtchn_bind_vcpu move = {.port = port, .vcpu = race_pick(2)};
    struct evtchn_status status = {.dom = DOMID_SELF, .port = port};
    struct evtchn_close close = {.port = port};
    struct sched_poll poll = {.nr_ports = 1, .timeout = time_now() + race_pick(50000)};

    switch (race_pick(10)) {
    case 0:
    case 1:
        bind();
        break;
    case 2:
        evtchn(EVTCHNOP_close, &close);
        break;
    case 3:
        evtchn(EVTCHNOP_unmask, &unmask);
        break;
    case 4:
        evtchn(EVTCHNOP_bind_vcpu, &move);
        break;
    case 5:
        if (evtchn(EVTCHNOP_status, &status) == 0 && status.status == EVTCHNSTAT_interdomain) {
            EXPECT_EQ(status.u.interdomain.dom, 0);
            EXPECT(status.u.interdomain.port < 4096);
        }
        break;
    case 6:
        set_xen_guest_handle(poll.ports, &port);
        hcall(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll);
        break;
    case 7:
        port_mask(port, race_pick(2));
        upcalls_unmask();
        upcalls_mask();
        break;
    default:
        sent[this_cpu()->id] += evtchn(EVTCHNOP_send, &send) == 0;
        break;
    }
}

TEST(race_channels)
{
    struct evtchn_bind_ipi ipi = {.vcpu = 0};
    struct evtchn_send send;
    struct evtchn_close close;

    REQUIRE(evtchn(EVTCHNOP_bind_ipi, &ipi) == 0);
    first = ipi.port;
    memset(sent, 0, sizeof(sent));
    race_both(act);
    print("  %lu and %lu sent\n", sent[0], sent[1]);
    EXPECT(sent[0] > 0 && sent[1] > 0);
    for (unsigned int i = 0; i < PORTS; i++) {
        close.port = first + i;
        evtchn(EVTCHNOP_close, &close);
        EXPECT_EQ(evtchn(EVTCHNOP_close, &close), E(INVAL));
        port_mask(first + i, true);
    }
    race_audit();
    /* A fresh port in the old place works. */
    REQUIRE(evtchn(EVTCHNOP_bind_ipi, &ipi) == 0);
    EXPECT_EQ(ipi.port, first);
    port_clear(ipi.port);
    send.port = close.port = ipi.port;
    EXPECT_EQ(evtchn(EVTCHNOP_send, &send), 0);
    EXPECT(port_pending(ipi.port));
    EXPECT_EQ(evtchn(EVTCHNOP_close, &close), 0);
}
