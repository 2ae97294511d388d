/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the idle domain and the idle loop, in which free frames are zeroed ahead of their next use.
 */
#include "dom/idle.h"
#include "cpu/asm.h"
#include "dom/vcpu.h"
#include "kern/softirq.h"
#include "lib/errno.h"
#include "lib/printk.h"
#include "lib/upcall.h"
#include "mm/alloc.h"
#include "mm/heap.h"

struct domain *idle_domain;

static struct domain idle;
static struct vcpu *idle_vcpus[MAX_CPUS];

void idle_init(void)
{
    idle.id = DOMID_IDLE;
    idle.max_vcpus = MAX_CPUS;
    idle.vcpus = idle_vcpus;
    idle.refs = 1;
    idle.state = DOMAIN_ALIVE;
    spin_init(&idle.lock, RANK_DOMAIN);
    idle_domain = &idle;
    if (pv_domain_create(&idle) || idle_create(0))
        panic("no memory for the idle domain");
    idle_start();
}

int idle_create(unsigned int cpu)
{
    struct vcpu *v = heap_new(struct vcpu);

    if (!v)
        return -ENOMEM;
    v->domain = &idle;
    v->id = v->cpu = cpu;
    if (pv_vcpu_create(v)) {
        heap_free(v);
        return -ENOMEM;
    }
    idle_vcpus[cpu] = v;
    return 0;
}

void idle_start(void)
{
    struct cpu *c = this_cpu();

    c->current = idle_vcpus[c->id];
    c->current->running = 1;
    pv_use_windows(c->current);
}

void idle_loop(void)
{
    for (;;) {
        irq_disable();
        if (softirq_pending()) {
            irq_enable();
            softirq_run();
        } else if (frames_to_scrub()) {
            irq_enable();
            frames_scrub();
        } else {
            irq_enable_and_halt();
        }
    }
}
