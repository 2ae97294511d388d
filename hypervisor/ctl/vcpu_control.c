/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a tool does to one vCPU: gives it its state, reads it, asks how it is, sends it an NMI.
 *
 * The state is read and written while the domain is paused.
 */
#include "call/handlers.h"
#include "ctl/domctl.h"
#include "dom/vcpu.h"
#include "lib/refusal.h"
#include "mm/guest_copy.h"
#include "mm/heap.h"
#include "pv/register_calls.h"

static long no_vcpu(uint32_t id, int error)
{
    return refuse(RULE_NO_SUCH_VCPU, id, error);
}

/*
 * The state that a toolstack built; VGCF_online says whether the vCPU runs as soon as the domain
 * does.
 */
static long context_take(struct vcpu *v, const struct vcpu_guest_context *c)
{
    long rc;

    spin_lock(&v->domain->lock);
    rc = v->initialised ? pv_change_context(v, c) : pv_set_context(v, c);
    spin_unlock(&v->domain->lock);
    if (rc)
        return rc;
    if (c->flags & VGCF_online)
        bit_clear(&v->pause_flags, VPF_DOWN);
    else
        bit_set(&v->pause_flags, VPF_DOWN);
    return 0;
}

/* Without a state the vCPU is what it was when it was made. */
static long context_drop(struct vcpu *v)
{
    bit_set(&v->pause_flags, VPF_DOWN);
    v->initialised = false;
    pv_vcpu_drop(v);
    return 0;
}

/* The structure is 5 KiB: too large for the stack. */
long domctl_set_context(struct domain *d, struct xen_domctl *op)
{
    uint64_t from = (uintptr_t)op->u.vcpucontext.ctxt.p;
    struct vcpu *v = domain_vcpu(d, op->u.vcpucontext.vcpu);
    struct vcpu_guest_context *c;
    long rc;

    if (!v)
        return no_vcpu(op->u.vcpucontext.vcpu, -EINVAL);
    c = heap_new(struct vcpu_guest_context);
    if (!c)
        return refuse(RULE_NO_MEMORY, v->id, -ENOMEM);
    if (from && copy_from_guest(c, gva(from), sizeof(*c))) {
        rc = refuse_memory(gva(from));
    } else {
        domain_pause(d);
        rc = from ? context_take(v, c) : context_drop(v);
        domain_unpause(d);
    }
    heap_free(c);
    return rc;
}

long domctl_get_context(struct domain *d, struct xen_domctl *op)
{
    uint64_t to = (uintptr_t)op->u.vcpucontext.ctxt.p;
    struct vcpu *v = domain_vcpu(d, op->u.vcpucontext.vcpu);
    struct vcpu_guest_context *c;
    long rc = 0;

    if (!v)
        return no_vcpu(op->u.vcpucontext.vcpu, -EINVAL);
    if (!v->initialised)
        return refuse(RULE_VCPU_STATE, v->id, -ENODATA);
    c = heap_new(struct vcpu_guest_context);
    if (!c)
        return refuse(RULE_NO_MEMORY, v->id, -ENOMEM);
    domain_pause(d);
    pv_get_context(v, c);
    domain_unpause(d);
    if (copy_to_guest(gva(to), c, sizeof(*c)))
        rc = refuse_memory(gva(to));
    heap_free(c);
    return rc;
}

long domctl_vcpu_info(struct domain *d, struct xen_domctl *op)
{
    struct xen_domctl_getvcpuinfo *i = &op->u.getvcpuinfo;
    struct vcpu *v = domain_vcpu(d, i->vcpu);

    if (!v)
        return no_vcpu(i->vcpu, i->vcpu < d->max_vcpus ? -ESRCH : -EINVAL);
    i->online = !bit_test(&v->pause_flags, VPF_DOWN);
    i->blocked = bit_test(&v->pause_flags, VPF_BLOCKED);
    i->running = READ_ONCE(v->running) != 0;
    i->cpu_time = sched_cpu_time(v);
    i->cpu = READ_ONCE(v->cpu);
    return 0;
}

/* Of what a machine's buttons do, a PV guest knows the NMI. */
long domctl_trigger(struct domain *d, struct xen_domctl *op)
{
    const struct xen_domctl_sendtrigger *t = &op->u.sendtrigger;
    struct vcpu *v = domain_vcpu(d, t->vcpu);

    if (!v)
        return no_vcpu(t->vcpu, -ESRCH);
    if (t->trigger != XEN_DOMCTL_SENDTRIGGER_NMI)
        return refuse(RULE_NOT_OFFERED, t->trigger, -ENOSYS);
    return vcpu_send_nmi(v);
}
