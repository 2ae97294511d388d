/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the scheduler's mechanism: which vCPU runs on which pCPU, since when and until when. The policy (who is next, how
 * much it may use, where it goes) is a set of pure functions in dom/sched_policy.c.
 *
 * A vCPU is in one run queue when it is runnable and not running; each pCPU has a run queue with a lock (RANK_SCHED).
 */
#ifndef DOM_SCHED_H
#define DOM_SCHED_H

#include "lib/bits.h"
#include "lib/list.h"
#include "lib/types.h"

struct vcpu;
struct domain;

struct cpu_mask {
    uint64_t bits[1]; /* MAX_CPUS */
};

struct sched_vcpu {
    struct list link;      /* in a run queue; under its lock */
    bool queued;
    bool yielding;         /* gave up its turn */
    int64_t vruntime;      /* weighted ns used; the policy's */
    int64_t credit;        /* cap budget in ns left in this period; the policy's */
    int64_t since;         /* when it last got a CPU, ns */
    bool parked;           /* over its cap until the period ends */
    struct cpu_mask hard;  /* may run only here */
    struct cpu_mask soft;  /* would rather run here */
    struct list domain_link;
};

struct sched_domain {
    uint32_t weight; /* 1 .. 65535, default 256 */
    uint32_t cap;    /* percent of one pCPU, 0: none */
};

void sched_init(void);     /* boot, before the second CPU */
void sched_init_cpu(void); /* on each CPU: its idle vCPU runs */
int sched_vcpu_init(struct vcpu *v) __must_check;
void sched_vcpu_destroy(struct vcpu *v);

/* The vCPU may have become runnable, or have ceased to be: any context with interrupts off or on, not NMI. */
void sched_wake(struct vcpu *v);
void sched_sleep(struct vcpu *v);      /* asks its pCPU to let go of it */
void sched_sleep_sync(struct vcpu *v); /* and waits; not for current() */
void sched_yield(void);

/* Affinity: -EINVAL when no on-line CPU is in `hard`. */
int sched_set_affinity(struct vcpu *v, const struct cpu_mask *hard, const struct cpu_mask *soft) __must_check;

/* Weight and cap of a domain (percent of one pCPU, 0: none); -EINVAL outside the policy's range. */
int sched_set_params(struct domain *d, uint32_t weight, uint32_t cap) __must_check;
void sched_get_params(const struct domain *d, uint32_t *weight, uint32_t *cap);

/* Runs at SOFTIRQ_SCHEDULE on the exit path, with the CPU's own stack empty below it: picks, and switches by
 * context_switch(), which does not come back when the vCPU changed. */
void schedule(void);

/* Time a vCPU has run, ns, up to now. */
uint64_t sched_cpu_time(const struct vcpu *v);

/* The state dumps of the debug keys. */
void sched_dump(void);

#endif
