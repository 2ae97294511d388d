/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tests' toolstack: makes a domain with the child's kernel in it, tells it what to do, and ends
 * it. Frames of the child are mapped into slots of the control kernel's own tables, as Linux's
 * privcmd does.
 */
#ifndef DOMAINS_DOMAIN_H
#define DOMAINS_DOMAIN_H

#define __XEN_TOOLS__ 1
#include "harness.h"

#include <xen/domctl.h>
#include <xen/sysctl.h>

#include "child/child.h"

#define SLOTS        64 /* of foreign mappings */
#define SLOT_MAILBOX 0
#define SLOT_WORK    1 /* the toolstack's, for a moment */
#define SLOT_TEST    4 /* from here on: for tests */

struct child {
    domid_t id;
    unsigned int pages;
    xen_pfn_t mfns[CHILD_PAGES];
    struct mailbox *mailbox;
    unsigned long shared_mfn;
};

/* One domctl or sysctl; the record is static and shared. */
extern struct xen_domctl domctl_op;
extern struct xen_sysctl sysctl_op;
long domctl(unsigned int command, domid_t id);
long sysctl(unsigned int command);

/* Maps a frame of domain `id` at a slot: 0 or an errno; flags 0 takes it out again. */
long slot_map(unsigned int slot, domid_t id, unsigned long mfn, uint64_t flags);
void *slot_address(unsigned int slot);
void slot_unmap(unsigned int slot);

/* The steps of making one, each REQUIREd. */
domid_t child_new(unsigned int vcpus);                    /* structures alone */
void child_populate(struct child *c, unsigned int pages); /* its one vCPU, and frames */
void child_populate_frames(struct child *c, unsigned int pages);
void child_fill(struct child *c); /* image, tables, start_info; all but the pin */
long child_context(struct child *c, unsigned int vcpu); /* setvcpucontext as it should be */
void child_context_make(struct child *c, struct vcpu_guest_context *context);

/* All of it, running, with its mailbox mapped. */
void child_make(struct child *c);
/* Ends it, and unmaps the mailbox before; the domain is gone afterwards. */
void child_end(struct child *c);
long child_destroy(domid_t id); /* as long as it says "again" */

/* Address in the child of its page, and of its mailbox's data. */
#define child_va(page) (VIRT_BASE + (unsigned long)(page)*PAGE_SIZE)
unsigned long child_data(void);

/* Has the child do a job; false (and a failure) when it is not done in some seconds. */
bool child_start(struct child *c, enum job job, unsigned int number, const uint64_t args[5]);
bool child_wait(struct child *c);
long child_call5(struct child *c, unsigned int number, const uint64_t args[5]);
#define child_call(c, number, ...) child_call5((c), (number), (uint64_t[5]){__VA_ARGS__})
long child_job(struct child *c, enum job job, uint64_t a, uint64_t b);

/* getdomaininfo: false when there is no such domain. */
bool child_info(domid_t id, struct xen_domctl_getdomaininfo *info);
/* Waits until a flag of it is set. */
bool child_wait_flag(domid_t id, uint32_t flag, struct xen_domctl_getdomaininfo *info);
bool child_exists(domid_t id);
bool child_gone(domid_t id); /* waits for it */
uint64_t host_free(void);

/* The audit now, in the middle of a test: nothing on a hypervisor that has none. */
void books_clean(const char *when);

#endif
