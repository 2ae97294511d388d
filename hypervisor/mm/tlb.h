/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns TLB flushes and the epoch that says which ones can be left out.
 *
 * The epoch grows with every flush. A frame whose last use ends keeps the epoch of that moment;
 * before it is used as something else, each CPU that may still hold a translation of it must have
 * flushed since: its own flush_epoch must be greater. CPUs that run no guest are left out; they
 * flush everything when they load one.
 */
#ifndef MM_TLB_H
#define MM_TLB_H

#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "lib/types.h"

extern uint64_t tlb_epoch;

static inline uint64_t tlb_epoch_now(void)
{
    return READ_ONCE(tlb_epoch);
}

/*
 * Flushes everything on this CPU, global entries too, empties the window cache, and moves the epoch
 * on.
 */
void tlb_flush_local(void);

/* Whether a CPU may still hold a translation from before or at `epoch`. */
bool tlb_may_hold(uint64_t epoch);

/* Makes sure that no CPU holds a translation from before or at `epoch`. Interrupts on. */
void tlb_flush_older(uint64_t epoch);

/*
 * Flushes the given CPUs (bits by id), or one address on them, for a guest that asked. Interrupts
 * on.
 */
void tlb_flush_cpus(uint64_t cpus);
void tlb_flush_cpus_address(uint64_t cpus, uint64_t va);

/* Flushes every CPU, idle ones too: a mapping of the hypervisor's own went away. Interrupts on. */
void tlb_flush_all(void);

/* A guest's tables are about to be loaded, or none are any more, on this CPU. Interrupts off. */
void tlb_guest_loading(void);
void tlb_guest_gone(void);

/* Loads CR3 unless it is there already; `c` is this CPU. */
static inline void tlb_load_cr3_on(struct cpu *c, uint64_t cr3)
{
    if (c->loaded_cr3 != cr3) {
        c->loaded_cr3 = cr3;
        write_cr3(cr3);
    }
}

/*
 * Loads CR3 (a guest's L4 or idle_l4) unless it is there already; `everything`: global entries are
 * flushed too.
 */
static inline void tlb_load_cr3(uint64_t cr3, bool everything)
{
    tlb_load_cr3_on(this_cpu(), cr3);
    if (everything)
        tlb_flush_local();
}

#endif
