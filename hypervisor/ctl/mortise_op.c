/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_mortise_op: what the public ABI has no call for. Layouts: <xen/mortise.h>.
 */
#include <xen/mortise.h>

#include "call/handlers.h"
#include "cpu/percpu.h"
#include "ctl/audit.h"
#include "ctl/refusals.h"
#include "dom/vcpu.h"
#include "lib/refusal.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "mm/boot_memory.h"
#include "mm/frame.h"
#include "mm/guest_copy.h"

static long fault(gva_t at)
{
    return refuse(RULE_GUEST_MEMORY, at.a, -EFAULT);
}

static long wrong_version(uint32_t version)
{
    return refuse(RULE_INTERFACE_VERSION, version, -EACCES);
}

/* Bound: the ring's size. */
static long copy_refusals(const struct domain *d, struct mortise_refusals *op)
{
    struct mortise_refusal r;
    uint32_t n = 0;

    while (n < MIN(op->count, REFUSALS) && refusals_next(d, &op->first, &r)) {
        if (copy_to_guest(guest_element((uintptr_t)op->buffer.p, r, n), &r, sizeof(r)))
            return fault(gva((uintptr_t)op->buffer.p));
        n++;
    }
    op->count = n;
    return 0;
}

static long refusals(gva_t arg)
{
    struct domain *caller = current()->domain, *d;
    struct mortise_refusals op;
    long rc;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return fault(arg);
    if (op.interface_version != MORTISE_INTERFACE_VERSION)
        return wrong_version(op.interface_version);
    d = domain_get(op.domid);
    if (!d)
        return refuse(RULE_NO_SUCH_DOMAIN, op.domid, -ESRCH);
    if (d != caller && !domain_may(caller, MAY_CONTROL, d))
        rc = refuse(RULE_NOT_PERMITTED, op.domid, -EPERM);
    else
        rc = copy_refusals(d, &op);
    domain_put(d);
    if (!rc && copy_to_guest(arg, &op, sizeof(op)))
        rc = fault(arg);
    return rc;
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

static long memory_info(gva_t arg)
{
    struct mortise_memory_info op;

    if (!domain_may(current()->domain, MAY_MANAGE_HOST, NULL))
        return refuse(RULE_NOT_PERMITTED, MORTISE_memory_info, -EPERM);
    if (copy_from_guest(&op, arg, sizeof(op)))
        return fault(arg);
    if (op.interface_version != MORTISE_INTERFACE_VERSION)
        return wrong_version(op.interface_version);
    op.pad = 0;
    op.ram = ram_frames;
    op.free = frames_free_count();
    op.domains = domains_frames();
    op.hypervisor = op.ram - op.free - op.domains;
    return copy_to_guest(arg, &op, sizeof(op)) ? fault(arg) : 0;
}

#define FRAMES_LOOKED_AT 16384 /* by one call, at most */

/*
 * Bound: FRAMES_LOOKED_AT. A frame may change hands meanwhile; who wants a picture pauses the
 * domain.
 */
static long copy_frames(const struct domain *d, struct mortise_frames *op)
{
    uint64_t at = MIN(op->first, frame_limit), end = MIN(at + FRAMES_LOOKED_AT, frame_limit);
    uint32_t n = 0;

    for (; at < end && n < op->count; at++) {
        struct mortise_frame f = {.mfn = at};

        if (!mfn_valid(mfn(at)) || READ_ONCE(frame_of(mfn(at))->owner) != d->id)
            continue;
        f.pfn = READ_ONCE(m2p[at]);
        if (f.pfn == ~0UL)
            continue;
        if (copy_to_guest(guest_element((uintptr_t)op->buffer.p, f, n), &f, sizeof(f)))
            return fault(gva((uintptr_t)op->buffer.p));
        n++;
    }
    op->first = at < frame_limit ? at : ~0UL;
    op->count = n;
    return 0;
}

static long frames(gva_t arg)
{
    struct mortise_frames op;
    struct domain *d;
    long rc;

    if (!domain_may(current()->domain, MAY_MANAGE_HOST, NULL))
        return refuse(RULE_NOT_PERMITTED, MORTISE_frames, -EPERM);
    if (copy_from_guest(&op, arg, sizeof(op)))
        return fault(arg);
    if (op.interface_version != MORTISE_INTERFACE_VERSION)
        return wrong_version(op.interface_version);
    d = domain_get(op.domid);
    if (!d)
        return refuse(RULE_NO_SUCH_DOMAIN, op.domid, -ESRCH);
    rc = copy_frames(d, &op);
    domain_put(d);
    if (!rc && copy_to_guest(arg, &op, sizeof(op)))
        rc = fault(arg);
    return rc;
}

static long audit(gva_t arg)
{
    struct audit_result r;
    struct mortise_audit op;
    int rc;

    if (!domain_may(current()->domain, MAY_MANAGE_HOST, NULL))
        return refuse(RULE_NOT_PERMITTED, MORTISE_audit, -EPERM);
    if (copy_from_guest(&op, arg, sizeof(op)))
        return fault(arg);
    if (op.interface_version != MORTISE_INTERFACE_VERSION)
        return wrong_version(op.interface_version);
    if (op.flags)
        return refuse(RULE_ARGUMENT, op.flags, -EINVAL);
    rc = audit_run(&r);
    if (rc)
        return refuse(RULE_AUDIT, 0, rc);
    op.frames_checked = r.frames_checked;
    op.time_ns = (uint64_t)r.time_ns;
    op.total = r.total;
    memcpy(op.differences, r.differences, sizeof(op.differences));
    return copy_to_guest(arg, &op, sizeof(op)) ? fault(arg) : 0;
}

long do_mortise_op(uint64_t cmd, uint64_t arg)
{
    switch ((uint32_t)cmd) {
    case MORTISE_version:
        return MORTISE_INTERFACE_VERSION;
    case MORTISE_audit:
        return audit(gva(arg));
    case MORTISE_refusals:
        return refusals(gva(arg));
    case MORTISE_memory_info:
        return memory_info(gva(arg));
    case MORTISE_frames:
        return frames(gva(arg));
    default:
        return refuse(RULE_UNKNOWN_OPERATION, cmd, -ENOSYS);
    }
}
