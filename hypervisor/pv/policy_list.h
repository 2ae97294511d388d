/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the CPUID policy as control calls carry it: a list of leaves. Pure.
 */
#ifndef PV_POLICY_LIST_H
#define PV_POLICY_LIST_H

#include <xen/xen.h>

#include "pv/cpuid_policy.h"

#define POLICY_WORDS                                                                               \
    12 /* of a feature set, as arch-x86/cpufeatureset.h numbers them, that can be other than 0 */

/* The most leaves that a list can have. */
#define POLICY_LEAVES                                                                              \
    (POLICY_BASIC + POLICY_EXT + POLICY_CACHES + POLICY_FEATURES + POLICY_XSTATES + 4)

/* Leaf number n of the list; false behind the last. */
bool policy_list_get(const struct cpuid_policy *p, uint32_t n, xen_cpuid_leaf_t *out);

/* Replaces a leaf; false when the policy has no such one. */
bool policy_list_put(struct cpuid_policy *p, const xen_cpuid_leaf_t *leaf);

/*
 * Takes away whatever a domain may not be shown: features, leaves and states beyond `most`; and
 * what does not belong together.
 */
void policy_clamp(struct cpuid_policy *p, const struct cpuid_policy *most);

/* Word n of the policy's feature set. */
uint32_t policy_word(const struct cpuid_policy *p, unsigned int n);

/* The CPU's own answers, nothing taken away. */
void policy_raw(struct cpuid_policy *p, cpuid_reader read);

#endif
