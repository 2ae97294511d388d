/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a domain, in steps that can stop for other work and are gone on with when the call is
 * made again. The order is that of the ledger in d->teardown; a step begins when the one before it
 * has nothing left to do.
 *
 * A frame that somebody else still uses, and a grant that somebody still maps, keep the dying
 * domain in the list until their last use ends; it has no vCPU that could run and costs nothing but
 * its structures.
 */
#include "cpu/percpu.h"
#include "ctl/domctl.h"
#include "ctl/refusals.h"
#include "dom/ctl_domain.h"
#include "dom/vcpu.h"
#include "event/channel.h"
#include "event/pirq.h"
#include "grant/grant.h"
#include "kern/softirq.h"
#include "lib/refusal.h"
#include "lib/upcall.h"
#include "mm/alloc.h"
#include "mm/permanent.h"
#include "mm/type.h"
#include "pv/pv.h"
#include "pv/table.h"

static void drop_existence(struct owner *o)
{
    domain_put(container_of(o, struct domain, memory));
}

/*
 * Bound: MAX_VCPUS, with a look at other work after each. One that is retired already has nothing
 * left.
 */
static int retire_vcpus(struct domain *d)
{
    unsigned int i;

    for (i = 0; i < d->max_vcpus; i++) {
        struct vcpu *v = d->vcpus[i];

        if (!v || !v->pv || v->retired)
            continue;
        vcpu_retire(v);
        if (softirq_pending())
            return -ERESTART;
    }
    return 0;
}

/*
 * One frame: the pin goes, and what of a table's check or undoing is unfinished. A reference on it
 * is held.
 */
static int frame_end(mfn_t m)
{
    struct frame *f = frame_of(m);

    if (READ_ONCE(f->type) & TYPE_PINNED && !(f->type & TYPE_IDLE) && frame_unpin(f))
        frame_put_type(f);
    return frame_abandon(m);
}

/*
 * All frames: whoever still uses one keeps that one. Undoings that stop in between are finished
 * before the next frame's turn, so that no more of them wait than the vCPU has room for. Bound: the
 * domain's frames, with a look at other work after each.
 */
static int give_up_frames(struct domain *d)
{
    struct vcpu *v = current();
    mfn_t m;
    int rc;

    for (;;) {
        if (v->pv->undo_count && table_undo_pending(v))
            return -ERESTART;
        rc = owner_first_frame(&d->memory, &m);
        if (rc || mfn_eq(m, MFN_INVALID))
            return rc;
        rc = frame_end(m);
        if (rc) {
            frame_put(frame_of(m));
            return rc;
        }
        owner_give_up(&d->memory, m);
        if (softirq_pending())
            return -ERESTART;
    }
}

/* Nobody raises an event of the domain's any more: its ports are closed and its timers are gone. */
static void drop_shared_info(struct domain *d)
{
    struct shared_info *shared;

    spin_lock(&d->lock);
    shared = d->shared;
    d->shared = NULL;
    spin_unlock(&d->lock);
    if (shared)
        permanent_free(shared);
}

static int step(struct domain *d)
{
    switch ((enum teardown)d->teardown) {
    case TEARDOWN_PORTS:
        return event_domain_destroy(d);
    case TEARDOWN_GRANTS:
        return grant_domain_destroy(d);
    case TEARDOWN_VCPUS:
        return retire_vcpus(d);
    case TEARDOWN_PIRQS:
        pirq_domain_destroy(d);
        return 0;
    case TEARDOWN_FRAMES:
        return give_up_frames(d);
    case TEARDOWN_SHARED_INFO:
        drop_shared_info(d);
        return 0;
    case TEARDOWN_REST:
        sched_domain_destroy(d);
        return 0;
    case TEARDOWN_DONE:
        break;
    }
    return 0;
}

/* 0 when all was given back but what others hold. */
static int teardown(struct domain *d)
{
    int rc;

    if (d->teardown == TEARDOWN_DONE)
        return 0;
    for (;;) {
        rc = step(d);
        if (rc)
            return rc;
        if (++d->teardown == TEARDOWN_DONE)
            break;
        if (softirq_pending())
            return -ERESTART;
    }
    event_send_global_virq(control_domain, VIRQ_DOM_EXC);
    if (owner_empty_or(&d->memory, drop_existence))
        domain_put(d); /* perhaps the last reference */
    return 0;
}

long domctl_destroy(struct domain *d, struct xen_domctl *op)
{
    (void)op;
    if (d == control_domain)
        return refuse(RULE_OWN_DOMAIN, d->id, -EINVAL);
    (void)domain_kill(d);
    return teardown(d);
}

/*
 * It has at most one frame, no port and no vCPU: each step ends at the second attempt, if not at
 * the first.
 */
void domain_destroy_new(struct domain *d)
{
    (void)domain_kill(d);
    while (teardown(d) == -ERESTART)
        ;
}

void domain_free_parts(struct domain *d)
{
    pirq_domain_free(d);
    event_domain_free(d);
    grant_domain_free(d);
    ctl_domain_free(d);
    refusals_domain_free(d);
}
