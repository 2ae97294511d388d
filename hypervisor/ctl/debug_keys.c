/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the state dumps that need more than one folder. They run from SOFTIRQ_KEYS, and take no lock
 * for longer than a line.
 */
#include "ctl/debug_keys.h"
#include "ctl/audit.h"
#include "ctl/refusals.h"
#include "dom/vcpu.h"
#include "event/channel.h"
#include "event/pirq.h"
#include "grant/grant.h"
#include "kern/console.h"
#include "lib/printk.h"
#include "lib/upcall.h"
#include "mm/alloc.h"
#include "mm/boot_memory.h"
#include "mm/heap.h"
#include "pv/pv.h"

static void for_all(void (*fn)(struct domain *d))
{
    struct domain *d, *next;

    for (d = domain_next(0, true); d; d = next) {
        fn(d);
        next = domain_next(d->id, false);
        domain_put(d);
    }
}

static void show_vcpu(const struct vcpu *v)
{
    pr_info("  vCPU %u: CPU %u%s, flags %lx, events %s%s, tables %lx and %lx\n", v->id, v->cpu,
            READ_ONCE(v->running) ? " (runs)" : "", v->pause_flags,
            v->info->evtchn_upcall_pending ? "pending" : "none",
            v->info->evtchn_upcall_mask ? ", masked" : "", v->pv->kernel_l4.n, v->pv->user_l4.n);
}

static void show_domain(struct domain *d)
{
    unsigned int i;

    pr_info("domain %u %s: state %u%s, %u references, %u pauses, assists %lx\n", d->id, d->name,
            d->state, d->shut_down ? ", shut down" : "", d->refs, d->pause_count, d->vm_assist);
    for (i = 0; i < d->max_vcpus; i++) {
        if (d->vcpus[i] && !domain_dying(d))
            show_vcpu(d->vcpus[i]);
    }
}

static void show_events(struct domain *d)
{
    if (d->events)
        event_dump(d);
    if (d->pirqs)
        pirq_dump(d);
}

static void show_grants(struct domain *d)
{
    if (d->grants)
        grant_dump(d);
}

static void show_memory(struct domain *d)
{
    pr_info("domain %u: %lu frames of at most %lu, and %lu shared with the hypervisor\n", d->id,
            d->memory.tot_pages, d->memory.max_pages, d->memory.shared_pages);
}

static void key_domains(void)
{
    for_all(show_domain);
}

static void key_events(void)
{
    for_all(show_events);
}

static void key_grants(void)
{
    for_all(show_grants);
}

static void key_memory(void)
{
    pr_info("memory: %lu frames of RAM, %lu free, %lu in the heap\n", ram_frames,
            frames_free_count(), heap_frames());
    alloc_dump();
    for_all(show_memory);
}

static void show_refusals(struct domain *d)
{
    refusals_print(d);
}

static void key_refusals(void)
{
    for_all(show_refusals);
}

static void key_audit(void)
{
    struct audit_result r;
    int rc = audit_run(&r);

    if (rc)
        pr_warn("audit: another one is at work, or a vCPU did not stop\n");
    else
        audit_say(&r);
}

void ctl_keys_init(void)
{
    console_key_register('A', key_audit, "audit: count every reference anew");
    console_key_register('e', key_events, "event channels");
    console_key_register('g', key_grants, "grants");
    console_key_register('m', key_memory, "memory");
    console_key_register('q', key_domains, "domains and vCPUs");
    console_key_register('r', sched_dump, "run queues");
    console_key_register('w', key_refusals, "why calls were refused");
}
