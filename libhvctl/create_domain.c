/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A new domain in the hypervisor: its record with all limits, fixed at creation, and its share
 * of the host.  What fails here is undone by destroying the domain.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <xen/memory.h>

#include "domain.h"

#define PORTS       1023 /* highest event channel */
#define GRANT_TABLE 1    /* version */

/* A record of the memory map, as INT 15h E820h gives it. */
struct memory_range {
    uint64_t start, bytes;
    uint32_t type;
} __attribute__((packed));

#define RANGE_RAM 1

static int make(struct build *b)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_createdomain};
    struct xen_domctl_createdomain *make = &op.u.createdomain;
    long result;

    memcpy(make->handle, b->uuid, sizeof(make->handle));
    make->max_vcpus = b->definition->vcpus;
    make->max_evtchn_port = PORTS;
    make->max_grant_frames = -1;
    make->max_maptrack_frames = -1;
    make->grant_opts = XEN_DOMCTL_GRANT_version(GRANT_TABLE);
    result = calls_domctl(b->h, DOMID_INVALID, &op);
    if (result < 0) {
        return calls_fail(b->h, result, "the guest %s can't be made", b->definition->name);
    }
    b->domid = op.domain;
    return 0;
}

static int set_vcpus(struct build *b)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_max_vcpus};
    long result;

    op.u.max_vcpus.max = b->definition->vcpus;
    result = calls_domctl(b->h, b->domid, &op);
    return result < 0
               ? calls_fail(b->h, result, "the guest can't be given %u vCPUs", b->definition->vcpus)
               : 0;
}

/* All that it may ever have: it finds the part that it does not have yet as a hole to fill. */
static int set_memory_map(struct build *b)
{
    struct memory_range *range = calls_room(b->h, sizeof(*range));
    struct xen_foreign_memory_map map = {.domid = (domid_t)b->domid, .map.nr_entries = 1};
    long result;

    *range = (struct memory_range){0, b->definition->memory_kib << 10, RANGE_RAM};
    map.map.buffer.p = range;
    result = calls_op(b->h, __HYPERVISOR_memory_op, XENMEM_set_memory_map, &map, sizeof(map));
    calls_done(b->h);
    return result < 0 ? calls_fail(b->h, result, "the guest's memory map can't be set") : 0;
}

static int set_clock(struct build *b)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_settimeoffset};
    int64_t offset = b->definition->clock_offset_s;
    long result;

    if (b->definition->clock_local) {
        time_t now = time(NULL);
        struct tm local;

        localtime_r(&now, &local);
        offset += local.tm_gmtoff;
    }
    if (!offset) {
        return 0;
    }
    op.u.settimeoffset.time_offset_seconds = offset;
    result = calls_domctl(b->h, b->domid, &op);
    return result < 0 ? calls_fail(b->h, result, "the guest's clock can't be set") : 0;
}

static int set_share(struct build *b)
{
    const struct hvctl_definition *d = b->definition;

    if (!d->weight && !d->cap) {
        return 0;
    }
    return hvctl_sched_set(b->h, b->domid, d->weight ? d->weight : 256, d->cap);
}

int create_domain(struct build *b)
{
    int error = make(b);

    if (error) {
        return error;
    }
    error = set_vcpus(b);
    if (!error) {
        error = domain_set_max(b->h, b->domid, b->pages * 4 + SLACK_KIB);
    }
    if (!error) {
        error = set_memory_map(b);
    }
    if (!error && b->definition->cpuset_given) {
        error = hvctl_vcpu_pin(b->h, b->domid, UINT32_MAX, &b->definition->cpuset);
    }
    if (!error) {
        error = set_clock(b);
    }
    return error ? error : set_share(b);
}
