/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns mmu_update and update_va_mapping. A batch keeps its use of the table it works on as long as
 * the next request names the same one.
 */
#include "lib/printk.h"
#include "lib/refusal.h"
#include "kern/softirq.h"
#include "mm/guest_access.h"
#include "mm/guest_copy.h"
#include "mm/tlb.h"
#include "mm/window.h"
#include "pv/continuation.h"
#include "pv/mmu.h"
#include "pv/pt_entry.h"
#include "pv/table.h"
#include "pv/walk.h"

#define PREEMPTED 0x80000000UL /* in count: a continuation, `done` holds what was done before */

struct batch {
    struct domain *tables, *frames; /* whose tables are changed, whose frames may be mapped */
    mfn_t table;                    /* used as type; MFN_INVALID: none */
    enum frame_type type;
};

/*
 * Stands for the owner of all memory that is no RAM: who may map it may name it, but it has no
 * tables.
 */
static struct domain device_domain = {.id = DOMID_IO};

int get_other_domain(domid_t id, struct domain **d)
{
    struct domain *self = current()->domain;

    if (id == self->id) /* oneself is no foreign domain */
        return refuse(RULE_NO_SUCH_DOMAIN, id, -ESRCH);
    *d = domain_get(id);
    if (!*d)
        return refuse(RULE_NO_SUCH_DOMAIN, id, -ESRCH);
    if (!domain_may(self, MAY_CONTROL, *d)) {
        domain_put(*d);
        return refuse(RULE_NOT_PERMITTED, id, -EPERM);
    }
    if (!domain_dying(*d))
        return 0;
    domain_put(*d);
    return refuse(RULE_NO_SUCH_DOMAIN, id, -ESRCH);
}

/* Whose frames are mapped: as get_foreign(), and the owner of device memory. */
static int get_frames_owner(domid_t id, struct domain **d)
{
    if (id != DOMID_IO || !domain_may(current()->domain, MAY_ACCESS_HARDWARE, NULL))
        return get_foreign(id, d);
    *d = &device_domain;
    return 0;
}

void put_foreign(struct domain *d)
{
    if (unlikely(d != current()->domain && d != &device_domain))
        domain_put(d);
}

static inline void batch_leave_table(struct batch *b)
{
    if (!mfn_eq(b->table, MFN_INVALID))
        frame_put_type(frame_of(b->table));
    b->table = MFN_INVALID;
}

/* Uses the frame as the table it is; one that is none is used as plain memory. */
static inline int batch_use_table(struct batch *b, mfn_t m)
{
    enum frame_type t;
    int rc;

    if (mfn_eq(b->table, m))
        return 0;
    batch_leave_table(b);
    if (!mfn_valid(m))
        return refuse(RULE_TABLE_TYPE, m.n, -EINVAL);
    t = frame_type_now(frame_of(m));
    if (!type_is_table(t))
        t = TYPE_WRITABLE;
    rc = frame_get_type(m, b->tables->id, t);
    if (rc)
        return rc == -ERESTART ? rc : refuse(RULE_TABLE_TYPE, m.n, rc);
    b->table = m;
    b->type = t;
    return 0;
}

static inline int update_entry(struct batch *b, uint64_t ptr, uint64_t val, enum pt_how how)
{
    struct pt_change c;
    uint64_t *p;
    int rc;

    rc = batch_use_table(b, paddr_to_mfn(paddr(ptr)));
    if (rc)
        return rc;
    if (unlikely(b->type == TYPE_WRITABLE)) {
        p = window_map(b->table);
        WRITE_ONCE(p[(ptr & ~PAGE_MASK) / 8], val);
        window_unmap(p);
        return 0;
    }
    c = (struct pt_change){.table = b->table,
                           .level = type_level(b->type),
                           .index = (unsigned int)((ptr & ~PAGE_MASK) / 8),
                           .entry = val,
                           .table_owner = b->tables->id,
                           .frame_owner = b->frames->id,
                           .how = how};
    return pt_entry_set(&c);
}

static int update_m2p(struct batch *b, uint64_t ptr, uint64_t pfn)
{
    mfn_t m = paddr_to_mfn(paddr(ptr));

    if (!mfn_valid(m) || !frame_get(m, b->frames->id))
        return refuse(RULE_FRAME_NOT_OWNED, m.n, -EINVAL);
    m2p[m.n] = pfn;
    frame_put(frame_of(m));
    return 0;
}

static inline int update_one(struct batch *b, const struct mmu_update *u)
{
    uint64_t ptr = u->ptr & ~7UL;

    switch (u->ptr & 7) {
    case MMU_NORMAL_PT_UPDATE:
    case MMU_PT_UPDATE_NO_TRANSLATE:
    case MMU_PT_UPDATE_PRESERVE_AD:
        break;
    case MMU_MACHPHYS_UPDATE:
        return update_m2p(b, ptr, u->val);
    default:
        return refuse(RULE_UPDATE_KIND, u->ptr, -ENOSYS);
    }
    return update_entry(b, ptr, u->val,
                        (u->ptr & 7) == MMU_PT_UPDATE_PRESERVE_AD ? PT_PRESERVE_AD : PT_PLAIN);
}

static inline bool request_load(struct mmu_update *u, uint64_t at)
{
    const struct mmu_update *from = (const struct mmu_update *)at;
    unsigned int bad = 0;

    if (unlikely(!gva_range_ok(gva(at), sizeof(*u))))
        return false;
    guest_access_begin();
    guest_load_u64(u->ptr, &from->ptr, bad);
    guest_load_u64(u->val, &from->val, bad);
    guest_access_end();
    return !bad;
}

/* Bound: `count` requests, with a look at other work after each. */
static inline int update_all(struct batch *b, uint64_t requests, uint64_t count, uint64_t *done)
{
    struct mmu_update u;
    int rc;

    for (*done = 0; *done < count; ++*done) {
        if (*done && unlikely(softirq_pending()))
            return -ERESTART;
        if (unlikely(!request_load(&u, requests + *done * sizeof(u))))
            return refuse_memory(gva(requests));
        rc = update_one(b, &u);
        if (unlikely(rc))
            return rc;
    }
    return 0;
}

static inline int batch_open(struct batch *b, uint64_t foreign)
{
    domid_t frames = (domid_t)foreign, tables = (domid_t)(foreign >> 16);
    int rc;

    b->table = MFN_INVALID;
    b->tables = b->frames = current()->domain;
    if (likely(foreign == DOMID_SELF))
        return 0;
    if (tables) {
        rc = get_foreign((domid_t)(tables - 1), &b->tables);
        if (rc)
            return rc;
    }
    rc = get_frames_owner(frames, &b->frames);
    if (rc)
        put_foreign(b->tables);
    return rc;
}

static inline void batch_close(struct batch *b)
{
    batch_leave_table(b);
    put_foreign(b->frames);
    put_foreign(b->tables);
}

long do_mmu_update(uint64_t requests, uint64_t count, uint64_t pdone, uint64_t foreign)
{
    uint64_t before = 0, done = 0;
    struct batch b;
    int rc;

    count = (uint32_t)count;
    if (unlikely(count & PREEMPTED)) {
        uint32_t n = 0;

        count &= ~PREEMPTED;
        if (pdone && copy_from_guest(&n, gva(pdone), sizeof(n)))
            return refuse_memory(gva(pdone));
        before = n;
    }
    foreign = (uint32_t)foreign;
    if (unlikely(current()->pv->undo_count) && table_undo_pending(current()))
        return call_again(2, requests, count | (before ? PREEMPTED : 0), 0, 0);
    rc = batch_open(&b, foreign);
    if (likely(!rc)) {
        rc = update_all(&b, requests, count, &done);
        batch_close(&b);
    }
    /* Also when nothing was done at all: Linux's privcmd goes by the number, not by the error. */
    before += done;
    if (pdone) {
        uint32_t n = (uint32_t)before;

        if (copy_to_guest(gva(pdone), &n, sizeof(n)) && !rc)
            rc = refuse_memory(gva(pdone));
    }
    if (unlikely(rc == -ERESTART))
        return call_again(2, requests + done * sizeof(struct mmu_update),
                          (count - done) | PREEMPTED, 0, 0);
    return rc;
}

/* What UVMF_* asks for after the change. */
static int flush_after(struct domain *d, uint64_t va, uint64_t flags)
{
    uint64_t where = flags & ~(uint64_t)UVMF_FLUSHTYPE_MASK, cpus;

    switch (flags & UVMF_FLUSHTYPE_MASK) {
    case UVMF_NONE:
        return 0;
    case UVMF_TLB_FLUSH:
    case UVMF_INVLPG:
        break;
    default:
        return 0;
    }
    if (where == UVMF_LOCAL)
        cpus = 1UL << cpu_id();
    else if (where == UVMF_ALL)
        cpus = domain_cpus(d, NULL);
    else if (!vcpu_mask_cpus(d, where, &cpus))
        return refuse_memory(gva(where));
    if ((flags & UVMF_FLUSHTYPE_MASK) == UVMF_TLB_FLUSH)
        tlb_flush_cpus(cpus);
    else if (gva_range_ok(gva(va), 1))
        tlb_flush_cpus_address(cpus, va);
    return 0;
}

static inline __attribute__((always_inline)) long update_va(uint64_t va, uint64_t entry,
                                                            uint64_t flags, struct domain *frames)
{
    struct vcpu *v = current();
    struct domain *d = v->domain;
    struct pt_change c;
    mfn_t l1;
    int rc;

    if (!gva_range_ok(gva(va), 1) || pv_find_l1(v, va, &l1))
        return refuse(RULE_NOT_MAPPED, va, -EINVAL);
    rc = frame_get_type(l1, d->id, TYPE_L1);
    if (rc)
        return rc == -ERESTART ? rc : refuse(RULE_TABLE_TYPE, l1.n, rc);
    c = (struct pt_change){.table = l1,
                           .level = 1,
                           .index = pt_index(va, 1),
                           .entry = entry,
                           .table_owner = d->id,
                           .frame_owner = frames->id,
                           .how = PT_PLAIN};
    rc = pt_entry_set(&c);
    frame_put_type(frame_of(l1));
    return rc ? rc : flush_after(d, va, flags);
}

long do_update_va_mapping(uint64_t va, uint64_t entry, uint64_t flags)
{
    return update_va(va, entry, flags, current()->domain);
}

long do_update_va_mapping_otherdomain(uint64_t va, uint64_t entry, uint64_t flags, uint64_t domid)
{
    struct domain *d;
    long rc = get_frames_owner((domid_t)domid, &d);

    if (rc)
        return rc;
    rc = update_va(va, entry, flags, d);
    put_foreign(d);
    return rc;
}
