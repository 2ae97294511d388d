/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_event_channel_op: copies the argument in, decides whose ports are meant, calls event/,
 * copies back.
 *
 * A structure is fetched once. When the result can't be copied back, a port that was made stays
 * open: the caller's loss.
 */
#include <xen/event_channel.h>

#include "call/argument.h"
#include "call/handlers.h"
#include "cpu/percpu.h"
#include "event/channel.h"
#include "lib/errno.h"
#include "lib/refusal.h"
#include "mm/guest_access.h"
#include "mm/guest_copy.h"

#define FETCH(op, arg)                                                                             \
    do {                                                                                           \
        if (copy_from_guest(&(op), (arg), sizeof(op)))                                             \
            return refuse_memory(arg);                                                             \
    } while (0)

/* The domain whose ports are meant, with a reference: the caller's, or one that it controls. */
static int target_get(domid_t id, struct domain **out)
{
    struct domain *caller = current()->domain, *d = domain_get(id);

    if (!d || !d->events) {
        if (d)
            domain_put(d);
        return refuse(RULE_NO_SUCH_DOMAIN, id, -ESRCH);
    }
    if (d != caller && !domain_may(caller, MAY_CONTROL, d)) {
        domain_put(d);
        return refuse(RULE_NOT_PERMITTED, id, -EPERM);
    }
    *out = d;
    return 0;
}

static int alloc_unbound(gva_t arg)
{
    struct evtchn_alloc_unbound op;
    struct domain *d;
    int rc;

    FETCH(op, arg);
    rc = target_get(op.dom, &d);
    if (rc)
        return rc;
    if (op.remote_dom == DOMID_SELF)
        op.remote_dom = current()->domain->id;
    rc = event_alloc_unbound(d, op.remote_dom, &op.port);
    domain_put(d);
    return rc ? rc : give_back(arg, &op, sizeof(op));
}

static int bind_interdomain(gva_t arg)
{
    struct evtchn_bind_interdomain op;
    int rc;

    FETCH(op, arg);
    rc = event_bind_interdomain(current()->domain, op.remote_dom, op.remote_port, &op.local_port);
    return rc ? rc : give_back(arg, &op, sizeof(op));
}

static int bind_virq(gva_t arg)
{
    struct evtchn_bind_virq op;
    int rc;

    FETCH(op, arg);
    rc = event_bind_virq(current()->domain, op.virq, op.vcpu, &op.port);
    return rc ? rc : give_back(arg, &op, sizeof(op));
}

static int bind_pirq(gva_t arg)
{
    struct evtchn_bind_pirq op;
    int rc;

    FETCH(op, arg);
    rc = event_bind_pirq(current()->domain, op.pirq, op.flags, &op.port);
    return rc ? rc : give_back(arg, &op, sizeof(op));
}

static int bind_ipi(gva_t arg)
{
    struct evtchn_bind_ipi op;
    int rc;

    FETCH(op, arg);
    rc = event_bind_ipi(current()->domain, op.vcpu, &op.port);
    return rc ? rc : give_back(arg, &op, sizeof(op));
}

static int bind_vcpu(gva_t arg)
{
    struct evtchn_bind_vcpu op;

    FETCH(op, arg);
    return event_bind_vcpu(current()->domain, op.port, op.vcpu);
}

static int close_port(gva_t arg)
{
    struct evtchn_close op;

    FETCH(op, arg);
    return event_close(current()->domain, op.port);
}

/* The path that is taken most: the one word of its argument is fetched here. */
static inline int send_event(gva_t arg)
{
    uint32_t port, bad = 0;

    if (unlikely(!gva_range_ok(arg, sizeof(struct evtchn_send))))
        return refuse_memory(arg);
    guest_access_begin();
    guest_load_u32(port, arg.a, bad);
    guest_access_end();
    if (unlikely(bad))
        return refuse_memory(arg);
    return event_send(current()->domain, port);
}

static int unmask(gva_t arg)
{
    struct evtchn_unmask op;

    FETCH(op, arg);
    return event_unmask(current()->domain, op.port);
}

static int status(gva_t arg)
{
    struct evtchn_status op;
    struct domain *d;
    int rc;

    FETCH(op, arg);
    rc = target_get(op.dom, &d);
    if (rc)
        return rc;
    rc = event_status(d, op.port, &op);
    domain_put(d);
    return rc ? rc : give_back(arg, &op, sizeof(op));
}

static int reset(gva_t arg)
{
    struct evtchn_reset op;
    struct domain *d;
    int rc;

    FETCH(op, arg);
    rc = target_get(op.dom, &d);
    if (rc)
        return rc;
    if (d == current()->domain)
        rc = event_reset(d);
    else
        rc = refuse(RULE_EVTCHN_FOREIGN_RESET, op.dom, -EOPNOTSUPP);
    domain_put(d);
    return rc;
}

static noinline long other_op(uint64_t cmd, gva_t at)
{
    long rc;

    switch ((uint32_t)cmd) {
    case EVTCHNOP_alloc_unbound:
        rc = alloc_unbound(at);
        break;
    case EVTCHNOP_bind_interdomain:
        rc = bind_interdomain(at);
        break;
    case EVTCHNOP_bind_virq:
        rc = bind_virq(at);
        break;
    case EVTCHNOP_bind_pirq:
        rc = bind_pirq(at);
        break;
    case EVTCHNOP_bind_ipi:
        rc = bind_ipi(at);
        break;
    case EVTCHNOP_bind_vcpu:
        rc = bind_vcpu(at);
        break;
    case EVTCHNOP_close:
        rc = close_port(at);
        break;
    case EVTCHNOP_unmask:
        rc = unmask(at);
        break;
    case EVTCHNOP_status:
        rc = status(at);
        break;
    case EVTCHNOP_reset:
        rc = reset(at);
        break;
    case EVTCHNOP_init_control:
    case EVTCHNOP_expand_array:
    case EVTCHNOP_set_priority:
        rc = refuse(RULE_EVTCHN_FIFO, cmd, -ENOSYS);
        break;
    default:
        rc = refuse(RULE_UNKNOWN_OPERATION, cmd, -ENOSYS);
        break;
    }
    return rc;
}

long do_event_channel_op(uint64_t cmd, uint64_t arg)
{
    if (likely((uint32_t)cmd == EVTCHNOP_send))
        return send_event(gva(arg));
    return other_op(cmd, gva(arg));
}
