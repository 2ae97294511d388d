/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the audit: every reference of the running system counted anew, and compared with what the
 * records say.
 *
 * All vCPUs but the caller's are stopped at their exits. So no call is at work but the caller's
 * own, which holds nothing. One that stopped for other work and will be made again has left what
 * it holds with an owner that is looked at: a frame whose check or undoing is unfinished (one
 * reference and one use), a dying domain's step and its two lists of frames, a mapping's record.
 */
#ifndef CTL_AUDIT_H
#define CTL_AUDIT_H

#include <xen/mortise.h>

#include "ctl/audit_check.h"
#include "dom/domain.h"
#include "lib/printk.h"

struct audit_result {
    uint64_t differences[MORTISE_AUDIT_NR_KINDS];
    uint64_t total, frames_checked, references;
    int64_t time_ns; /* that vCPUs stood still */
};

/*
 * -EBUSY: another audit runs, or some vCPU did not stop within a second. Hypercall or softirq
 * context, no lock held. When it answers 0, audit_differences() are the caller's until
 * audit_done().
 */
int audit_run(struct audit_result *r) __must_check;

/* The first differences, in words: MIN(total, MORTISE_AUDIT_ROOM) of them. */
const struct mortise_difference *audit_differences(void);
void audit_done(void);

/* Prints the sums; and is done. */
void audit_say(const struct audit_result *r);

/* The option audit=end: audit_at_end() (lib/upcall.h) makes one and says what it found. */
extern bool opt_audit_at_end;

/* Where a difference is, what is recorded there, and what was found. */
struct audit_place {
    domid_t domid; /* DOMID_INVALID: nobody's */
    uint64_t object, recorded, found;
};

/* Counts one difference, and says it in words unless there were many already. */
void audit_report(struct audit_result *r, unsigned int kind, const struct audit_place *at,
                  const char *fmt, ...) __printf(4, 5);

/* For audit_report(): `domid, object, recorded, found`. */
#define AUDIT_AT(...) (&(struct audit_place){__VA_ARGS__})

/* Calls fn for each domain that is listed, dying ones too. Bound: the domains of the host. */
void audit_domains(struct audit_result *r,
                   void (*fn)(struct audit_result *r, const struct domain *d));

/* A range of frames whose references are being counted. */
struct audit_pass {
    uint64_t first, frames;
    struct audit_count *counts; /* the scratch memory */
    uint64_t references;        /* of all ranges so far */
    uint64_t foreign;           /* entries of guests' tables that show others' frames */
};

/* ctl/audit_walk.c: finds every reference on a frame of the range */
void audit_count_all(struct audit_pass *p);

/* ctl/audit_lists.c: owners' lists and totals, free lists, frames set aside, M2P */
void audit_lists(struct audit_result *r);

/* ctl/audit_mappings.c: what the hypervisor maps of guests' frames and who holds it; vCPUs'
 * regions and windows; what L4s show of the hypervisor */
void audit_mappings(struct audit_result *r);

/* ctl/audit_events.c: ports and what they are bound to, physical interrupts */
void audit_events(struct audit_result *r);

/* ctl/audit_grants.c: pins and mappings; entries of guests' tables that show others' frames */
void audit_grants(struct audit_result *r, const struct audit_pass *p);

/* Whether only a grant may put another's frame into a table of the domain's: it has no privilege,
 * and is not dying, since its end forgets the mappings before it empties the tables. */
bool audit_grants_only(domid_t owner);

/* ctl/audit_domains.c: references on domains, the list and the table of them, how far a dying
 * one is */
void audit_lives(struct audit_result *r, const struct audit_pass *scratch);

/* ctl/audit_sched.c: run queues and their accounts */
void audit_sched(struct audit_result *r);

#endif
