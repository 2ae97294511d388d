/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the audit: every reference of the running system counted anew, and compared with what the
 * records say.
 *
 * All vCPUs but the caller's are stopped at their exits, so no call is in progress but the caller's
 * own, which holds nothing.
 */
#ifndef CTL_AUDIT_H
#define CTL_AUDIT_H

#include <xen/mortise.h>

#include "ctl/audit_check.h"
#include "lib/printk.h"

struct audit_result {
    uint64_t differences[MORTISE_AUDIT_NR_KINDS];
    uint64_t total, frames_checked;
    int64_t time_ns;
};

/* -EBUSY: another audit runs, or some vCPU did not stop within a second; -ENOMEM. Hypercall or
 * softirq context, no lock held. */
int audit_run(struct audit_result *r) __must_check;

/* Counts one difference, and says it in words unless there were many already. */
void audit_report(struct audit_result *r, unsigned int kind, const char *fmt, ...) __printf(3, 4);

/* A range of frames whose references are being counted. */
struct audit_pass {
    uint64_t first, frames;
    struct audit_count *counts;
};

/* ctl/audit_walk.c: finds every reference on a frame of the range */
void audit_count_all(struct audit_pass *p);

/* ctl/audit_lists.c: owners' lists and totals, free lists, M2P, what the hypervisor maps; what
 * L4s show of it */
void audit_lists(struct audit_result *r);
void audit_mappings(struct audit_result *r);

/* ctl/audit_pairs.c: event channels and grants, where two records must agree. The scratch memory
 * is the pass's. */
void audit_events(struct audit_result *r);
void audit_grants(struct audit_result *r, const struct audit_pass *scratch);

#endif
