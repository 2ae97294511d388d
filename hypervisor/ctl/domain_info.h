/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What control calls say of a domain.
 */
#ifndef CTL_DOMAIN_INFO_H
#define CTL_DOMAIN_INFO_H

#include <xen/domctl.h>

#include "dom/domain.h"

/* A picture: the domain may change meanwhile. The caller holds a reference. */
void domain_info_fill(struct domain *d, struct xen_domctl_getdomaininfo *info);

#endif
