/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The operations of HYPERVISOR_memory_op that answer with a number or a map, and those that a PV
 * domain does not have.
 */
#include "call/argument.h"
#include "call/memory.h"
#include "cpu/percpu.h"
#include "dom/ctl_domain.h"
#include "dom/vcpu.h"
#include "grant/grant.h"
#include "lib/refusal.h"
#include "mm/boot_memory.h"
#include "mm/guest_copy.h"
#include "mm/heap.h"
#include "mm/m2p.h"

/* The domain of a struct xen_memory_domain, with a reference. */
static int named_domain(gva_t arg, struct domain **d)
{
    struct xen_memory_domain op;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    return memory_target(op.domid, d);
}

static long reservation(uint32_t op, gva_t arg)
{
    struct domain *d;
    uint64_t top;
    long rc = named_domain(arg, &d);

    if (rc)
        return rc;
    switch (op) {
    case XENMEM_current_reservation:
        rc = (long)READ_ONCE(d->memory.tot_pages);
        break;
    case XENMEM_maximum_reservation:
        rc = (long)READ_ONCE(d->memory.max_pages);
        break;
    default: /* XENMEM_maximum_gpfn: the guest's own word */
        spin_lock(&d->lock);
        top = d->shared ? READ_ONCE(d->shared->arch.max_pfn) : 0;
        spin_unlock(&d->lock);
        rc = top ? (long)(top - 1) : 0;
        break;
    }
    domain_put(d);
    return rc;
}

static long own_map(gva_t arg)
{
    struct domain *d = current()->domain;
    struct xen_memory_map op;
    struct e820_record r;
    uint32_t i;

    if (!d->ctl || !READ_ONCE(d->ctl->map_count))
        return refuse(RULE_NOT_OFFERED, XENMEM_memory_map, -ENOSYS);
    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    for (i = 0; i < op.nr_entries && ctl_domain_map_record(d, i, &r);
         i++) { /* at most DOMAIN_MAP_MAX */
        if (copy_to_guest(guest_element((uintptr_t)op.buffer.p, r, i), &r, sizeof(r)))
            return refuse_memory(arg);
    }
    op.nr_entries = i;
    return give_back(arg, &op, sizeof(op));
}

/* The firmware's map. Bound: MEMORY_RANGES. */
static long machine_map(gva_t arg)
{
    struct xen_memory_map op;
    unsigned int i, n = 0;

    if (!domain_may(current()->domain, MAY_MANAGE_HOST, NULL))
        return refuse(RULE_NOT_PERMITTED, XENMEM_machine_memory_map, -EPERM);
    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    for (i = 0; i < memory_ranges; i++) {
        const struct memory_range *m = &memory_map[i];
        struct e820_record r = {m->start, m->end - m->start, m->type};

        if (m->start >= m->end)
            continue;
        if (n == op.nr_entries && op.buffer.p)
            return refuse(RULE_MEMORY_MAP, op.nr_entries, -EINVAL);
        if (op.buffer.p &&
            copy_to_guest(guest_element((uintptr_t)op.buffer.p, r, n), &r, sizeof(r)))
            return refuse_memory(arg);
        n++;
    }
    op.nr_entries = n;
    return give_back(arg, &op, sizeof(op));
}

static long set_map(gva_t arg)
{
    struct xen_foreign_memory_map op;
    struct e820_record *map;
    struct domain *d;
    long rc;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    if (op.map.nr_entries > DOMAIN_MAP_MAX)
        return refuse(RULE_MEMORY_MAP, op.map.nr_entries, -EINVAL);
    rc = memory_target(op.domid, &d);
    if (rc)
        return rc;
    map = heap_alloc(DOMAIN_MAP_MAX * sizeof(*map));
    if (!map)
        rc = -ENOMEM;
    else if (copy_from_guest(map, gva((uintptr_t)op.map.buffer.p),
                             op.map.nr_entries * sizeof(*map)))
        rc = refuse_memory(arg);
    else
        rc = ctl_domain_set_map(d, map, op.map.nr_entries);
    if (rc == -ENOMEM || rc == -EINVAL)
        rc = refuse(RULE_NO_MEMORY, op.map.nr_entries, (int)rc);
    heap_free(map);
    domain_put(d);
    return rc;
}

static long m2p_place(gva_t arg)
{
    struct xen_machphys_mapping op = {
        .v_start = M2P_RO_START,
        .v_end = M2P_RO_END,
        .max_mfn = (M2P_RO_END - M2P_RO_START) / 8 - 1,
    };

    return give_back(arg, &op, sizeof(op));
}

/* Where the M2P lies, for who maps it. 0: not there, or not in one run. Bound: max_extents, and
 * the table's own size. */
static long m2p_frames(gva_t arg)
{
    struct xen_machphys_mfn_list op;
    unsigned int i;

    if (!domain_may(current()->domain, MAY_MANAGE_HOST, NULL))
        return refuse(RULE_NOT_PERMITTED, XENMEM_machphys_mfn_list, -EPERM);
    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    for (i = 0; i < op.max_extents && i < m2p_extents(); i++) {
        mfn_t m = m2p_extent_frame(i);

        if (put_guest_u64(gva((uintptr_t)op.extent_start.p + i * 8UL),
                          mfn_eq(m, MFN_INVALID) ? 0 : m.n))
            return refuse_memory(arg);
    }
    op.nr_extents = i;
    return give_back(arg, &op, sizeof(op));
}

/* No IOMMU: no device has memory set aside for it. */
static long reserved_device_memory(gva_t arg)
{
    struct xen_reserved_device_memory_map op;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    if (op.flags & ~(uint32_t)XENMEM_RDM_ALL)
        return refuse(RULE_ARGUMENT, op.flags, -EINVAL);
    op.nr_entries = 0;
    return give_back(arg, &op, sizeof(op));
}

/* Frames of the domain's grant table, which grows to hold them. Bound: its allowance of frames. */
static long grant_frames(struct domain *d, const struct xen_mem_acquire_resource *op)
{
    uint64_t i, end = op->frame + op->nr_frames;
    int rc;

    if (end < op->frame || end > d->grants->max_frames)
        return refuse(RULE_ALLOWANCE, end, -EINVAL);
    rc = grant_table_grow(d, (uint32_t)end);
    if (rc)
        return rc;
    for (i = 0; i < op->nr_frames; i++) {
        gva_t at = gva((uintptr_t)op->frame_list.p + i * 8);

        if (put_guest_u64(at, grant_table_frame(d, (uint32_t)(op->frame + i)).n))
            return refuse_memory(at);
    }
    return 0;
}

static long acquire_resource(gva_t arg)
{
    struct xen_mem_acquire_resource op;
    struct domain *d;
    long rc;

    if (copy_from_guest(&op, arg, sizeof(op)))
        return refuse_memory(arg);
    if (op.pad)
        return refuse(RULE_ARGUMENT, op.pad, -EINVAL);
    rc = memory_target(op.domid, &d);
    if (rc)
        return rc;
    if (d == current()->domain)
        rc = refuse(RULE_NOT_PERMITTED, op.domid, -EPERM);
    else if (op.type != XENMEM_resource_grant_table ||
             op.id != XENMEM_resource_grant_table_id_shared || !d->grants)
        rc = refuse(RULE_NOT_OFFERED, op.type, -EOPNOTSUPP);
    else if (op.frame_list.p)
        rc = grant_frames(d, &op);
    else
        op.nr_frames = d->grants->max_frames;
    domain_put(d);
    if (rc || op.frame_list.p)
        return rc;
    return give_back(arg, &op, sizeof(op));
}

long memory_map_op(uint32_t op, gva_t arg)
{
    switch (op) {
    case XENMEM_maximum_ram_page:
        return (long)frame_limit - 1;
    case XENMEM_current_reservation:
    case XENMEM_maximum_reservation:
    case XENMEM_maximum_gpfn:
        return reservation(op, arg);
    case XENMEM_memory_map:
        return own_map(arg);
    case XENMEM_machine_memory_map:
        return machine_map(arg);
    case XENMEM_set_memory_map:
        return set_map(arg);
    case XENMEM_machphys_mfn_list:
        return m2p_frames(arg);
    case XENMEM_machphys_mapping:
        return m2p_place(arg);
    case XENMEM_get_sharing_freed_pages:
    case XENMEM_get_sharing_shared_pages:
        return 0; /* no frame is ever shared */
    case XENMEM_reserved_device_memory_map:
        return reserved_device_memory(arg);
    case XENMEM_acquire_resource:
        return acquire_resource(arg);
    case XENMEM_add_to_physmap:
    case XENMEM_add_to_physmap_batch:
    case XENMEM_remove_from_physmap:
        return refuse(RULE_TRANSLATED_ONLY, op, -EACCES);
    case XENMEM_get_vnumainfo:
        return refuse(RULE_NOT_OFFERED, op, -EOPNOTSUPP);
    default: /* populate on demand, paging, access, sharing, 32-bit M2P */
        return refuse(RULE_UNKNOWN_OPERATION, op, -ENOSYS);
    }
}
