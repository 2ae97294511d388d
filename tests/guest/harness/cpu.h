/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vCPUs of the test kernel: what each has for itself, bring-up of a second one,
 * and the upcall with its pending bits.  A vCPU finds its own by its stack.
 */
#ifndef HARNESS_CPU_H
#define HARNESS_CPU_H

#include "trap.h"

struct cpu {
    unsigned int id;
    trap_hook_t hook;
    struct fault fault;
    struct context user_return;
    bool in_user;
    unsigned long upcalls;
};

long cpus_begin(void);

extern start_info_t *start_info;
extern shared_info_t *shared_info;

struct cpu *this_cpu(void);
struct cpu *cpu_number(unsigned int id);
vcpu_info_t *vcpu_info_self(void);

/* How often each port was seen by the upcall since events_reset(). */
extern volatile unsigned long port_hits[4096];
void events_reset(void);
/* Masks or unmasks upcalls of this vCPU; unmasking takes what is pending. */
void upcalls_mask(void);
void upcalls_unmask(void);
bool port_pending(unsigned int port);
bool port_masked(unsigned int port);
void port_mask(unsigned int port, bool masked);
void port_clear(unsigned int port);
/* System time of this vCPU in nanoseconds, by its time record and the TSC. */
uint64_t time_now(void);
/* What the upcall entry calls. */
void event_upcall(void);

/* Whether a vCPU without a job, and one that waits for it, sleep in between (cpu_wait()). */
extern bool cpus_nap;
/* Brings vCPU `id` up, on its own stack with the traps set; 0 or an errno. */
long cpu_start(unsigned int id);
/* Gives a started vCPU a job; cpu_wait() is false when it is not done in twenty seconds. */
void cpu_run(unsigned int id, void (*job)(void));
bool cpu_wait(unsigned int id);
bool cpu_done(unsigned int id);
/* Ends the running vCPU's job from anywhere in it. */
void cpu_job_abort(void) __attribute__((noreturn));
/* Fills a context as cpu_start() does, for a test to spoil. */
void cpu_context(struct vcpu_guest_context *context, unsigned int id, void (*run)(void));

#endif
