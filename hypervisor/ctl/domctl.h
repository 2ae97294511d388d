/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The operations of HYPERVISOR_domctl by file. Each gets the domain, with a reference held by the
 * caller, and the record as it was fetched; what it writes there goes back when it answers 0. One
 * domctl is at work at a time (ctl/domctl.c), so they may change what the toolstack sets without a
 * lock of its own. -ERESTART: the call is made again as it was.
 */
#ifndef CTL_DOMCTL_H
#define CTL_DOMCTL_H

#include <xen/domctl.h>

#include "dom/domain.h"

typedef long (*domctl_fn)(struct domain *d, struct xen_domctl *op);

/* ctl/domain_create.c: the new domain's number goes into op->domain; `made` gets a reference */
long domctl_create(struct xen_domctl *op, struct domain **made);
long domctl_max_vcpus(struct domain *d, struct xen_domctl *op);
long domctl_max_mem(struct domain *d, struct xen_domctl *op);
long domctl_set_address_size(struct domain *d, struct xen_domctl *op);
long domctl_get_address_size(struct domain *d, struct xen_domctl *op);

/*
 * ctl/domain_destroy.c: a dying domain's d->teardown is the step that is to be done, or gone on
 * with; what the steps before it took away is gone.
 */
enum teardown {
    TEARDOWN_PORTS,
    TEARDOWN_GRANTS,
    TEARDOWN_VCPUS,
    TEARDOWN_PIRQS,
    TEARDOWN_FRAMES,
    TEARDOWN_SHARED_INFO,
    TEARDOWN_REST,
    TEARDOWN_DONE
};
long domctl_destroy(struct domain *d, struct xen_domctl *op);
void domain_destroy_new(struct domain *d); /* one that nobody has used yet */

/* ctl/domain_settings.c */
long domctl_pause(struct domain *d, struct xen_domctl *op);
long domctl_unpause(struct domain *d, struct xen_domctl *op);
long domctl_set_handle(struct domain *d, struct xen_domctl *op);
long domctl_set_debugging(struct domain *d, struct xen_domctl *op);
long domctl_set_time_offset(struct domain *d, struct xen_domctl *op);
long domctl_set_tsc(struct domain *d, struct xen_domctl *op);
long domctl_get_tsc(struct domain *d, struct xen_domctl *op);
long domctl_hypercall_page(struct domain *d, struct xen_domctl *op);
long domctl_frame_types(struct domain *d, struct xen_domctl *op);

/* ctl/permissions.c */
long domctl_port_permission(struct domain *d, struct xen_domctl *op);
long domctl_memory_permission(struct domain *d, struct xen_domctl *op);
long domctl_irq_permission(struct domain *d, struct xen_domctl *op);

/* ctl/vcpu_control.c */
long domctl_set_context(struct domain *d, struct xen_domctl *op);
long domctl_get_context(struct domain *d, struct xen_domctl *op);
long domctl_vcpu_info(struct domain *d, struct xen_domctl *op);
long domctl_trigger(struct domain *d, struct xen_domctl *op);

/* ctl/scheduling.c */
long domctl_set_affinity(struct domain *d, struct xen_domctl *op);
long domctl_get_affinity(struct domain *d, struct xen_domctl *op);
long domctl_set_node_affinity(struct domain *d, struct xen_domctl *op);
long domctl_get_node_affinity(struct domain *d, struct xen_domctl *op);
long domctl_scheduler(struct domain *d, struct xen_domctl *op);

#endif
