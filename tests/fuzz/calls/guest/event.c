/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event_channel_op, on ports that programs opened; both ends of a channel are the domain's own.
 */
#include "fuzz.h"

#define CALL __HYPERVISOR_event_channel_op

static uint32_t unbound[SIDES]; /* the last one, that waits for this domain */

static uint32_t some_port(void)
{
    unsigned int first = pick(PORTS);

    if (lie()) {
        return one_in(2) ? pick(200) : (uint32_t)nasty();
    }
    for (unsigned int i = 0; i < PORTS; i++) {
        if (ports[(first + i) % PORTS] != 0) {
            return ports[(first + i) % PORTS];
        }
    }
    return 1 + pick(64);
}

static void remember(uint32_t port)
{
    unsigned int first = pick(PORTS);

    for (unsigned int i = 0; i < PORTS; i++) {
        if (ports[(first + i) % PORTS] == 0) {
            ports[(first + i) % PORTS] = port;
            return;
        }
    }
    ports[first] = port;
}

static void forget(uint32_t port)
{
    for (unsigned int i = 0; i < PORTS; i++) {
        if (ports[i] == port) {
            ports[i] = 0;
        }
    }
}

static long make(unsigned int sub, void *argument)
{
    return issue(CALL, sub, sub, (uint64_t)pointer(argument), 0, 0);
}

static uint32_t some_vcpu(void)
{
    return lie() ? (uint32_t)nasty() : pick(2);
}

/* As many ports as a guest may have are in use, the last one waiting for this domain. */
static void ports_fill(void)
{
    struct evtchn_alloc_unbound alloc = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};

    for (unsigned int i = 0; i < 2 * PORTS; i++) {
        if (hcall(CALL, EVTCHNOP_alloc_unbound, &alloc) != 0) {
            return;
        }
        remember(alloc.port);
        unbound[side()->id] = alloc.port;
    }
}

static void open_port(void)
{
    struct evtchn_alloc_unbound *alloc = room(sizeof(*alloc));
    struct evtchn_bind_ipi *ipi = room(sizeof(*ipi));
    struct evtchn_bind_virq *virq = room(sizeof(*virq));
    struct evtchn_bind_interdomain *bind = room(sizeof(*bind));
    struct evtchn_bind_pirq *pirq = room(sizeof(*pirq));

    switch (PART(8, {CALL, 6, 6, 0}, {CALL, 7, 7, 2}, {CALL, 1, 1, 4}, {CALL, 0, 0, 5},
                 {CALL, 2, 2, 7})) {
    case 0:
    case 1:
        alloc->dom = controlling && one_in(8) ? victim_domid : some_domid();
        alloc->remote_dom = some_domid();
        if (make(EVTCHNOP_alloc_unbound, alloc) == 0 && alloc->dom == DOMID_SELF) {
            remember(alloc->port);
            unbound[side()->id] = alloc->port;
        }
        break;
    case 2:
    case 3:
        ipi->vcpu = some_vcpu();
        if (make(EVTCHNOP_bind_ipi, ipi) == 0) {
            remember(ipi->port);
        }
        break;
    case 4:
        virq->virq = lie() ? (uint32_t)nasty() : pick(24);
        virq->vcpu = one_in(4) ? some_vcpu() : 0;
        if (make(EVTCHNOP_bind_virq, virq) == 0) {
            remember(virq->port);
        }
        break;
    case 5:
    case 6:
        if ((!controlling || scarce) && one_in(16)) {
            ports_fill();
        }
        bind->remote_dom = some_domid();
        bind->remote_port = one_in(4) || !unbound[side()->id] ? some_port() : unbound[side()->id];
        if (make(EVTCHNOP_bind_interdomain, bind) == 0) {
            remember(bind->local_port);
            unbound[side()->id] = 0;
        }
        break;
    default:
        pirq->pirq = lie() ? (uint32_t)nasty() : pick(24);
        pirq->flags = lie() ? (uint32_t)nasty() : pick(2);
        if (make(EVTCHNOP_bind_pirq, pirq) == 0) {
            remember(pirq->port);
        }
        break;
    }
}

void op_event(void)
{
    struct evtchn_status *status = room(sizeof(*status));
    struct evtchn_bind_vcpu *to = room(sizeof(*to));
    struct evtchn_reset *reset = room(sizeof(*reset));
    uint32_t *port = room(8);
    unsigned int sub;

    *port = some_port();
    switch (PART(16, {CALL, 0, 2, 0}, {CALL, 6, 7, 0}, {CALL, 3, 3, 6}, {CALL, 4, 4, 8},
                 {CALL, 5, 5, 11}, {CALL, 8, 8, 12}, {CALL, 9, 9, 13}, {CALL, 10, 10, 14},
                 {CALL, 11, 95, 15})) {
    case 0 ... 5:
        open_port();
        break;
    case 6:
    case 7:
        if (make(EVTCHNOP_close, port) == 0) {
            forget(*port);
        }
        break;
    case 8 ... 10:
        make(EVTCHNOP_send, port);
        break;
    case 11:
        status->dom = some_domid();
        status->port = *port;
        make(EVTCHNOP_status, status);
        break;
    case 12:
        to->port = *port;
        to->vcpu = some_vcpu();
        make(EVTCHNOP_bind_vcpu, to);
        break;
    case 13:
        if (one_in(2)) {
            port_mask(*port % 4096, one_in(2));
        }
        make(EVTCHNOP_unmask, port);
        break;
    case 14:
        reset->dom = one_in(side()->want == NULL ? 8 : 2) ? DOMID_SELF
                     : one_in(4)                          ? victim_domid
                                                          : (domid_t)(5000 + pick(8));
        if (make(EVTCHNOP_reset, reset) == 0) {
            memset(ports, 0, sizeof(ports));
        }
        break;
    default:
        sub = wanted_sub(CALL, 11 + pick(6));
        issue(CALL, sub, sub, (uint64_t)pointer(room(32)), 0, 0);
        break;
    }
}
