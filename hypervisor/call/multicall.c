/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_multicall(list, count): executes each entry of a list as if it had been called alone,
 * and stores its result.
 *
 * An entry is copied once. While its call runs, pv->multicall points at the copy, so that
 * call_again() finds where to store progress. A member that has to be made again goes back to the
 * guest's list with its progress, and the multicall itself starts again there. After IRET nothing
 * more is done: the list belongs to who called, not to where IRET led.
 */
#include <xen/xen.h>

#include "call/handlers.h"
#include "call/table.h"
#include "kern/softirq.h"
#include "lib/refusal.h"
#include "mm/guest_access.h"
#include "mm/guest_copy.h"
#include "pv/continuation.h"

static long execute(struct vcpu *v, struct multicall_entry *e)
{
    long rc;
    uint64_t nr = e->op;

    if (nr >= HYPERCALLS)
        return refuse(RULE_UNKNOWN_OPERATION, nr, -ENOSYS);
    /* clamped by data flow, so that a mispredicted branch above can't index beyond the table */
    __asm__ volatile("" : "+r"(nr));
    nr &= HYPERCALLS - 1;
    v->pv->multicall = e;
    rc = hypercall_table[nr](e->args[0], e->args[1], e->args[2], e->args[3], e->args[4]);
    v->pv->multicall = NULL;
    return rc;
}

/* Both within the list's range, which was checked as a whole. */
static inline bool entry_load(struct multicall_entry *e, uint64_t at)
{
    const struct multicall_entry *from = (const struct multicall_entry *)at;
    unsigned int bad = 0;

    guest_access_begin();
    guest_load_u64(e->op, &from->op, bad);
#pragma GCC unroll 5
    for (unsigned int i = 0; i < 5; i++) /* no call has more arguments */
        guest_load_u64(e->args[i], &from->args[i], bad);
    guest_access_end();
    return !bad;
}

static inline bool result_store(uint64_t at, long result)
{
    guest_access_begin();
    guest_store_u64(at + offsetof(struct multicall_entry, result), result, fault);
    guest_access_end();
    return true;
fault:
    guest_access_end();
    return false;
}

/*
 * IRET's result is the guest's RAX, whatever its kernel chose. The one value that has a call
 * executed again goes into the frame here, and RIP beyond the instruction that would be repeated.
 */
static long result_of_iret(long rax)
{
    struct cpu_user_regs *regs = guest_regs();

    if (unlikely(rax == -ERESTART)) {
        regs->rax = (uint64_t)rax;
        regs->rip += 2;
    }
    return rax;
}

/* Bound: count, with a look at other work after each member. */
long do_multicall(uint64_t list, uint64_t count)
{
    struct vcpu *v = current();
    struct multicall_entry e;
    uint32_t i, n = (uint32_t)count;

    if (v->pv->multicall)
        return refuse(RULE_MULTICALL_NESTED, list, -EINVAL);
    if (!gva_range_ok(gva(list), n * sizeof(e)))
        return refuse_memory(gva(list));
    for (i = 0; i < n; i++) {
        uint64_t at = list + i * sizeof(e);
        long rc;

        if (i && softirq_pending())
            return call_again(2, at, n - i, 0, 0);
        if (unlikely(!entry_load(&e, at)))
            return refuse_memory(gva(at));
        rc = execute(v, &e);
        if (e.op == __HYPERVISOR_iret || !guest_in_kernel())
            return result_of_iret(rc);
        if (rc == -ERESTART) {
            if (copy_to_guest(gva(at + offsetof(struct multicall_entry, args)), e.args,
                              5 * sizeof(e.args[0])))
                return refuse_memory(gva(at));
            return call_again(2, at, n - i, 0, 0);
        }
        if (unlikely(!result_store(at, rc)))
            return refuse_memory(gva(at));
    }
    return 0;
}
