/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Short names for the event-channel calls that the tests make again and again.
 */
#ifndef TEST_EVENT_H
#define TEST_EVENT_H

#include "harness.h"

static inline long evtchn(unsigned int command, void *argument)
{
    return hcall(__HYPERVISOR_event_channel_op, command, argument);
}

static inline long port_close(unsigned int port)
{
    struct evtchn_close close = {.port = port};

    return evtchn(EVTCHNOP_close, &close);
}

static inline long port_send(unsigned int port)
{
    struct evtchn_send send = {.port = port};

    return evtchn(EVTCHNOP_send, &send);
}

/* A fresh IPI port of vCPU `vcpu`, not pending. */
static inline unsigned int port_ipi(unsigned int vcpu)
{
    struct evtchn_bind_ipi bind = {.vcpu = vcpu};

    REQUIRE(evtchn(EVTCHNOP_bind_ipi, &bind) == 0);
    port_clear(bind.port);
    return bind.port;
}

#endif
