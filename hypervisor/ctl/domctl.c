/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_domctl: what the toolstack does to domains: fetches the record, finds the domain, and
 * calls the operation.
 *
 * One is at work at a time: who finds another at work makes its call again. The one at work never
 * waits for a vCPU that could be in a domctl itself, since only the control domain's can.
 */
#include "ctl/domctl.h"

#include "call/argument.h"
#include "call/handlers.h"
#include "cpu/percpu.h"
#include "ctl/domain_info.h"
#include "ctl/policy.h"
#include "dom/vcpu.h"
#include "kern/softirq.h"
#include "lib/refusal.h"
#include "mm/guest_copy.h"

#define BACK        1 /* the record goes back */
#define DYING       2 /* of a dying domain too */
#define OTHER       4 /* not of the caller's own domain */
#define ALWAYS_BACK 8 /* the record goes back even when the operation was refused */

static const struct operation {
    uint32_t cmd, flags;
    domctl_fn fn;
} operations[] = {
    {XEN_DOMCTL_destroydomain, DYING | OTHER, domctl_destroy},
    {XEN_DOMCTL_pausedomain, OTHER, domctl_pause},
    {XEN_DOMCTL_unpausedomain, OTHER, domctl_unpause},
    {XEN_DOMCTL_max_mem, 0, domctl_max_mem},
    {XEN_DOMCTL_setvcpucontext, OTHER, domctl_set_context},
    {XEN_DOMCTL_getvcpucontext, OTHER | BACK, domctl_get_context},
    {XEN_DOMCTL_getvcpuinfo, DYING | BACK, domctl_vcpu_info},
    {XEN_DOMCTL_max_vcpus, 0, domctl_max_vcpus},
    {XEN_DOMCTL_setdomainhandle, 0, domctl_set_handle},
    {XEN_DOMCTL_setdebugging, OTHER, domctl_set_debugging},
    {XEN_DOMCTL_irq_permission, OTHER, domctl_irq_permission},
    {XEN_DOMCTL_iomem_permission, OTHER, domctl_memory_permission},
    {XEN_DOMCTL_ioport_permission, OTHER, domctl_port_permission},
    {XEN_DOMCTL_hypercall_init, 0, domctl_hypercall_page},
    {XEN_DOMCTL_settimeoffset, 0, domctl_set_time_offset},
    {XEN_DOMCTL_sendtrigger, 0, domctl_trigger},
    {XEN_DOMCTL_set_address_size, 0, domctl_set_address_size},
    {XEN_DOMCTL_get_address_size, BACK, domctl_get_address_size},
    {XEN_DOMCTL_settscinfo, OTHER, domctl_set_tsc},
    {XEN_DOMCTL_gettscinfo, BACK, domctl_get_tsc},
    {XEN_DOMCTL_getpageframeinfo3, BACK, domctl_frame_types},
    {XEN_DOMCTL_setvcpuaffinity, BACK, domctl_set_affinity},
    {XEN_DOMCTL_getvcpuaffinity, BACK, domctl_get_affinity},
    {XEN_DOMCTL_setnodeaffinity, 0, domctl_set_node_affinity},
    {XEN_DOMCTL_getnodeaffinity, BACK, domctl_get_node_affinity},
    {XEN_DOMCTL_scheduler_op, BACK, domctl_scheduler},
    {XEN_DOMCTL_get_cpu_policy, BACK, domctl_get_policy},
    {XEN_DOMCTL_set_cpu_policy, OTHER | ALWAYS_BACK, domctl_set_policy},
};

static long put_back(gva_t arg, const struct xen_domctl *op)
{
    return give_back(arg, op, sizeof(*op));
}

/* The domain with this number, or the next above. */
static long get_info(struct xen_domctl *op, gva_t arg)
{
    struct domain *d = domain_next(op->domain, true);

    if (!d)
        return refuse(RULE_NO_SUCH_DOMAIN, op->domain, -ESRCH);
    domain_info_fill(d, &op->u.getdomaininfo);
    op->domain = d->id;
    domain_put(d);
    return put_back(arg, op);
}

/* A caller that can't be told the number has no domain made. */
static long create(struct xen_domctl *op, gva_t arg)
{
    struct domain *d;
    long rc = domctl_create(op, &d);

    if (rc)
        return rc;
    rc = put_back(arg, op);
    if (rc)
        domain_destroy_new(d);
    domain_put(d);
    return rc;
}

static long operate(const struct operation *o, struct xen_domctl *op, gva_t arg)
{
    struct domain *d = domain_get(op->domain);
    long rc;

    if (!d || (domain_dying(d) && !(o->flags & DYING))) {
        if (d)
            domain_put(d);
        return refuse(RULE_NO_SUCH_DOMAIN, op->domain, -ESRCH);
    }
    if (!domain_may(current()->domain, MAY_CONTROL, d))
        rc = refuse(RULE_NOT_PERMITTED, op->cmd, -EPERM);
    else if (d == current()->domain && o->flags & OTHER)
        rc = refuse(RULE_OWN_DOMAIN, op->cmd, -EINVAL);
    else
        rc = o->fn(d, op);
    domain_put(d);
    if (o->flags & ALWAYS_BACK || (!rc && o->flags & BACK)) {
        long copied = put_back(arg, op);

        rc = rc ? rc : copied;
    }
    return rc;
}

static long dispatch(struct xen_domctl *op, gva_t arg)
{
    unsigned int i;

    if (op->cmd == XEN_DOMCTL_createdomain)
        return create(op, arg);
    if (op->cmd == XEN_DOMCTL_getdomaininfo)
        return get_info(op, arg);
    for (i = 0; i < ARRAY_SIZE(operations); i++) {
        if (operations[i].cmd == op->cmd)
            return operate(&operations[i], op, arg);
    }
    return refuse(RULE_UNKNOWN_OPERATION, op->cmd, -ENOSYS);
}

long do_domctl(uint64_t arg)
{
    static uint32_t busy;
    struct xen_domctl op;
    long rc;

    if (!domain_may(current()->domain, MAY_CONTROL, NULL))
        return refuse(RULE_NOT_PERMITTED, 0, -EPERM);
    if (copy_from_guest(&op, gva(arg), sizeof(op)))
        return refuse_memory(gva(arg));
    if (op.interface_version != XEN_DOMCTL_INTERFACE_VERSION)
        return refuse(RULE_INTERFACE_VERSION, op.interface_version, -EACCES);
    if (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE))
        return -ERESTART;
    rc = dispatch(&op, gva(arg));
    __atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
    return rc;
}
