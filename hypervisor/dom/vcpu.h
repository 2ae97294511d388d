/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the vCPU: its saved registers, run state, and what wakes or stops it.
 *
 * While a vCPU runs, its registers are the frame in struct cpu; `regs` here is valid when `running`
 * is false. The scheduler's view (struct sched_vcpu) belongs to dom/sched.c, the PV state (struct
 * pv_vcpu) to pv/.
 */
#ifndef DOM_VCPU_H
#define DOM_VCPU_H

#include <xen/vcpu.h>
#include <xen/xen.h>

#include "cpu/percpu.h"
#include "dom/domain.h"
#include "dom/sched.h"
#include "kern/timer.h"

/*
 * Why a vCPU does not run: bits of pause_flags, changed atomically. It may run when all are clear.
 */
#define VPF_BLOCKED 0 /* waits for an event */
#define VPF_DOWN    1 /* off line: never initialised, or VCPUOP_down */
#define VPF_POLL    2 /* in SCHEDOP_poll; set together with VPF_BLOCKED */

struct vcpu {
    struct cpu_user_regs regs;
    struct domain *domain;
    unsigned int id;
    unsigned int cpu;     /* where it runs or last ran; the scheduler's */
    uint32_t running;     /* its state is in a CPU, not here */
    uint64_t pause_flags; /* VPF_*, atomic */
    bool initialised;     /* its context was set */
    bool retired;         /* its domain dies, and it holds nothing any more */
    uint8_t nmi_pending;
    uint32_t virq_port[24]; /* event/'s: port of each VIRQ, 0 when unbound; under the event lock */
    uint32_t poll_port;     /* event/'s: the one port polled for, 0 for any of several */

    struct vcpu_info
        *info;      /* permanent mapping: in shared_info, or where the guest registered it */
    mfn_t info_mfn; /* MFN_INVALID while in shared_info */

    struct sched_vcpu sched;
    struct timer singleshot; /* VCPUOP_set_singleshot_timer and set_timer_op: raises VIRQ_TIMER */
    struct timer periodic;
    struct timer poll_timer;
    int64_t period;      /* ns; 0: no periodic timer */
    int64_t period_last; /* when it last ticked */

    struct pv_vcpu *pv;

    struct vcpu_runstate_info
        runstate;            /* time in each state; under the scheduler's lock of `cpu` */
    uint64_t runstate_guest; /* the guest's address to write it to; 0: none */
    uint64_t time_guest;     /* the guest's second copy of the time info; 0: none */
    uint32_t time_version;   /* kern/time's generation that this vCPU's time info shows */
};

static inline bool vcpu_is_idle(const struct vcpu *v)
{
    return v->domain == idle_domain;
}

static inline bool vcpu_runnable(const struct vcpu *v)
{
    return !(READ_ONCE(v->pause_flags) | READ_ONCE(v->domain->pause_count));
}

/* Allocates vCPU `id` of the domain, off line. -ENOMEM, or -EEXIST when it exists. */
int vcpu_create(struct domain *d, unsigned int id) __must_check;

/*
 * Its part in its domain's end, in two steps. Retired, it holds no frame and has no timer, and can
 * still be asked what it was; it was stopped for good. Destroyed, it is gone: nobody can reach it.
 * Interrupts on.
 */
void vcpu_retire(struct vcpu *v);
void vcpu_destroy(struct vcpu *v);

/* An event, timer or interrupt is there for it: ends SCHEDOP_block. Any context but NMI. */
void vcpu_kick(struct vcpu *v);

/* SCHEDOP_block: waits unless an upcall is pending already. Sets IF in effect, as the ABI says. */
void vcpu_block(struct vcpu *v);

/* Points `info` at offset `offset` (bytes) of the guest's frame for good; -EINVAL, -ENOMEM. */
int vcpu_info_register(struct vcpu *v, uint64_t gmfn, uint32_t offset) __must_check;

#endif
