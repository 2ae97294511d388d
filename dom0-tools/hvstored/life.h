/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How domains come, end and go, as the store sees it.
 */
#ifndef HVSTORED_LIFE_H
#define HVSTORED_LIFE_H

#include "domain.h"

/*
 * Attaches a domain's ring and gives it a slot that begins where the page says. 0 or -errno; the
 * domain is in the store then, but not in the journal.
 */
int life_prepare(struct store *store, uint16_t domid, uint64_t frame, uint32_t port,
                 struct domain **out) __attribute__((warn_unused_result));
/* The item of a domain. */
void life_item(const struct domain *domain, struct bytes *items);

/* The control domain's own ring: attached when the daemon starts. 0 or -errno. */
int life_control(struct store *store) __attribute__((warn_unused_result));

/*
 * Adds to a change all that goes with a domain: nodes that it owns, and what others' lists of
 * permissions say of it, so that a later domain of its number gets nothing of it.
 */
void life_release_items(struct change *change, const struct domain *domain);
/* When that is committed. */
void life_released(struct store *store, struct domain *domain);

/* Looks which domains have ended, and tells. False: it has to be done again, later. */
bool life_check(struct store *store);

#endif
