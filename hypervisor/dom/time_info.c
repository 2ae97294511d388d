/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the versioned copies: a reader that sees an odd version, or two different ones, reads again.
 *
 * Areas at the guest's own addresses are written only while its kernel's tables are loaded; one
 * that is not mapped is not written.
 */
#include "dom/time_info.h"
#include "kern/softirq.h"
#include "kern/time.h"
#include "lib/upcall.h"
#include "mm/guest_copy.h"

#define RUNSTATE_UPDATING (1UL << 63)

static void fill(struct vcpu_time_info *t, const struct time_scale *s)
{
    WRITE_ONCE(t->version, t->version | 1);
    smp_wmb(); /* pairs with the reader's look at the version before and after */
    t->tsc_timestamp = s->tsc_stamp;
    t->system_time = (uint64_t)s->base;
    t->tsc_to_system_mul = s->mul;
    t->tsc_shift = s->shift;
    t->flags = time_is_stable() ? XEN_PVCLOCK_TSC_STABLE_BIT : 0;
    smp_wmb();
    WRITE_ONCE(t->version, t->version + 1);
}

void time_info_fill(struct vcpu *v)
{
    struct time_scale s;

    v->time_version = time_scale_read(&s);
    if (v->info)
        fill(&v->info->time, &s);
}

static bool guest_copy_odd(gva_t at, uint32_t version)
{
    return copy_to_guest(at, &version, sizeof(version)) == 0;
}

void time_info_write(struct vcpu *v)
{
    struct vcpu_time_info t = v->info->time;
    gva_t at = gva(v->time_guest);

    if (!v->time_guest || !guest_copy_odd(at, t.version | 1))
        return;
    if (!copy_to_guest(gva(at.a + 4), (char *)&t + 4, sizeof(t) - 4))
        guest_copy_odd(at, t.version);
}

void runstate_write(struct vcpu *v)
{
    bool announce = v->domain->vm_assist >> VMASST_TYPE_runstate_update_flag & 1;
    uint64_t entry_at = v->runstate_guest + offsetof(struct vcpu_runstate_info, state_entry_time);
    struct vcpu_runstate_info r;

    if (!v->runstate_guest)
        return;
    r = v->runstate;
    if (announce) {
        if (put_guest_u64(gva(entry_at), r.state_entry_time | RUNSTATE_UPDATING))
            return;
        smp_wmb();
        r.state_entry_time |= RUNSTATE_UPDATING;
    }
    if (copy_to_guest(gva(v->runstate_guest), &r, sizeof(r)) || !announce)
        return;
    smp_wmb();
    if (put_guest_u64(gva(entry_at), r.state_entry_time & ~RUNSTATE_UPDATING))
        return; /* the guest unmapped it in between */
}

static void write_areas(struct vcpu *v)
{
    runstate_write(v);
    time_info_write(v);
}

void time_info_switch(struct vcpu *v)
{
    /* where the TSCs differ, what was filled in on another CPU is wrong here */
    if (v->time_version != time_generation() || !time_is_stable())
        time_info_fill(v);
    if (v->runstate_guest || v->time_guest)
        pv_with_kernel_tables(write_areas, v);
}

/*
 * The clock's scale changed: the vCPU that runs here shows it at once, others when they are loaded.
 */
static void scale_changed(void)
{
    if (!vcpu_is_idle(current()) && current()->time_version != time_generation())
        time_info_switch(current());
}

void time_info_init(void)
{
    softirq_register(SOFTIRQ_TIME, scale_changed);
}

void wallclock_fill(struct domain *d)
{
    int64_t base = wallclock_base() + d->time_offset * NSEC_PER_SEC;
    struct shared_info *s;
    uint64_t sec = (uint64_t)base / NSEC_PER_SEC;

    spin_lock(&d->lock);
    s = d->shared;
    if (s) {
        WRITE_ONCE(s->wc_version, s->wc_version | 1);
        smp_wmb();
        s->wc_sec = (uint32_t)sec;
        s->wc_sec_hi = (uint32_t)(sec >> 32);
        s->wc_nsec = (uint32_t)((uint64_t)base % NSEC_PER_SEC);
        smp_wmb();
        WRITE_ONCE(s->wc_version, s->wc_version + 1);
    }
    spin_unlock(&d->lock);
}
