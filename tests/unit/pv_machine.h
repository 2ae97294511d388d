/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domains on the machine's memory, for tests of pv/'s page tables: their frames, a vCPU a CPU, the
 * calls as a guest makes them, and the recount of every reference from what can be seen.
 */
#ifndef TESTS_PV_MACHINE_H
#define TESTS_PV_MACHINE_H

#include "mm_machine.h"
#include "pv/pv.h"

#define DOMAINS       3  /* 0 controls the others */
#define DOMAIN_FRAMES 48 /* of each */
#define SPARE_FRAMES  40 /* free ones */
#define FIRST_FRAME   16

extern struct domain machine_domains[DOMAINS];
extern struct vcpu machine_vcpus[MACHINE_CPUS];
extern unsigned int machine_refusals; /* so many refusals; by any thread */

void pv_machine_start(void);

/* The caller's thread runs vCPU `cpu`, which is one of domain d's from now on. */
void machine_run(unsigned int cpu, unsigned int d);

/* The table or page that is behind a frame. */
uint64_t *machine_table(mfn_t m);

/*
 * A call as a guest makes it: executed again as long as it stops in between, each time `wanted`
 * questions later (0: it never stops); at most `limit` times, then the guest gives up with
 * -ERESTART.
 */
long machine_mmu_update(const struct mmu_update *u, unsigned int n, uint64_t foreign,
                        unsigned int wanted, unsigned int limit);
long machine_mmuext(const struct mmuext_op *op, unsigned int n, domid_t d, unsigned int wanted,
                    unsigned int limit);

/* Pins (level 1 to 4) and unpins without being stopped. */
int machine_pin(mfn_t m, unsigned int level);
int machine_unpin(mfn_t m);

/*
 * Recounts everything. At rest the records must agree with what the tables, vCPUs and states hold;
 * in the midst of a call (at_rest false) none may be less than what can be seen. Also: no frame is
 * a table while a TLB may let somebody write it.
 */
void machine_recount(bool at_rest);
extern bool machine_many; /* several CPUs at once: the TLB, whose model is of one, is left out */

/* Ends all uses, then gives all frames back: nothing may be left. */
void machine_teardown(void);

#endif
