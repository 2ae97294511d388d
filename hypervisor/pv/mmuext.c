/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns mmuext_op: pins, the tables that a vCPU runs on, and flushes.
 */
#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "lib/printk.h"
#include "lib/refusal.h"
#include "lib/string.h"
#include "kern/softirq.h"
#include "mm/guest_access.h"
#include "mm/guest_copy.h"
#include "mm/tlb.h"
#include "mm/window.h"
#include "pv/continuation.h"
#include "pv/descriptor_tables.h"
#include "pv/mmu.h"
#include "pv/table.h"

#define PREEMPTED 0x80000000UL

int pv_set_kernel_l4(struct vcpu *v, mfn_t m)
{
    mfn_t old = v->pv->kernel_l4;
    int rc;

    if (mfn_eq(m, old)) {
        tlb_flush_local();
        return 0;
    }
    rc = frame_get_type(m, v->domain->id, TYPE_L4);
    if (rc)
        return rc == -ERESTART ? rc : refuse(RULE_FRAME_TYPE, m.n, -EINVAL);
    l4_show_m2p(m, true);
    v->pv->kernel_l4 = m;
    tlb_load_cr3(mfn_to_paddr(m).a, true);
    if (!mfn_eq(old, MFN_INVALID))
        frame_put_type(frame_of(old));
    return 0;
}

int pv_set_user_l4(struct vcpu *v, mfn_t m)
{
    mfn_t old = v->pv->user_l4;
    int rc;

    if (mfn_eq(m, MFN_INVALID))
        return refuse(RULE_FRAME_NOT_OWNED, m.n, -EINVAL);
    if (!m.n)
        m = MFN_INVALID;
    if (mfn_eq(m, old))
        return 0;
    if (!mfn_eq(m, MFN_INVALID)) {
        rc = frame_get_type(m, v->domain->id, TYPE_L4);
        if (rc)
            return rc == -ERESTART ? rc : refuse(RULE_FRAME_TYPE, m.n, -EINVAL);
        /* a kernel that runs on the same tables needs the M2P, unless it said otherwise */
        if (!mfn_eq(m, v->pv->kernel_l4) || v->domain->vm_assist >> VMASST_TYPE_m2p_strict & 1)
            l4_show_m2p(m, false);
    }
    v->pv->user_l4 = m;
    if (!mfn_eq(old, MFN_INVALID))
        frame_put_type(frame_of(old));
    return 0;
}

static int pin(struct domain *d, mfn_t m, enum frame_type t)
{
    int rc = frame_get_type(m, d->id, t);

    if (rc)
        return rc == -ERESTART ? rc : refuse(RULE_FRAME_TYPE, m.n, rc);
    if (!frame_pin(frame_of(m))) {
        frame_put_type(frame_of(m));
        return refuse(RULE_PIN_TWICE, m.n, -EINVAL);
    }
    /*
     * whoever tears the domain down looks for pins after it said so: one of us takes this one away
     */
    if (domain_dying(d) && frame_unpin(frame_of(m)))
        frame_put_type(frame_of(m));
    return 0;
}

static int unpin(struct domain *d, mfn_t m)
{
    int rc = 0;

    if (!frame_get(m, d->id))
        return refuse(RULE_FRAME_NOT_OWNED, m.n, -EINVAL);
    if (frame_unpin(frame_of(m)))
        frame_put_type(frame_of(m));
    else
        rc = refuse(RULE_NOT_PINNED, m.n, -EINVAL);
    frame_put(frame_of(m));
    return rc;
}

/* CPUs of the vCPUs whose bits are set in the guest's mask of max_vcpus bits. */
bool vcpu_mask_cpus(struct domain *d, uint64_t mask_at, uint64_t *cpus)
{
    uint64_t mask[BITMAP_WORDS(MAX_VCPUS)] = {0};

    if (copy_from_guest(mask, gva(mask_at), DIV_ROUND_UP(d->max_vcpus, 8)))
        return false;
    *cpus = domain_cpus(d, mask);
    return true;
}

static int flush(struct vcpu *v, const struct mmuext_op *op)
{
    uint64_t va = op->arg1.linear_addr, cpus = 0;
    int rc = 0;

    switch (op->cmd) {
    case MMUEXT_TLB_FLUSH_LOCAL:
        tlb_flush_local();
        return 0;
    case MMUEXT_INVLPG_LOCAL:
        if (gva_range_ok(gva(va), 1))
            invlpg(va);
        return 0;
    case MMUEXT_TLB_FLUSH_MULTI:
    case MMUEXT_INVLPG_MULTI:
        if (!vcpu_mask_cpus(v->domain, (uintptr_t)op->arg2.vcpumask.p, &cpus))
            return refuse(RULE_GUEST_MEMORY, (uintptr_t)op->arg2.vcpumask.p, -EINVAL);
        break;
    default:
        cpus = domain_cpus(v->domain, NULL);
    }
    if (rc)
        return rc;
    if (op->cmd == MMUEXT_INVLPG_MULTI || op->cmd == MMUEXT_INVLPG_ALL) {
        if (gva_range_ok(gva(va), 1))
            tlb_flush_cpus_address(cpus, va);
    } else {
        tlb_flush_cpus(cpus);
    }
    return 0;
}

static int flush_cache(struct vcpu *v, uint64_t argument, int not_permitted)
{
    if (!domain_may(v->domain, MAY_ACCESS_HARDWARE, NULL))
        return refuse(RULE_NOT_PERMITTED, argument, not_permitted);
    wbinvd();
    return 0;
}

/*
 * Both frames are used as writable memory while they are written: never a table behind the type
 * machine's back.
 */
static int clear_or_copy(struct domain *d, mfn_t to, mfn_t from, bool copy)
{
    void *dst;
    const void *src;
    int rc;

    if (copy && !frame_get(from, d->id))
        return refuse(RULE_FRAME_NOT_OWNED, from.n, -EINVAL);
    rc = frame_get_type(to, d->id, TYPE_WRITABLE);
    if (rc) {
        if (copy)
            frame_put(frame_of(from));
        return refuse(RULE_FRAME_TYPE, to.n, rc);
    }
    dst = window_map(to);
    if (copy) {
        src = window_map(from);
        memcpy(dst, src, PAGE_SIZE);
        window_unmap(src);
        frame_put(frame_of(from));
    } else {
        memset(dst, 0, PAGE_SIZE);
    }
    window_unmap(dst);
    frame_put_type(frame_of(to));
    return 0;
}

static int mmuext_one(struct vcpu *v, struct domain *d, const struct mmuext_op *op)
{
    mfn_t m = mfn(op->arg1.mfn);

    switch (op->cmd) {
    case MMUEXT_PIN_L1_TABLE:
    case MMUEXT_PIN_L2_TABLE:
    case MMUEXT_PIN_L3_TABLE:
    case MMUEXT_PIN_L4_TABLE:
        return pin(d, m, type_table(op->cmd - MMUEXT_PIN_L1_TABLE + 1));
    case MMUEXT_UNPIN_TABLE:
        return unpin(d, m);
    case MMUEXT_CLEAR_PAGE:
        return clear_or_copy(d, m, m, false);
    case MMUEXT_COPY_PAGE:
        return clear_or_copy(d, m, mfn(op->arg2.src_mfn), true);
    }
    if (d != v->domain)
        return refuse(RULE_NOT_PERMITTED, op->cmd, -EPERM);
    switch (op->cmd) {
    case MMUEXT_NEW_BASEPTR:
        return pv_set_kernel_l4(v, m);
    case MMUEXT_NEW_USER_BASEPTR:
        return pv_set_user_l4(v, m);
    case MMUEXT_TLB_FLUSH_LOCAL:
    case MMUEXT_INVLPG_LOCAL:
    case MMUEXT_TLB_FLUSH_MULTI:
    case MMUEXT_INVLPG_MULTI:
    case MMUEXT_TLB_FLUSH_ALL:
    case MMUEXT_INVLPG_ALL:
        return flush(v, op);
    case MMUEXT_FLUSH_CACHE:
        return flush_cache(v, op->cmd, -EACCES);
    case MMUEXT_FLUSH_CACHE_GLOBAL:
        return flush_cache(v, op->cmd, -EINVAL);
    case MMUEXT_SET_LDT:
        return ldt_set(v, op->arg1.linear_addr, op->arg2.nr_ents);
    case MMUEXT_MARK_SUPER:
    case MMUEXT_UNMARK_SUPER:
        return refuse(RULE_UNKNOWN_OPERATION, op->cmd, -EOPNOTSUPP);
    default:
        return refuse(RULE_UNKNOWN_OPERATION, op->cmd, -ENOSYS);
    }
}

static inline bool operation_load(struct mmuext_op *op, uint64_t at)
{
    union {
        uint64_t words[3];
        struct mmuext_op op;
    } u;

    if (!gva_range_ok(gva(at), sizeof(u)) || !guest_fetch(u.words, at, ARRAY_SIZE(u.words)))
        return false;
    *op = u.op;
    return true;
}

long do_mmuext_op(uint64_t ops, uint64_t count, uint64_t pdone, uint64_t foreign)
{
    uint32_t before = 0, done;
    struct vcpu *v = current();
    struct mmuext_op op;
    struct domain *d;
    int rc;

    count = (uint32_t)count;
    if (unlikely(count & PREEMPTED)) {
        count &= ~PREEMPTED;
        if (pdone && copy_from_guest(&before, gva(pdone), sizeof(before)))
            return refuse_memory(gva(pdone));
    }
    if (unlikely(v->pv->undo_count) && table_undo_pending(v))
        return call_again(2, ops, count | (before ? PREEMPTED : 0), 0, 0);
    rc = get_foreign((domid_t)foreign, &d);
    if (rc)
        return rc;
    for (done = 0; done < count && !rc; done++) {
        if (done && softirq_pending())
            rc = -ERESTART;
        else if (!operation_load(&op, ops + done * sizeof(op)))
            rc = refuse_memory(gva(ops));
        else
            rc = mmuext_one(v, d, &op);
        if (rc)
            break;
    }
    put_foreign(d);
    before += done;
    if (pdone && copy_to_guest(gva(pdone), &before, sizeof(before)) && !rc)
        rc = refuse_memory(gva(pdone));
    if (rc == -ERESTART)
        return call_again(2, ops + done * sizeof(op), (count - done) | PREEMPTED, 0, 0);
    return rc;
}
