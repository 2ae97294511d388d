/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_sched_op: a vCPU or its domain gives up the CPU.
 *
 * Block, poll and yield return at once; the vCPU stops on its way out, when the scheduler sees its
 * flags.
 */
#include <xen/sched.h>

#include "call/handlers.h"
#include "cpu/percpu.h"
#include "event/channel.h"
#include "kern/time.h"
#include "lib/errno.h"
#include "lib/refusal.h"
#include "mm/guest_copy.h"

#define POLL_PORTS_MAX 128

static int shutdown(gva_t arg, bool code_only)
{
    struct domain *d = current()->domain;
    struct sched_shutdown op;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    if (op.reason > SHUTDOWN_MAX)
        return refuse(RULE_SCHED_REASON, op.reason, -EINVAL);
    spin_lock(&d->lock);
    if (code_only && !d->sched.code_latched) {
        d->sched.code_latched = true;
        d->sched.code = (uint8_t)op.reason;
    }
    if (d->sched.code_latched)
        op.reason = d->sched.code;
    spin_unlock(&d->lock);
    if (!code_only)
        domain_shutdown(d, op.reason);
    return 0;
}

static int poll(gva_t arg)
{
    evtchn_port_t ports[POLL_PORTS_MAX];
    struct sched_poll op;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    if (op.nr_ports > POLL_PORTS_MAX)
        return refuse(RULE_SCHED_POLL_PORTS, op.nr_ports, -EINVAL);
    if (op.nr_ports &&
        copy_from_guest(ports, gva((uintptr_t)op.ports.p), op.nr_ports * sizeof(ports[0])))
        return refuse_memory(arg);
    return event_poll(ports, op.nr_ports, op.timeout);
}

static int remote_shutdown(gva_t arg)
{
    struct sched_remote_shutdown op;
    struct domain *caller = current()->domain, *d;
    int rc = 0;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    d = domain_get(op.domain_id);
    if (!d)
        return refuse(RULE_NO_SUCH_DOMAIN, op.domain_id, -ESRCH);
    if (d == caller || !domain_may(caller, MAY_CONTROL, d))
        rc = refuse(RULE_NOT_PERMITTED, op.domain_id, -EPERM);
    else if (op.reason > SHUTDOWN_MAX)
        rc = refuse(RULE_SCHED_REASON, op.reason, -EINVAL);
    else
        domain_shutdown(d, op.reason);
    domain_put(d);
    return rc;
}

static void watchdog_expired(void *data)
{
    domain_shutdown(data, SHUTDOWN_watchdog);
}

/* A new watchdog: its number, from 1, or -ENOSPC. Under the domain's lock. */
static int watchdog_new(struct domain *d, int64_t expires)
{
    for (unsigned int i = 0; i < WATCHDOGS; i++) {
        if (d->sched.watchdogs_used & BIT(i))
            continue;
        d->sched.watchdogs_used |= (uint8_t)BIT(i);
        if (!d->sched.watchdog[i].function)
            timer_init(&d->sched.watchdog[i], watchdog_expired, d, cpu_id());
        timer_set(&d->sched.watchdog[i], expires);
        return (int)i + 1;
    }
    return refuse(RULE_SCHED_WATCHDOG_NONE, WATCHDOGS, -ENOSPC);
}

static int watchdog(gva_t arg)
{
    struct domain *d = current()->domain;
    struct sched_watchdog op;
    int64_t expires;
    unsigned int i;
    int rc = 0;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    expires = now() + (int64_t)op.timeout * NSEC_PER_SEC;
    i = op.id - 1;
    if (op.id > WATCHDOGS || (op.id == 0 && op.timeout == 0))
        return refuse(RULE_SCHED_WATCHDOG_ID, op.id, -EINVAL);
    spin_lock(&d->lock);
    if (op.id == 0) {
        rc = watchdog_new(d, expires);
    } else if (!(d->sched.watchdogs_used & BIT(i))) {
        rc = refuse(RULE_SCHED_WATCHDOG_ID, op.id, -EINVAL);
    } else if (op.timeout == 0) {
        timer_stop(&d->sched.watchdog[i]);
        d->sched.watchdogs_used &= (uint8_t)~BIT(i);
    } else {
        timer_set(&d->sched.watchdog[i], expires);
    }
    spin_unlock(&d->lock);
    return rc;
}

static int pin_override(gva_t arg)
{
    struct sched_pin_override op;
    struct vcpu *v = current();
    int rc;

    if (!domain_may(v->domain, MAY_MANAGE_HOST, NULL))
        return refuse(RULE_NOT_PERMITTED, 0, -EPERM);
    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    rc = sched_pin_override(v, op.pcpu);
    return rc ? refuse(RULE_SCHED_PIN, (uint64_t)op.pcpu, rc) : 0;
}

long do_sched_op(uint64_t cmd, uint64_t arg)
{
    gva_t at = gva(arg);

    switch ((uint32_t)cmd) {
    case SCHEDOP_yield:
        sched_yield();
        return 0;
    case SCHEDOP_block:
        vcpu_block(current());
        return 0;
    case SCHEDOP_shutdown:
        return shutdown(at, false);
    case SCHEDOP_shutdown_code:
        return shutdown(at, true);
    case SCHEDOP_poll:
        return poll(at);
    case SCHEDOP_remote_shutdown:
        return remote_shutdown(at);
    case SCHEDOP_watchdog:
        return watchdog(at);
    case SCHEDOP_pin_override:
        return pin_override(at);
    }
    return refuse(RULE_UNKNOWN_OPERATION, cmd, -ENOSYS);
}
