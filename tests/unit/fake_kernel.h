/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What event channels and grants need of the rest of the hypervisor, on the host: locks that notice
 * a wrong order, a heap that can fail, domains, and the last refusal.
 */
#ifndef TESTS_FAKE_KERNEL_H
#define TESTS_FAKE_KERNEL_H

#include "dom/vcpu.h"
#include "lib/refusal.h"

#define FAKE_DOMAINS 4
#define FAKE_VCPUS   40 /* more than shared_info has room for */

extern enum rule fake_last_rule;  /* of the last refusal */
extern int fake_allocations_left; /* the heap fails when it is 0; negative: never */
extern int fake_allocated;        /* blocks not given back */
extern unsigned int fake_locks;   /* held now: 0 between operations */
extern const char *fake_trouble;  /* what was done wrong, or NULL */
extern unsigned int fake_kicks[FAKE_DOMAINS + 1][FAKE_VCPUS],
    fake_wakes[FAKE_DOMAINS + 1][FAKE_VCPUS];

/* Domains 1 to FAKE_DOMAINS with their vCPUs; the first is the control domain. They are there
 * until the next call. */
void fake_domains_make(void);
struct domain *fake_domain(domid_t id);
void fake_domain_vanish(domid_t id); /* domain_get() finds it no more */

/* The vCPU that calls. */
void fake_run_as(domid_t id, unsigned int vcpu);

#endif
