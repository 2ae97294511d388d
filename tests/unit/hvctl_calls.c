/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's hypervisor: the calls that creating and ending a guest makes, with a hypervisor's
 * checks; any other call is a complaint.
 */
#include <errno.h>
#include <string.h>

#include <xen/event_channel.h>
#include <xen/memory.h>

#include "hvctl_machine.h"
#include "machine.h"

static long populate(const struct xen_memory_reservation *r)
{
    struct host_domain *d = &host.domain[r->domid];

    for (unsigned long i = 0; i < r->nr_extents; i++) {
        xen_pfn_t pfn = r->extent_start.p[i], mfn;

        if ((r->extent_order && host.no_large) ||
            (d->frames + (1ULL << r->extent_order)) * 4 > d->max_kib ||
            !host_take(r->domid, r->extent_order, &mfn)) {
            return (long)i;
        }
        for (unsigned int j = 0; j < 1U << r->extent_order; j++) {
            host.m2p[mfn + j] = pfn + j;
        }
        d->frames += 1ULL << r->extent_order;
        host.large_orders += r->extent_order > 0;
        r->extent_start.p[i] = mfn;
    }
    return (long)r->nr_extents;
}

static long memory_op(unsigned int command, void *argument)
{
    struct xen_foreign_memory_map *map = argument;

    switch (command) {
    case XENMEM_populate_physmap:
        return populate(argument);
    case XENMEM_set_memory_map:
        memcpy(&host.domain[map->domid].memory_map, (uint8_t *)map->map.buffer.p + 8, 8);
        return 0;
    default:
        host_complain("it made a memory call that a builder has no use for");
        return -ENOSYS;
    }
}

/* As the hypervisor would find it: no table may be writable anywhere. */
static bool check_table(uint32_t domid, xen_pfn_t mfn, unsigned int level)
{
    const uint64_t *entries = host_frame(mfn);

    if (mfn >= HOST_FRAMES || host.owner[mfn] != domid + 1 || host.mapped[mfn]) {
        return false;
    }
    for (unsigned int i = 0; i < 512 && level > 1; i++) {
        if (entries[i] && !check_table(domid, entries[i] << 12 >> 24, level - 1)) {
            return false;
        }
    }
    return true;
}

static long mmuext(const struct mmuext_op *op, unsigned int count, uint32_t domid)
{
    if (count != 1 || op->cmd != MMUEXT_PIN_L4_TABLE || !check_table(domid, op->arg1.mfn, 4)) {
        return -EINVAL;
    }
    host.domain[domid].pinned = op->arg1.mfn;
    return 0;
}

static long create(struct xen_domctl *op)
{
    for (unsigned int i = 1; i < HOST_DOMAINS; i++) {
        struct host_domain *d = &host.domain[i];

        if (!d->exists) {
            memset(d, 0, sizeof(*d));
            d->exists = true;
            host.made++;
            d->pause_count = 1;
            memcpy(d->handle, op->u.createdomain.handle, sizeof(d->handle));
            op->domain = (domid_t)i;
            return host_take(i, 0, &d->shared_info) && host_take(i, 0, &d->grants) ? 0 : -ENOMEM;
        }
    }
    return -ENOMEM;
}

static void destroy(unsigned int domid)
{
    for (unsigned int i = 0; i < HOST_FRAMES; i++) {
        if (host.owner[i] == domid + 1) {
            if (host.mapped[i]) {
                host_complain("it destroyed a domain whose memory it had mapped");
            }
            host.owner[i] = 0;
        }
    }
    host.domain[domid].exists = false;
}

static void look(unsigned int domid, struct xen_domctl_getdomaininfo *info)
{
    const struct host_domain *d = &host.domain[domid];

    memset(info, 0, sizeof(*info));
    info->domain = (domid_t)domid;
    info->tot_pages = d->frames;
    info->shared_info_frame = d->shared_info;
    info->max_vcpu_id = d->vcpus - 1;
    info->flags = d->dying ? XEN_DOMINF_dying : 0;
    if (d->ended) {
        info->flags |= XEN_DOMINF_shutdown | d->reason << XEN_DOMINF_shutdownshift;
    }
    memcpy(info->handle, d->handle, sizeof(info->handle));
}

static long domctl(struct xen_domctl *op)
{
    struct host_domain *d = &host.domain[op->domain % HOST_DOMAINS];

    if (op->cmd == XEN_DOMCTL_createdomain) {
        return create(op);
    }
    if (op->domain >= HOST_DOMAINS || !d->exists) {
        return -ESRCH;
    }
    switch (op->cmd) {
    case XEN_DOMCTL_destroydomain:
        destroy(op->domain);
        return 0;
    case XEN_DOMCTL_pausedomain:
        d->pause_count++;
        return 0;
    case XEN_DOMCTL_unpausedomain:
        d->pause_count--;
        return 0;
    case XEN_DOMCTL_getdomaininfo:
        look(op->domain, &op->u.getdomaininfo);
        return 0;
    case XEN_DOMCTL_setdomainhandle:
        memcpy(d->handle, op->u.setdomainhandle.handle, sizeof(d->handle));
        return 0;
    case XEN_DOMCTL_sendtrigger:
        return op->u.sendtrigger.vcpu < d->vcpus ? 0 : -EINVAL;
    case XEN_DOMCTL_max_vcpus:
        d->vcpus = op->u.max_vcpus.max;
        return 0;
    case XEN_DOMCTL_max_mem:
        d->max_kib = op->u.max_mem.max_memkb;
        return 0;
    case XEN_DOMCTL_settimeoffset:
        d->time_offset = op->u.settimeoffset.time_offset_seconds;
        return 0;
    case XEN_DOMCTL_hypercall_init:
        d->hypercall_page = op->u.hypercall_init.gmfn;
        return 0;
    case XEN_DOMCTL_setvcpuaffinity:
        memcpy(&d->hard, op->u.vcpuaffinity.cpumap_hard.bitmap.p, sizeof(d->hard));
        return 0;
    case XEN_DOMCTL_scheduler_op:
        d->weight = op->u.scheduler_op.u.credit2.weight;
        d->cap = op->u.scheduler_op.u.credit2.cap;
        return 0;
    case XEN_DOMCTL_setvcpucontext:
        d->context = *op->u.vcpucontext.ctxt.p;
        d->has_context = true;
        return xen_cr3_to_pfn(d->context.ctrlreg[3]) == d->pinned ? 0 : -EINVAL;
    default:
        host_complain("it made a control call that a builder has no use for");
        return -ENOSYS;
    }
}

static long sysctl(struct xen_sysctl *op)
{
    struct xen_sysctl_getdomaininfolist *list = &op->u.getdomaininfolist;

    if (op->cmd == XEN_SYSCTL_sched_id) {
        op->u.sched_id.sched_id = XEN_SCHEDULER_CREDIT2;
        return 0;
    }
    if (op->cmd != XEN_SYSCTL_getdomaininfolist) {
        host_complain("it asked of the host what a builder has no use for");
        return -ENOSYS;
    }
    list->num_domains = 0;
    for (unsigned int i = list->first_domain; i < HOST_DOMAINS; i++) {
        if (host.domain[i].exists) {
            look(i, &list->buffer.p[list->num_domains++]);
        }
    }
    return 0;
}

long machine_call(struct machine *machine, unsigned int number, const uint64_t a[5])
{
    struct evtchn_alloc_unbound *unbound = (void *)a[1];

    (void)machine;
    if (host_fails()) {
        return -ENOMEM;
    }
    switch (number) {
    case __HYPERVISOR_domctl:
        return domctl((void *)a[0]);
    case __HYPERVISOR_sysctl:
        return sysctl((void *)a[0]);
    case __HYPERVISOR_memory_op:
        return memory_op((unsigned int)a[0], (void *)a[1]);
    case __HYPERVISOR_mmuext_op:
        return mmuext((void *)a[0], (unsigned int)a[1], (uint32_t)a[3]);
    case __HYPERVISOR_event_channel_op:
        unbound->port = ++host.domain[unbound->dom].ports;
        return 0;
    default:
        host_complain("it made a call that a builder has no use for");
        return -ENOSYS;
    }
}
