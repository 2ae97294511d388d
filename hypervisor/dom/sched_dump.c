/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler's part of the debug keys: each CPU's queue, and who runs.
 *
 * Prints with a queue's lock held, so that what it shows belongs together: for the operator's eyes,
 * not for use by programs.
 */
#include "dom/sched_queue.h"
#include "kern/time.h"
#include "lib/printk.h"

#define DUMP_AT_MOST 32 /* vCPUs a queue */

static void dump_vcpu(const struct sched_cpu *sc, const struct vcpu *v)
{
    printk(LOG_INFO, "    d%uv%u vruntime %+ld us load %u hard %lx soft %lx flags %lx\n",
           v->domain->id, v->id, (v->sched.vruntime - sc->clock) / 1000, v->sched.load,
           v->sched.hard.bits[0], v->sched.soft.bits[0], v->pause_flags);
}

static void dump_cpu(unsigned int cpu)
{
    struct sched_cpu *sc = &sched_cpus[cpu];
    uint64_t flags = spin_lock_irqsave(&sc->lock);
    unsigned int n = 0;
    struct list *pos;

    printk(LOG_INFO, "  CPU %u: %u waiting, load %u, runs %s\n", cpu, sc->waiting, sc->load,
           sc->current == sc->idle ? "nothing" : "for");
    if (sc->current != sc->idle) {
        printk(LOG_INFO, "    since %ld us:\n", (now() - sc->current->sched.since) / 1000);
        dump_vcpu(sc, sc->current);
    }
    list_for_each (pos, &sc->queue) {
        if (n++ == DUMP_AT_MOST)
            break;
        dump_vcpu(sc, list_entry(pos, struct vcpu, sched.link));
    }
    spin_unlock_irqrestore(&sc->lock, flags);
}

void sched_dump(void)
{
    printk(LOG_INFO, "scheduler at %ld us\n", now() / 1000);
    for (uint64_t set = sched_online; set; set &= set - 1)
        dump_cpu(bit_lowest(set));
}
