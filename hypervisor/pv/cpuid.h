/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the CPUID policies in force: the host's two defaults (control domain, guests), or a domain's
 * own.
 */
#ifndef PV_CPUID_H
#define PV_CPUID_H

#include "dom/domain.h"
#include "pv/cpuid_policy.h"

#define MSR_HYPERCALL_PAGE 0x40000000 /* where leaf 2 says that the hypercall page is asked for */

/* Boot, after features_detect(). */
void pv_cpuid_init(void);

const struct cpuid_policy *pv_policy(const struct domain *d);

/* The most that the domain, or any guest without privilege, can be shown. */
const struct cpuid_policy *pv_policy_default(const struct domain *d);
const struct cpuid_policy *pv_policy_of_guests(void);

#endif
