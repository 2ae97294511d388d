/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the change of vCPUs on a pCPU. The frame in struct cpu is copied out and in; nothing else of
 * the stack survives.
 */
#include "dom/switch.h"
#include "cpu/asm.h"
#include "cpu/descriptors.h"
#include "cpu/features.h"
#include "cpu/mapping.h"
#include "dom/idle.h"
#include "dom/time_info.h"
#include "kern/softirq.h"
#include "lib/upcall.h"
#include "mm/tlb.h"

void entry_exit(struct cpu *c) __noreturn;
void entry_idle(struct cpu *c, void (*loop)(void)) __noreturn;

void return_to_current(void)
{
    struct cpu *c = this_cpu();

    if (vcpu_is_idle(c->current))
        entry_idle(c, idle_loop);
    entry_exit(c);
}

static void leave_guest_tables(struct vcpu *idle)
{
    descriptors_use_own();
    ldt_load(0, 0);
    tlb_load_cr3(image_paddr(idle_l4).a, false);
    pv_use_windows(idle);
    tlb_guest_gone();
}

/* What one domain taught the branch predictor must not steer another. */
static void barrier_between_domains(const struct vcpu *next)
{
    static const struct domain *last[MAX_CPUS];
    const struct domain **here = &last[cpu_id()];

    if (*here != next->domain && *here && cpu_features.ibpb)
        wrmsr(MSR_PRED_CMD, 1);
    *here = next->domain;
}

void context_switch(struct vcpu *prev, struct vcpu *next)
{
    struct cpu *c = this_cpu();

    irq_disable();
    if (!vcpu_is_idle(prev)) {
        prev->regs = c->regs;
        pv_save(prev);
    }
    if (!vcpu_is_idle(next))
        barrier_between_domains(next);
    c->current = next;
    c->events = next->info;
    if (vcpu_is_idle(next)) {
        leave_guest_tables(next);
    } else {
        c->regs = next->regs;
        pv_load(next);
    }
    /* partner: sched.c waits for this before prev runs elsewhere */
    __atomic_store_n(&prev->running, 0, __ATOMIC_RELEASE);
    irq_enable();
    if (!vcpu_is_idle(next))
        time_info_switch(next);
    return_to_current();
}
