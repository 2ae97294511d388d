/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_grant_table_op(cmd, array, count): copies elements in and their results out, one by
 * one or, for unmapping, in batches that share one TLB flush.
 *
 * After each element (batch) a call stops when the CPU has other work, and goes on with the rest of
 * the array.
 */
#include <xen/grant_table.h>

#include "call/handlers.h"
#include "cpu/percpu.h"
#include "grant/grant.h"
#include "kern/softirq.h"
#include "lib/errno.h"
#include "lib/refusal.h"
#include "mm/guest_access.h"
#include "mm/guest_copy.h"
#include "pv/continuation.h"

#define UNMAP_BATCH 32

/* Results go back without what the guest may have changed meanwhile: the fields from `first` to
 * the end of `last`. */
#define PUT_FIELDS(at, op, first, last)                                                            \
    copy_to_guest(gva((at) + offsetof(__typeof__(op), first)), &(op).first,                        \
                  offsetof(__typeof__(op), last) + sizeof((op).last) -                             \
                      offsetof(__typeof__(op), first))

/* A status and the two bytes that fill its word, in a range that was checked. */
static inline int put_status(uint64_t at, int16_t status)
{
    guest_access_begin();
    guest_store_u32(at, (uint16_t)status, failed);
    guest_access_end();
    return 0;

failed:
    guest_access_end();
    return refuse_memory(gva(at));
}

/* The words of map_grant_ref: fetched and answered without a loop. */
union map_words {
    struct gnttab_map_grant_ref op;
    uint64_t word[4];
};
_Static_assert(offsetof(struct gnttab_map_grant_ref, status) == 18 &&
                   sizeof(struct gnttab_map_grant_ref) == 32,
               "the results are in words 2 and 3");

static int map_one(struct domain *d, uint64_t at)
{
    union map_words m;
    int rc;

    if (unlikely(!gva_range_ok(gva(at), sizeof(m)) || !guest_fetch(m.word, at, 4)))
        return refuse_memory(gva(at));
    rc = grant_map(d, &m.op);
    if (unlikely(rc))
        return rc;
    guest_access_begin();
    guest_store_u64(at + 16, m.word[2], failed);
    guest_store_u64(at + 24, m.word[3], failed);
    guest_access_end();
    return 0;

failed:
    guest_access_end();
    return refuse_memory(gva(at));
}

static int copy_one(struct domain *d, uint64_t at)
{
    union {
        struct gnttab_copy op;
        uint64_t word[5];
    } m;
    int rc;

    _Static_assert(sizeof(m) == 40 && offsetof(struct gnttab_copy, status) == 36,
                   "the status is the upper half of word 4");
    if (unlikely(!gva_range_ok(gva(at), sizeof(m)) || !guest_fetch(m.word, at, 5)))
        return refuse_memory(gva(at));
    rc = grant_copy(d, &m.op);
    return unlikely(rc) ? rc : put_status(at + 36, m.op.status);
}

static int swap_one(struct domain *d, uint64_t at)
{
    struct gnttab_swap_grant_ref op;

    if (copy_from_guest(&op, gva(at), sizeof(op)))
        return refuse_memory(gva(at));
    op.status = (int16_t)grant_swap(d, op.ref_a, op.ref_b);
    return PUT_FIELDS(at, op, status, status) ? refuse_memory(gva(at)) : 0;
}

/* Elements one by one. Bound: count, with a look at other work after each. */
static int one_by_one(struct domain *d, uint64_t at, uint64_t count, size_t size,
                      int (*one)(struct domain *, uint64_t), uint64_t *done)
{
    for (*done = 0; *done < count; ++*done) {
        int rc;

        if (*done && softirq_pending())
            return -ERESTART;
        rc = one(d, at + *done * size);
        if (rc)
            return rc;
    }
    return 0;
}

static int unmap_begin(struct domain *d, uint64_t at, struct grant_unmap *u, bool *flush,
                       int16_t *status)
{
    struct gnttab_unmap_grant_ref op;
    int rc;

    if (copy_from_guest(&op, gva(at), sizeof(op)))
        return refuse_memory(gva(at));
    rc = grant_unmap_begin(d, op.host_addr, op.dev_bus_addr, op.handle, u, flush);
    *status = (int16_t)rc;
    return rc == -ERESTART ? rc : 0;
}

static int replace_begin(struct domain *d, uint64_t at, struct grant_unmap *u, bool *flush,
                         int16_t *status)
{
    struct gnttab_unmap_and_replace op;
    int rc;

    if (copy_from_guest(&op, gva(at), sizeof(op)))
        return refuse_memory(gva(at));
    rc = grant_replace_begin(d, &op, u, flush);
    *status = (int16_t)rc;
    return rc == -ERESTART ? rc : 0;
}

struct unmap_kind {
    size_t size, status; /* of an element, and where its status is */
    int (*begin)(struct domain *, uint64_t at, struct grant_unmap *, bool *flush, int16_t *status);
};

/* Entries out, then one flush, then the frames go back. *done: elements with a status. */
static int unmap_batch(struct domain *d, uint64_t at, uint64_t count, const struct unmap_kind *k,
                       uint64_t *done)
{
    struct grant_unmap u[UNMAP_BATCH];
    int16_t status[UNMAP_BATCH];
    bool flush = false;
    unsigned int n, i;
    int rc = 0;

    for (n = 0; n < MIN(count, (uint64_t)UNMAP_BATCH) && rc == 0; n++) {
        u[n].mapping = NULL;
        rc = k->begin(d, at + n * k->size, &u[n], &flush, &status[n]);
    }
    if (rc)
        n--; /* the last one has nothing to end */
    if (flush)
        grant_unmap_flush();
    for (i = 0; i < n; i++)
        grant_unmap_end(d, &u[i]);
    for (i = 0; i < n; i++)
        if (copy_to_guest(gva(at + i * k->size + k->status), &status[i], sizeof(status[i])))
            return refuse_memory(gva(at));
    *done += n;
    return rc;
}

/* The same for one element, which is what Linux asks for most. */
static int unmap_one(struct domain *d, uint64_t at)
{
    union {
        struct gnttab_unmap_grant_ref op;
        uint64_t word[3];
    } m;
    struct grant_unmap u;
    bool flush = false;
    int rc;

    _Static_assert(sizeof(m) == 24 && offsetof(struct gnttab_unmap_grant_ref, status) == 20,
                   "the status is the upper half of word 2");
    if (unlikely(!gva_range_ok(gva(at), sizeof(m)) || !guest_fetch(m.word, at, 3)))
        return refuse_memory(gva(at));
    rc = grant_unmap_begin(d, m.op.host_addr, m.op.dev_bus_addr, m.op.handle, &u, &flush);
    if (unlikely(rc == -ERESTART))
        return rc;
    if (flush)
        grant_unmap_flush();
    if (likely(rc == GNTST_okay))
        grant_unmap_end(d, &u);
    return put_status(at + 20, (int16_t)rc);
}

static int in_batches(struct domain *d, uint64_t at, uint64_t count, const struct unmap_kind *k,
                      uint64_t *done)
{
    for (*done = 0; *done < count;) {
        int rc;

        if (*done && softirq_pending())
            return -ERESTART;
        rc = unmap_batch(d, at + *done * k->size, count - *done, k, done);
        if (rc)
            return rc;
    }
    return 0;
}

static const struct unmap_kind unmap_kind = {sizeof(struct gnttab_unmap_grant_ref),
                                             offsetof(struct gnttab_unmap_grant_ref, status),
                                             unmap_begin};
static const struct unmap_kind replace_kind = {sizeof(struct gnttab_unmap_and_replace),
                                               offsetof(struct gnttab_unmap_and_replace, status),
                                               replace_begin};

/* The domain whose table is meant, with a reference; else a GNTST_*. */
static int table_of(domid_t id, struct domain **d)
{
    struct domain *self = current()->domain;

    *d = domain_get(id);
    if (!*d || !(*d)->grants) {
        if (*d)
            domain_put(*d);
        (void)refuse(RULE_NO_SUCH_DOMAIN, id, -ESRCH);
        return GNTST_bad_domain;
    }
    if (*d == self || domain_may(self, MAY_CONTROL, *d))
        return GNTST_okay;
    domain_put(*d);
    (void)refuse(RULE_NOT_PERMITTED, id, -EPERM);
    return GNTST_permission_denied;
}

/* The frames' numbers into the guest's list. Bound: the domain's allowance. */
static int list_frames(const struct domain *d, uint64_t list, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (put_guest_u64(gva(list + i * 8UL), grant_table_frame(d, i).n))
            return refuse_memory(gva(list));
    return 0;
}

static int setup_table(uint64_t at)
{
    struct gnttab_setup_table op;
    struct domain *d;
    int rc = 0, status;

    if (copy_from_guest(&op, gva(at), sizeof(op)))
        return refuse_memory(gva(at));
    status = table_of(op.dom, &d);
    if (status == GNTST_okay) {
        if (grant_table_grow(d, op.nr_frames))
            status = GNTST_general_error;
        else
            rc = list_frames(d, (uintptr_t)op.frame_list.p, op.nr_frames);
        domain_put(d);
    }
    op.status = (int16_t)status;
    if (rc == 0 && PUT_FIELDS(at, op, status, status))
        rc = refuse_memory(gva(at));
    return rc;
}

static int query_size(uint64_t at)
{
    struct gnttab_query_size op;
    struct domain *d;

    if (copy_from_guest(&op, gva(at), sizeof(op)))
        return refuse_memory(gva(at));
    op.status = (int16_t)table_of(op.dom, &d);
    if (op.status == GNTST_okay) {
        op.nr_frames = READ_ONCE(d->grants->frames);
        op.max_nr_frames = d->grants->max_frames;
        domain_put(d);
    }
    return PUT_FIELDS(at, op, nr_frames, status) ? refuse_memory(gva(at)) : 0;
}

static int set_version(uint64_t at)
{
    struct gnttab_set_version op;
    int rc = 0;

    if (copy_from_guest(&op, gva(at), sizeof(op)))
        return refuse_memory(gva(at));
    if (op.version == 2)
        rc = refuse(RULE_GRANT_VERSION, op.version, -ENOSYS);
    else if (op.version != 1)
        rc = refuse(RULE_GRANT_VERSION, op.version, -EINVAL);
    op.version = 1;
    if (PUT_FIELDS(at, op, version, version))
        rc = refuse_memory(gva(at));
    return rc;
}

static int get_version(uint64_t at)
{
    struct gnttab_get_version op;
    struct domain *d;
    int status;

    if (copy_from_guest(&op, gva(at), sizeof(op)))
        return refuse_memory(gva(at));
    status = table_of(op.dom, &d);
    if (status)
        return status == GNTST_bad_domain ? -ESRCH : -EPERM;
    domain_put(d);
    op.version = 1;
    return PUT_FIELDS(at, op, version, version) ? refuse_memory(gva(at)) : 0;
}

/* Operations on one structure: count is 1. */
static int single(uint32_t cmd, uint64_t at, uint64_t count)
{
    if (count != 1)
        return refuse(RULE_GRANT_COUNT, count, -EINVAL);
    switch (cmd) {
    case GNTTABOP_setup_table:
        return setup_table(at);
    case GNTTABOP_query_size:
        return query_size(at);
    case GNTTABOP_set_version:
        return set_version(at);
    }
    return get_version(at);
}

static noinline long any_operation(struct domain *d, uint64_t cmd, uint64_t at, uint64_t count)
{
    uint64_t done = 0;
    size_t size = 0;
    int rc;

    if (count > INT32_MAX)
        return refuse(RULE_GRANT_COUNT, count, -EINVAL);
    switch ((uint32_t)cmd) {
    case GNTTABOP_map_grant_ref:
        size = sizeof(struct gnttab_map_grant_ref);
        rc = one_by_one(d, at, count, size, map_one, &done);
        break;
    case GNTTABOP_unmap_grant_ref:
        size = unmap_kind.size;
        rc = in_batches(d, at, count, &unmap_kind, &done);
        break;
    case GNTTABOP_unmap_and_replace:
        size = replace_kind.size;
        rc = in_batches(d, at, count, &replace_kind, &done);
        break;
    case GNTTABOP_copy:
        size = sizeof(struct gnttab_copy);
        rc = one_by_one(d, at, count, size, copy_one, &done);
        break;
    case GNTTABOP_swap_grant_ref:
        size = sizeof(struct gnttab_swap_grant_ref);
        rc = one_by_one(d, at, count, size, swap_one, &done);
        break;
    case GNTTABOP_setup_table:
    case GNTTABOP_query_size:
    case GNTTABOP_set_version:
    case GNTTABOP_get_version:
        return single((uint32_t)cmd, at, count);
    default: /* version 2's, transfer, cache_flush and dump_table among them */
        return refuse(RULE_UNKNOWN_OPERATION, cmd, -ENOSYS);
    }
    if (rc == -ERESTART)
        return call_again(3, cmd, at + done * size, count - done, 0);
    return rc;
}

/* What guests ask for most, one element, without the loops. */
long do_grant_table_op(uint64_t cmd, uint64_t at, uint64_t elements)
{
    struct domain *d = current()->domain;
    uint64_t count = (uint32_t)elements;
    int rc;

    if (unlikely(count != 1))
        return any_operation(d, cmd, at, count);
    if ((uint32_t)cmd == GNTTABOP_map_grant_ref)
        rc = map_one(d, at);
    else if ((uint32_t)cmd == GNTTABOP_unmap_grant_ref)
        rc = unmap_one(d, at);
    else if ((uint32_t)cmd == GNTTABOP_copy)
        rc = copy_one(d, at);
    else
        return any_operation(d, cmd, at, count);
    return likely(rc != -ERESTART) ? rc : call_again(3, cmd, at, count, 0);
}
