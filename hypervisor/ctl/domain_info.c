/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fills the ABI's description of a domain.
 */
#include "ctl/domain_info.h"
#include "dom/ctl_domain.h"
#include "dom/vcpu.h"
#include "lib/string.h"

/* Bound: MAX_VCPUS. */
static void count_vcpus(struct domain *d, struct xen_domctl_getdomaininfo *info)
{
    bool blocked = true, running = false;
    unsigned int i;

    info->max_vcpu_id = XEN_INVALID_MAX_VCPU_ID;
    for (i = 0; i < d->max_vcpus; i++) {
        struct vcpu *v = domain_vcpu(d, i);

        if (!v)
            continue;
        info->max_vcpu_id = i;
        info->cpu_time += sched_cpu_time(v);
        if (bit_test(&v->pause_flags, VPF_DOWN))
            continue;
        info->nr_online_vcpus++;
        blocked = blocked && bit_test(&v->pause_flags, VPF_BLOCKED);
        running = running || READ_ONCE(v->running);
    }
    if (blocked)
        info->flags |= XEN_DOMINF_blocked;
    if (running)
        info->flags |= XEN_DOMINF_running;
}

void domain_info_fill(struct domain *d, struct xen_domctl_getdomaininfo *info)
{
    memset(info, 0, sizeof(*info));
    info->domain = d->id;
    if (READ_ONCE(d->state) >= DOMAIN_DYING)
        info->flags |= XEN_DOMINF_dying;
    if (READ_ONCE(d->shut_down))
        info->flags |= XEN_DOMINF_shutdown | (uint32_t)d->shutdown_code << XEN_DOMINF_shutdownshift;
    if (READ_ONCE(d->ctl_pauses))
        info->flags |= XEN_DOMINF_paused;
    if (READ_ONCE(d->debugged))
        info->flags |= XEN_DOMINF_debugged;
    count_vcpus(d, info);
    info->tot_pages = READ_ONCE(d->memory.tot_pages);
    info->max_pages = READ_ONCE(d->memory.max_pages);
    info->outstanding_pages = READ_ONCE(d->memory.claimed);
    info->shared_info_frame = d->shared_mfn.n;
    info->gpaddr_bits = 52;
    if (d->ctl)
        memcpy(info->handle, d->ctl->handle, sizeof(info->handle));
}
