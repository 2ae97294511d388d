/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the run queues' structure, shared by the scheduler's files alone: sched.c (who runs now),
 * sched_queue.c (queues and where vCPUs go), sched_cap.c (budgets).
 *
 * The lock of a vCPU is that of the queue of v->cpu; v->cpu changes only under it, never while v is
 * queued or running. A vCPU whose `running` is still set was just descheduled, and its registers
 * may not be in memory: it stays with its CPU's queue, where only that CPU can pick it, after its
 * own switch is complete.
 */
#ifndef DOM_SCHED_QUEUE_H
#define DOM_SCHED_QUEUE_H

#include "cpu/layout.h"
#include "dom/vcpu.h"

struct sched_cpu {
    spinlock_t lock;      /* RANK_SCHED */
    struct list queue;    /* by vruntime, least first */
    uint32_t waiting;     /* vCPUs in the queue; read without the lock too */
    uint32_t load;        /* of those that wait and the one that runs; read without the lock too */
    int64_t clock;        /* virtual, as of the last look */
    int64_t rotated;      /* when a vCPU was last handed on for fairness */
    int64_t pushed;       /* when it was last looked whether vCPUs are better off elsewhere */
    bool displaced;       /* somebody in the queue may not run here any more */
    struct vcpu *current; /* as of the last schedule() */
    int64_t run_lag, run_since,
        run_fair;      /* of `current`, for other CPUs to read without the lock: */
    uint32_t run_load; /* what is read may be of two moments; it only guides moves */
    struct vcpu *idle;
    struct timer slice;
} __aligned(64);

extern struct sched_cpu sched_cpus[MAX_CPUS];
extern uint64_t sched_online; /* CPUs whose queue is set up: bit set, grows only */

/* Locks the queue a vCPU belongs to; interrupts go off. */
struct sched_cpu *sched_lock_vcpu(struct vcpu *v, uint64_t *flags);

/* The vCPU's hard affinity on CPUs that are there; never empty. */
uint64_t sched_hard_cpus(const struct vcpu *v);

/* Under the lock of v's queue. */
void sched_enqueue(struct sched_cpu *sc, struct vcpu *v);
void sched_dequeue(struct sched_cpu *sc, struct vcpu *v);
void sched_refresh_load(struct vcpu *v); /* not while it counts in a queue's load */
void sched_runstate_set(struct vcpu *v, int state, int64_t at);
void sched_put_asleep(struct vcpu *v, int64_t at); /* it is nowhere and not runnable */
void sched_advance_clock(struct sched_cpu *sc, int64_t at);

/* v belongs to the queue, whose lock is held: in with it, unless it sleeps or is in already.
 * Whether its CPU must look at once: the caller tells it when the lock is free again, since a
 * message between CPUs is slow. */
bool __must_check sched_enter(struct sched_cpu *sc, struct vcpu *v, int64_t at);

/* Makes v, which is in no queue, the new CPU's. Under its old queue's lock. */
void sched_reassign(struct sched_cpu *from, struct vcpu *v, unsigned int to, int64_t at);

/* The loads of all CPUs on line, as they are now. */
void sched_read_loads(uint32_t *loads);

/* Puts a runnable vCPU that is nowhere into the best queue and makes that CPU look. No lock;
 * interrupts off. */
void sched_place(struct vcpu *v);

/* Takes vCPUs of this CPU elsewhere that may not be here, or are better off there; takes one
 * from others when this one has nothing to do. No lock; interrupts off. */
void sched_push(unsigned int cpu);
void sched_pull(unsigned int cpu);

/* dom/sched_share.c: lags, while more than one CPU is on line. The vCPU has run for `ran` ns up
 * to now, or was waiting (0). */
void sched_lag_update(struct vcpu *v, int64_t ran, int64_t at);
void sched_lag_restart(struct vcpu *v,
                       int64_t at);           /* it wakes: the time asleep counts neither way */
void sched_lag_publish(struct sched_cpu *sc); /* `current` begins to run */
int64_t sched_lag_of_cpu(const struct sched_cpu *sc,
                         int64_t at); /* of the one that runs there now */

/* Charges ns to a capped domain's budget. Under the lock of v's queue. */
void sched_cap_charge(struct vcpu *v, int64_t ran, int64_t at);
/* Whether it may run now; if not it is parked. Under the lock of v's queue. */
bool sched_cap_admit(struct vcpu *v, int64_t at);

#endif
