/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sched_op. Nothing here may end the kernel itself: it sleeps only when something wakes it.
 */
#include "fuzz.h"

void nap(uint64_t ns)
{
    struct sched_poll p = {.nr_ports = 0, .timeout = time_now() + ns};

    hcall(__HYPERVISOR_sched_op, SCHEDOP_poll, &p);
}

static void poll(void)
{
    struct sched_poll *p = room(sizeof(*p));
    evtchn_port_t *list = room(4 * 8);

    if (!wanted(__HYPERVISOR_sched_op, SCHEDOP_poll)) {
        return;
    }
    for (unsigned int i = 0; i < 8; i++) {
        list[i] = lie() ? (evtchn_port_t)nasty() : pick(64);
    }
    p->nr_ports = lie() ? 100 + pick(100) : pick(8);
    set_xen_guest_handle(p->ports, pointer(list));
    p->timeout = time_now() + 1000 * pick(128) + 1;
    /* Not in a multicall: another member may write over the time, and nothing else wakes it. */
    file(__HYPERVISOR_sched_op, SCHEDOP_poll,
         issue_quietly(__HYPERVISOR_sched_op, SCHEDOP_poll, SCHEDOP_poll,
                       (uint64_t)pointer_or_none(p), 0, 0));
}

/* With an event that wakes it at once. */
static void block(void)
{
    struct evtchn_bind_ipi ipi = {.vcpu = side()->id};
    struct evtchn_send send;
    struct evtchn_close end;
    bool bound = false;

    if (side()->want != NULL && wanted(__HYPERVISOR_sched_op, SCHEDOP_block) &&
        hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &ipi) == 0) {
        end.port = send.port = ipi.port;
        port_mask(ipi.port, false);
        bound = hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send) == 0;
    }
    if (vcpu_info_self()->evtchn_upcall_pending != 0) { /* else nobody would wake it */
        file(__HYPERVISOR_sched_op, SCHEDOP_block,
             issue_quietly(__HYPERVISOR_sched_op, SCHEDOP_block, SCHEDOP_block, 0, 0, 0));
        upcalls_mask();
    }
    if (bound) {
        hcall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &end);
    }
}

void op_sched(void)
{
    struct sched_watchdog *dog = room(sizeof(*dog));
    struct sched_shutdown *code = room(sizeof(*code));
    struct sched_remote_shutdown *remote = room(sizeof(*remote));
    int32_t *pin = room(8);
    unsigned int sub = wanted_sub(__HYPERVISOR_sched_op, pick(10));

    switch (sub) {
    case SCHEDOP_block:
        block();
        break;
    case SCHEDOP_shutdown:
        /*
         * Never a reason that there is: it would be the end. So not in a multicall, where another
         * member may write over it; nor on Xen, that takes any.
         */
        if (!comparing) {
            code->reason = 6 + pick(200);
            file(__HYPERVISOR_sched_op, sub,
                 issue_quietly(__HYPERVISOR_sched_op, sub, sub,
                               one_in(4) ? 0xffff818000000000 : (uint64_t)code, 0, 0));
        }
        break;
    case SCHEDOP_poll:
        poll();
        break;
    case SCHEDOP_remote_shutdown:
        remote->domain_id = controlling && !lie() ? victim_domid : some_domid();
        remote->reason = lie() ? (unsigned int)nasty() : pick(3);
        /* Not in a multicall: it could become this domain. */
        file(__HYPERVISOR_sched_op, sub,
             issue_quietly(__HYPERVISOR_sched_op, sub, sub, (uint64_t)pointer_or_none(remote), 0,
                           0));
        break;
    case SCHEDOP_shutdown_code:
        code->reason = lie() ? 6 + pick(200) : SHUTDOWN_poweroff;
        issue(__HYPERVISOR_sched_op, sub, sub, (uint64_t)pointer_or_none(code), 0, 0);
        break;
    case SCHEDOP_watchdog:
        dog->id = one_in(3) ? 0 : lie() ? (uint32_t)nasty() : 1 + pick(2);
        dog->timeout = one_in(3) ? 0 : 100000;
        if (comparing && dog->id == 0) {
            dog->timeout = 100000; /* Xen ends who asks for a new one of no time */
        }
        issue(__HYPERVISOR_sched_op, sub, sub, (uint64_t)pointer_or_none(dog), 0, 0);
        break;
    case SCHEDOP_pin_override:
        *pin = one_in(2) ? -1 : lie() ? (int32_t)nasty() : (int32_t)pick(2);
        issue(__HYPERVISOR_sched_op, sub, sub, (uint64_t)pointer_or_none(pin), 0, 0);
        break;
    case 8 ... 95:
        sub = wanted_sub(__HYPERVISOR_sched_op, 8 + pick(30));
        issue(__HYPERVISOR_sched_op, sub, sub, (uint64_t)pin, 0, 0);
        break;
    default:
        issue(__HYPERVISOR_sched_op, SCHEDOP_yield, SCHEDOP_yield, 0, 0, 0);
        break;
    }
}
