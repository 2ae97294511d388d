/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_mortise_op: what the public ABI has no call for. Layouts: <xen/mortise.h>.
 *
 * Every operation takes one structure that begins with the version: it is fetched and checked in
 * one place, handed to the operation, and written back when that answers 0.
 */
#include <xen/mortise.h>

#include "call/handlers.h"
#include "cpu/percpu.h"
#include "ctl/audit.h"
#include "ctl/faults.h"
#include "ctl/refusals.h"
#include "dom/vcpu.h"
#include "kern/softirq.h"
#include "lib/refusal.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "mm/boot_memory.h"
#include "mm/frame.h"
#include "mm/guest_copy.h"

union argument {
    uint32_t interface_version; /* all begin with it */
    struct mortise_audit audit;
    struct mortise_refusals refusals;
    struct mortise_memory_info memory;
    struct mortise_frames frames;
    struct mortise_rules rules;
    struct mortise_fault fault;
};

/* Bound: the ring's size. */
static long copy_refusals(const struct domain *d, struct mortise_refusals *op)
{
    struct mortise_refusal r;
    uint32_t n = 0;

    while (n < MIN(op->count, REFUSALS) && refusals_next(d, &op->first, &r)) {
        if (copy_to_guest(guest_element((uintptr_t)op->buffer.p, r, n), &r, sizeof(r)))
            return refuse_memory(gva((uintptr_t)op->buffer.p));
        n++;
    }
    op->count = n;
    return 0;
}

static long refusals(union argument *arg)
{
    struct mortise_refusals *op = &arg->refusals;
    struct domain *caller = current()->domain, *d = domain_get(op->domid);
    long rc;

    if (!d)
        return refuse(RULE_NO_SUCH_DOMAIN, op->domid, -ESRCH);
    if (d != caller && !domain_may(caller, MAY_CONTROL, d))
        rc = refuse(RULE_NOT_PERMITTED, op->domid, -EPERM);
    else
        rc = copy_refusals(d, op);
    domain_put(d);
    return rc;
}

/* Bound: the rules there are. */
static long rules(union argument *arg)
{
    struct mortise_rules *op = &arg->rules;
    uint32_t n = MIN(op->count, (uint32_t)RULE_COUNT);

    if (copy_to_guest(gva((uintptr_t)op->buffer.p), refusal_counts, n * sizeof(refusal_counts[0])))
        return refuse_memory(gva((uintptr_t)op->buffer.p));
    op->count = RULE_COUNT;
    return 0;
}

/* Bound: the domains of the host. */
static uint64_t domains_frames(void)
{
    struct domain *d, *next;
    uint64_t sum = 0;

    for (d = domain_next(0, true); d; d = next) {
        sum += READ_ONCE(d->memory.tot_pages);
        next = domain_next(d->id, false);
        domain_put(d);
    }
    return sum;
}

static long memory_info(union argument *arg)
{
    struct mortise_memory_info *op = &arg->memory;

    op->pad = 0;
    op->ram = ram_frames;
    op->free = frames_free_count();
    op->domains = domains_frames();
    op->hypervisor = op->ram - op->free - op->domains;
    return 0;
}

#define FRAMES_LOOKED_AT 16384 /* by one call, at most */

/*
 * Bound: FRAMES_LOOKED_AT. It ends early when something else is to be done, since the caller goes
 * on at `first` anyway. A frame may change hands meanwhile; who wants a picture pauses the domain.
 */
static long copy_frames(const struct domain *d, struct mortise_frames *op)
{
    uint64_t at = MIN(op->first, frame_limit), end = MIN(at + FRAMES_LOOKED_AT, frame_limit);
    uint32_t n = 0;

    for (; at < end && n < op->count; at++) {
        struct mortise_frame f = {.mfn = at};

        if (at > op->first && softirq_pending())
            break;
        if (!mfn_valid(mfn(at)) || READ_ONCE(frame_of(mfn(at))->owner) != d->id)
            continue;
        f.pfn = READ_ONCE(m2p[at]);
        if (f.pfn == ~0UL)
            continue;
        if (copy_to_guest(guest_element((uintptr_t)op->buffer.p, f, n), &f, sizeof(f)))
            return refuse_memory(gva((uintptr_t)op->buffer.p));
        n++;
    }
    op->first = at < frame_limit ? at : ~0UL;
    op->count = n;
    return 0;
}

static long frames(union argument *arg)
{
    struct domain *d = domain_get(arg->frames.domid);
    long rc;

    if (!d)
        return refuse(RULE_NO_SUCH_DOMAIN, arg->frames.domid, -ESRCH);
    rc = copy_frames(d, &arg->frames);
    domain_put(d);
    return rc;
}

static long audit(union argument *arg)
{
    struct mortise_audit *op = &arg->audit;
    gva_t buffer = gva((uintptr_t)op->buffer.p);
    struct audit_result r;
    int rc;

    if (op->flags)
        return refuse(RULE_ARGUMENT, op->flags, -EINVAL);
    rc = audit_run(&r);
    if (rc)
        return refuse(RULE_AUDIT, 0, rc);
    op->count = (uint32_t)MIN(MIN(op->count, r.total), (uint64_t)MORTISE_AUDIT_ROOM);
    rc = copy_to_guest(buffer, audit_differences(), op->count * sizeof(struct mortise_difference));
    audit_done();
    if (rc)
        return refuse_memory(buffer);
    op->frames_checked = r.frames_checked;
    op->references = r.references;
    op->time_ns = (uint64_t)r.time_ns;
    op->total = r.total;
    memcpy(op->differences, r.differences, sizeof(op->differences));
    return 0;
}

static long fault(union argument *arg)
{
    return fault_seed(&arg->fault);
}

static const struct operation {
    long (*fn)(union argument *arg);
    uint16_t size;
    bool anybody; /* else who may manage the host */
} operations[] = {
    [MORTISE_audit] = {audit, sizeof(struct mortise_audit), false},
    [MORTISE_refusals] = {refusals, sizeof(struct mortise_refusals), true},
    [MORTISE_memory_info] = {memory_info, sizeof(struct mortise_memory_info), false},
    [MORTISE_frames] = {frames, sizeof(struct mortise_frames), false},
    [MORTISE_rules] = {rules, sizeof(struct mortise_rules), false},
    [MORTISE_fault] = {fault, sizeof(struct mortise_fault), false},
};

static long operate(const struct operation *o, gva_t at)
{
    union argument arg;
    long rc;

    if (copy_from_guest(&arg, at, o->size))
        return refuse_memory(at);
    if (arg.interface_version != MORTISE_INTERFACE_VERSION)
        return refuse(RULE_INTERFACE_VERSION, arg.interface_version, -EACCES);
    rc = o->fn(&arg);
    if (!rc && copy_to_guest(at, &arg, o->size))
        rc = refuse_memory(at);
    return rc;
}

long do_mortise_op(uint64_t cmd, uint64_t arg)
{
    const struct operation *o;

    cmd = (uint32_t)cmd;
    if (cmd == MORTISE_version)
        return MORTISE_INTERFACE_VERSION;
    if (cmd >= ARRAY_SIZE(operations) || (cmd == MORTISE_fault && !fault_possible))
        return refuse(RULE_UNKNOWN_OPERATION, cmd, -ENOSYS);
    o = &operations[cmd % ARRAY_SIZE(operations)]; /* in range for a speculating CPU too */
    if (!o->anybody && !domain_may(current()->domain, MAY_MANAGE_HOST, NULL))
        return refuse(RULE_NOT_PERMITTED, cmd, -EPERM);
    return operate(o, gva(arg));
}
