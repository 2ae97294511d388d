/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns a domain's record of its refused calls: a ring of the last ones. lib/refusal.h has what
 * everybody uses.
 */
#ifndef CTL_REFUSALS_H
#define CTL_REFUSALS_H

#include <xen/mortise.h>

#include "dom/domain.h"

#define REFUSALS       64 /* of the control domain; no ring is longer */
#define REFUSALS_GUEST 28 /* of another: what a third of a page holds */
#define NO_HYPERCALL                                                                               \
    0xffffffffU /* mortise_refusal.hypercall: an instruction or a fault, not a call */

/* Without memory the domain has no record, and all goes on: nothing depends on it. */
void refusals_domain_init(struct domain *d);
void refusals_domain_free(struct domain *d);

/*
 * The oldest record there is with a sequence number of *from or more; *from becomes the next
 * number. False when there is none.
 */
bool refusals_next(const struct domain *d, uint64_t *from, struct mortise_refusal *out);

/* How often each rule refused something since the boot; atomic words. */
extern uint64_t refusal_counts[];

/* Name of a rule as in lib/refusals.def, and its sentence. */
const char *refusal_rule_name(uint32_t rule);
const char *refusal_rule_sentence(uint32_t rule);

#endif
