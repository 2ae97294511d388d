/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_domctl: what the toolstack does to domains. There is one domain, the control domain,
 * so far: it can be described.
 */
#include <xen/domctl.h>

#include "call/handlers.h"
#include "cpu/percpu.h"
#include "ctl/domain_info.h"
#include "dom/vcpu.h"
#include "lib/refusal.h"
#include "mm/guest_copy.h"

/* The domain with this number, or the next above. */
static long get_info(struct xen_domctl *op, gva_t arg)
{
    struct domain *d = domain_next(op->domain, true);

    if (!d)
        return refuse(RULE_NO_SUCH_DOMAIN, op->domain, -ESRCH);
    domain_info_fill(d, &op->u.getdomaininfo);
    op->domain = d->id;
    domain_put(d);
    return copy_to_guest(arg, op, sizeof(*op)) ? refuse(RULE_GUEST_MEMORY, arg.a, -EFAULT) : 0;
}

long do_domctl(uint64_t arg)
{
    struct xen_domctl op;

    if (!domain_may(current()->domain, MAY_CONTROL, NULL))
        return refuse(RULE_NOT_PERMITTED, 0, -EPERM);
    if (copy_from_guest(&op, gva(arg), sizeof(op)))
        return refuse(RULE_GUEST_MEMORY, arg, -EFAULT);
    if (op.interface_version != XEN_DOMCTL_INTERFACE_VERSION)
        return refuse(RULE_INTERFACE_VERSION, op.interface_version, -EACCES);
    if (op.cmd == XEN_DOMCTL_getdomaininfo)
        return get_info(&op, gva(arg));
    return refuse(RULE_UNKNOWN_OPERATION, op.cmd, -ENOSYS);
}
