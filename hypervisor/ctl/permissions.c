/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * I/O ports and device memory that a domain may use beside the control domain. What the hypervisor
 * drives itself stays its own whatever is said here. Taking a permission away ends no mapping that
 * exists.
 */
#include "cpu/features.h"
#include "ctl/domctl.h"
#include "dom/ctl_domain.h"
#include "lib/refusal.h"

#define PORTS 65536UL

static long change(struct domain *d, enum ctl_access what, uint64_t first, uint64_t n, bool allow)
{
    int rc = n ? ctl_domain_permit(d, what, first, first + n - 1, allow) : 0;

    return rc ? refuse(RULE_NO_MEMORY, first, rc) : 0;
}

long domctl_port_permission(struct domain *d, struct xen_domctl *op)
{
    const struct xen_domctl_ioport_permission *p = &op->u.ioport_permission;

    if (p->first_port >= PORTS || p->nr_ports > PORTS - p->first_port)
        return refuse(RULE_ARGUMENT, p->first_port, -EINVAL);
    return change(d, CTL_PORTS, p->first_port, p->nr_ports, p->allow_access);
}

long domctl_memory_permission(struct domain *d, struct xen_domctl *op)
{
    const struct xen_domctl_iomem_permission *p = &op->u.iomem_permission;
    uint64_t end = 1UL << (cpu_features.phys_bits - PAGE_SHIFT);

    if (p->first_mfn >= end || p->nr_mfns > end - p->first_mfn)
        return refuse(RULE_ARGUMENT, p->first_mfn, -EINVAL);
    return change(d, CTL_MEMORY, p->first_mfn, p->nr_mfns, p->allow_access);
}

/* Interrupts are the control domain's: there is none to be given away, and none to be taken. */
long domctl_irq_permission(struct domain *d, struct xen_domctl *op)
{
    (void)d;
    return op->u.irq_permission.allow_access
               ? refuse(RULE_NOT_OFFERED, op->u.irq_permission.pirq, -EOPNOTSUPP)
               : 0;
}
