/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the hypercall page: code that makes each call, in a frame of the guest's.
 */
#ifndef PV_HYPERCALL_PAGE_H
#define PV_HYPERCALL_PAGE_H

#include "dom/domain.h"

/* Writes all entries into a page of 4096 bytes. Pure. */
void hypercall_page_fill(void *page);

/* Fills a frame of the domain's; -EINVAL when it is not its own or in use as a table; -ERESTART: do
 * it again. */
int hypercall_page_make(const struct domain *d, mfn_t m) __must_check;

#endif
