/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the life of a vCPU, what stops and wakes it, and its timers.
 */
#include "dom/vcpu.h"
#include "dom/time_info.h"
#include "kern/softirq.h"
#include "kern/time.h"
#include "lib/errno.h"
#include "lib/refusal.h"
#include "lib/upcall.h"
#include "mm/heap.h"
#include "mm/permanent.h"

/*
 * A vCPU beyond the ABI's 32 slots of shared_info shows its events here until it registers a place;
 * nobody reads it.
 */
static struct vcpu_info nowhere = {.evtchn_upcall_mask = 1};

static void singleshot_fired(void *data)
{
    event_send_virq(data, VIRQ_TIMER);
}

/* Ticks that were missed while the vCPU did not run are one. */
static void periodic_fired(void *data)
{
    struct vcpu *v = data;
    int64_t t = now();

    if (!v->period)
        return;
    v->period_last = t;
    timer_set(&v->periodic, t + v->period);
    event_send_virq(v, VIRQ_TIMER);
}

int vcpu_create(struct domain *d, unsigned int id)
{
    struct vcpu *v;
    int rc;

    if (id >= d->max_vcpus)
        return -EINVAL;
    if (d->vcpus[id])
        return -EEXIST;
    v = heap_new(struct vcpu);
    if (!v)
        return -ENOMEM;
    v->domain = d;
    v->id = id;
    v->info_mfn = MFN_INVALID;
    v->info = id < XEN_LEGACY_MAX_VCPUS ? &d->shared->vcpu_info[id] : &nowhere;
    v->pause_flags = BIT(VPF_DOWN);
    rc = pv_vcpu_create(v);
    if (rc) {
        heap_free(v);
        return rc;
    }
    rc = sched_vcpu_init(v);
    if (rc) {
        pv_vcpu_destroy(v);
        heap_free(v);
        return rc;
    }
    timer_init(&v->singleshot, singleshot_fired, v, v->cpu);
    timer_init(&v->periodic, periodic_fired, v, v->cpu);
    v->info->evtchn_upcall_mask = 1;
    time_info_fill(v);
    smp_wmb(); /* pairs with domain_vcpu(): who finds it finds it whole */
    d->vcpus[id] = v;
    return 0;
}

void vcpu_retire(struct vcpu *v)
{
    struct vcpu_info *info = v->info;

    timer_kill(&v->singleshot);
    timer_kill(&v->periodic);
    if (v->poll_timer.function)
        timer_kill(&v->poll_timer);
    WRITE_ONCE(v->info, &nowhere);
    if (!mfn_eq(v->info_mfn, MFN_INVALID))
        permanent_unmap(info);
    v->info_mfn = MFN_INVALID;
    pv_vcpu_drop(v);
    v->retired = true;
}

void vcpu_destroy(struct vcpu *v)
{
    sched_vcpu_destroy(v);
    pv_vcpu_destroy(v);
    v->domain->vcpus[v->id] = NULL;
    heap_free(v);
}

/*
 * The flag is cleared first: vcpu_block() sets it, then looks for events, so one of both sees the
 * other.
 */
void vcpu_kick(struct vcpu *v)
{
    /* both flags in one step: a moment later they could be those of its next wait */
    const uint64_t waits = BIT(VPF_BLOCKED) | BIT(VPF_POLL);

    if (READ_ONCE(v->pause_flags) & waits &&
        __atomic_fetch_and(&v->pause_flags, ~waits, __ATOMIC_SEQ_CST) & waits) {
        sched_wake(v);
    } else if (READ_ONCE(v->running) && v != current()) {
        softirq_raise_on(v->cpu, SOFTIRQ_EXIT); /* it looks at its events on its way out */
    }
}

void vcpu_block(struct vcpu *v)
{
    v->info->evtchn_upcall_mask = 0;
    bit_set(&v->pause_flags, VPF_BLOCKED); /* a full barrier: pairs with vcpu_kick() */
    if (READ_ONCE(v->info->evtchn_upcall_pending))
        bit_clear(&v->pause_flags, VPF_BLOCKED);
    else
        sched_sleep(v);
}

int vcpu_info_register(struct vcpu *v, uint64_t gmfn, uint32_t offset)
{
    struct vcpu_info *old = v->info, *info;
    void *page;
    int rc;

    if (offset > PAGE_SIZE - sizeof(*info) || offset % 8)
        return refuse(RULE_ADDRESS_RANGE, offset, -EINVAL);
    if (!mfn_eq(v->info_mfn, MFN_INVALID))
        return refuse(RULE_CONTEXT, v->id, -EINVAL);
    /* another vCPU of the domain must not be on its way with the old place */
    if (v != current() && !bit_test(&v->pause_flags, VPF_DOWN))
        return refuse(RULE_CONTEXT, v->id, -EINVAL);
    rc = permanent_map(mfn(gmfn), v->domain->id, PERMANENT_VCPU_INFO, &page);
    if (rc == -ENOMEM)
        return refuse(RULE_NO_MEMORY, v->id, rc);
    if (rc)
        return rc == -ERESTART ? rc : refuse(RULE_FRAME_TYPE, gmfn, -EINVAL);
    info = (struct vcpu_info *)((char *)page + offset);
    if (old == &nowhere)
        info->evtchn_upcall_mask = 1;
    else
        *info = *old;
    v->info_mfn = mfn(gmfn);
    WRITE_ONCE(v->info, info);
    if (v == current())
        this_cpu()->events = info;
    smp_mb(); /* an event that went to the old place while it was copied is found again */
    info->evtchn_upcall_pending = 1;
    info->evtchn_pending_sel = ~0UL;
    time_info_fill(v);
    return 0;
}
