/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vCPUs and the scheduler: where they run, how they are, and what share of the host a guest has.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "domain.h"

/* Takes one of the two sets of a vCPU, or sets the hard one. */
static long affinity(struct hvctl *h, uint32_t domid, unsigned int vcpu, uint32_t command,
                     uint32_t flags, struct hvctl_cpuset *hard, struct hvctl_cpuset *soft)
{
    struct xen_domctl op = {.cmd = command};
    struct hvctl_cpuset *maps = calls_room(h, 2 * sizeof(*maps));
    long result;

    maps[0] = *hard;
    maps[1] = *soft;
    op.u.vcpuaffinity.vcpu = vcpu;
    op.u.vcpuaffinity.flags = flags;
    op.u.vcpuaffinity.cpumap_hard.bitmap.p = (uint8_t *)&maps[0];
    op.u.vcpuaffinity.cpumap_hard.nr_bits = sizeof(*maps) * 8;
    op.u.vcpuaffinity.cpumap_soft.bitmap.p = (uint8_t *)&maps[1];
    op.u.vcpuaffinity.cpumap_soft.nr_bits = sizeof(*maps) * 8;
    result = calls_domctl(h, domid, &op);
    *hard = maps[0];
    *soft = maps[1];
    calls_done(h);
    return result;
}

int hvctl_vcpu_pin(struct hvctl *h, uint32_t domid, unsigned int vcpu,
                   const struct hvctl_cpuset *cpus)
{
    struct xen_domctl_getdomaininfo info;
    unsigned int first = vcpu, last = vcpu;
    int error = domain_look(h, domid, &info);

    if (error) {
        return error;
    }
    if (!(cpus->word[0] | cpus->word[1] | cpus->word[2] | cpus->word[3])) {
        return hvctl_fail(h, HVCTL_INVALID, 0, "a vCPU must be allowed on one CPU at least");
    }
    if (vcpu == UINT32_MAX) {
        first = 0;
        last = info.max_vcpu_id;
    }
    error = domain_has_vcpu(h, domid, &info, last);
    if (error) {
        return error;
    }
    for (unsigned int i = first; i <= last; i++) {
        struct hvctl_cpuset hard = *cpus, soft = {{0}};
        long result =
            affinity(h, domid, i, XEN_DOMCTL_setvcpuaffinity, XEN_VCPUAFFINITY_HARD, &hard, &soft);

        if (result == -EINVAL) {
            return hvctl_fail(h, HVCTL_INVALID, EINVAL,
                              "the host has none of those CPUs (\"hvctl info\" shows how many)");
        }
        if (result < 0) {
            return calls_fail(h, result, "vCPU %u of domain %u can't be pinned to those CPUs", i,
                              domid);
        }
    }
    return 0;
}

static int look_vcpu(struct hvctl *h, uint32_t domid, unsigned int id, struct hvctl_vcpu *vcpu)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_getvcpuinfo};
    long result;

    *vcpu = (struct hvctl_vcpu){.id = id};
    op.u.getvcpuinfo.vcpu = id;
    result = calls_domctl(h, domid, &op);
    if (result >= 0) {
        vcpu->online = op.u.getvcpuinfo.online;
        vcpu->blocked = op.u.getvcpuinfo.blocked;
        vcpu->running = op.u.getvcpuinfo.running;
        vcpu->cpu = op.u.getvcpuinfo.cpu;
        vcpu->cpu_time_ns = op.u.getvcpuinfo.cpu_time;
        result = affinity(h, domid, id, XEN_DOMCTL_getvcpuaffinity,
                          XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT, &vcpu->hard, &vcpu->soft);
    }
    return result < 0 ? calls_fail(h, result, "vCPU %u of domain %u can't be looked at", id, domid)
                      : 0;
}

int hvctl_vcpus(struct hvctl *h, uint32_t domid, struct hvctl_vcpu **vcpus, size_t *count)
{
    struct xen_domctl_getdomaininfo info;
    struct hvctl_vcpu *all;
    size_t number;
    int error = domain_look(h, domid, &info);

    if (error) {
        return error;
    }
    number = info.max_vcpu_id == XEN_INVALID_MAX_VCPU_ID ? 0 : info.max_vcpu_id + 1;
    all = alloc_zeroed(number, sizeof(*all));
    if (!all) {
        return hvctl_fail(h, HVCTL_NO_MEMORY, ENOMEM, "this program has no memory left");
    }
    for (size_t i = 0; i < number && !error; i++) {
        error = look_vcpu(h, domid, (unsigned int)i, &all[i]);
    }
    if (error) {
        free(all);
        return error;
    }
    *vcpus = all;
    *count = number;
    return 0;
}

/* Both schedulers that there may be have the same record, under another number. */
static int share(struct hvctl *h, uint32_t domid, uint32_t command,
                 struct xen_domctl_sched_credit2 *share)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_scheduler_op};
    struct xen_sysctl which = {.cmd = XEN_SYSCTL_sched_id};
    int error = calls_open(h);
    long result;

    if (error) {
        return error;
    }
    result = calls_sysctl(h, &which);
    if (result >= 0) {
        if (which.u.sched_id.sched_id != XEN_SCHEDULER_CREDIT &&
            which.u.sched_id.sched_id != XEN_SCHEDULER_CREDIT2) {
            return hvctl_fail(h, HVCTL_UNSUPPORTED, 0, "this scheduler has no weights");
        }
        op.u.scheduler_op.sched_id = which.u.sched_id.sched_id;
        op.u.scheduler_op.cmd = command;
        op.u.scheduler_op.u.credit2 = *share;
        result = calls_domctl(h, domid, &op);
        *share = op.u.scheduler_op.u.credit2;
    }
    return result < 0 ? calls_fail(h, result, "domain %u's share of the host can't be %s", domid,
                                   command == XEN_DOMCTL_SCHEDOP_putinfo ? "set" : "read")
                      : 0;
}

int hvctl_sched_get(struct hvctl *h, uint32_t domid, unsigned int *weight, unsigned int *cap)
{
    struct xen_domctl_sched_credit2 now = {0};
    int error = share(h, domid, XEN_DOMCTL_SCHEDOP_getinfo, &now);

    if (!error && weight) {
        *weight = now.weight;
    }
    if (!error && cap) {
        *cap = now.cap;
    }
    return error;
}

int hvctl_sched_set(struct hvctl *h, uint32_t domid, unsigned int weight, unsigned int cap)
{
    struct xen_domctl_sched_credit2 wanted = {(uint16_t)weight, (uint16_t)cap};

    if (!weight || weight > UINT16_MAX || cap > UINT16_MAX) {
        return hvctl_fail(h, HVCTL_INVALID, 0,
                          "a weight is 1 to 65535, a cap 0 to 65535 per cent, not %u and %u",
                          weight, cap);
    }
    return share(h, domid, XEN_DOMCTL_SCHEDOP_putinfo, &wanted);
}
