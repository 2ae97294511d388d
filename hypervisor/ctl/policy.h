/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the copying of CPUID policies between tools and the hypervisor.
 */
#ifndef CTL_POLICY_H
#define CTL_POLICY_H

#include <xen/sysctl.h>

#include "ctl/domctl.h"

long domctl_get_policy(struct domain *d, struct xen_domctl *op);
long domctl_set_policy(struct domain *d, struct xen_domctl *op);
long sysctl_policy(struct xen_sysctl_cpu_policy *op);
long sysctl_features(struct xen_sysctl_cpu_featureset *op);

#endif
