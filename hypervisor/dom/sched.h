/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the scheduler's mechanism: which vCPU runs on which pCPU, since when and until when. The
 * policy (who is next, how much it may use, where it goes) is a set of pure functions in
 * dom/sched_policy.c.
 *
 * A vCPU is in one run queue when it is runnable and not running; each pCPU has a run queue with a
 * lock (RANK_SCHED).
 */
#ifndef DOM_SCHED_H
#define DOM_SCHED_H

#include "cpu/spinlock.h"
#include "dom/sched_policy.h"
#include "kern/timer.h"
#include "lib/bits.h"
#include "lib/list.h"
#include "lib/types.h"

struct vcpu;
struct domain;
struct vcpu_runstate_info;

struct cpu_mask {
    uint64_t bits[1]; /* MAX_CPUS */
};

struct sched_vcpu {   /* under the lock of the run queue of vcpu->cpu, but where said otherwise */
    struct list link; /* in that run queue */
    struct list
        parked_link; /* in its domain's list of those over the cap; under the budget's lock */
    bool queued;
    bool yielding;    /* gave up its turn: any other goes first, once */
    bool awake;       /* counted in its domain's active vCPUs */
    bool parked;      /* over its cap until the next period */
    uint32_t moving;  /* between two queues, with neither lock held */
    uint32_t load;    /* what it adds to its CPU's load */
    int64_t vruntime; /* weighted ns used, by the clock of its queue; the policy's */
    bool relative; /* on its way to another queue: vruntime is counted from the clock's present */
    int64_t since; /* when it last got a CPU, ns; charged up to here */
    int64_t lag;   /* virtual ns that it is ahead of its fair share, as of lag_at */
    int64_t lag_at;
    int64_t fair_seen;    /* the fair clock at lag_at */
    struct cpu_mask hard; /* may run only here; atomic word */
    struct cpu_mask soft; /* would rather run here; atomic word */
    int32_t
        pinned; /* 1 + the pCPU that SCHEDOP_pin_override says, in place of both; 0: none; atomic */
};

#define WATCHDOGS 2

struct sched_domain {
    uint32_t weight; /* 1 .. 65535, default 256; atomic */
    uint32_t cap;    /* percent of one pCPU, 0: none; atomic */
    uint32_t active; /* vCPUs that run or want to; atomic */
    spinlock_t lock; /* RANK_SCHED_REMOTE: budget, parked */
    struct sched_budget budget;
    struct list parked;  /* vCPUs that wait for the next period */
    struct timer refill; /* unparks them */
    /* call/sched_op.c's, under the domain's lock: */
    struct timer watchdog[WATCHDOGS]; /* SCHEDOP_watchdog */
    uint8_t watchdogs_used;           /* bit set */
    bool code_latched; /* SCHEDOP_shutdown_code: to be reported whatever the reason given later */
    uint8_t code;
};

/* A domain's part: default weight, no cap. Before its first vCPU; and after all its vCPUs were
 * stopped for good. */
void sched_domain_init(struct domain *d);
void sched_domain_destroy(struct domain *d);

void sched_init(void);     /* boot, before the second CPU */
void sched_init_cpu(void); /* on each CPU: its idle vCPU runs */
int sched_vcpu_init(struct vcpu *v) __must_check;
void sched_vcpu_destroy(struct vcpu *v);

/* The vCPU may have become runnable, or have ceased to be: any context with interrupts off or
 * on, not NMI. */
void sched_wake(struct vcpu *v);
void sched_sleep(struct vcpu *v);      /* asks its pCPU to let go of it */
void sched_sleep_sync(struct vcpu *v); /* and waits; not for current(); interrupts on, no lock */
void sched_yield(void);

/* Affinity: -EINVAL when no on-line CPU is in `hard`. */
int sched_set_affinity(struct vcpu *v, const struct cpu_mask *hard,
                       const struct cpu_mask *soft) __must_check;

/* SCHEDOP_pin_override: binds the vCPU to one pCPU until it is called with a negative number.
 * -EINVAL: no such CPU, or not bound. */
int sched_pin_override(struct vcpu *v, int32_t cpu) __must_check;

/* Weight and cap of a domain (percent of one pCPU, 0: none); -EINVAL outside the policy's range. */
int sched_set_params(struct domain *d, uint32_t weight, uint32_t cap) __must_check;
void sched_get_params(const struct domain *d, uint32_t *weight, uint32_t *cap);

/* Runs at SOFTIRQ_SCHEDULE on the exit path, with the CPU's own stack empty below it: picks, and
 * switches by context_switch(), which does not come back when the vCPU changed. */
void schedule(void);

/* Time a vCPU has run, ns, up to now. */
uint64_t sched_cpu_time(struct vcpu *v);

/* Its run state with the present stay added to the time of its state, as
 * VCPUOP_get_runstate_info answers. */
void sched_runstate(struct vcpu *v, struct vcpu_runstate_info *out);

/* The state dumps of the debug keys. */
void sched_dump(void);

#endif
