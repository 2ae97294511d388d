/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the table of hypercalls. What is in it is in call/hypercalls.def, one line a number; the
 * compiler checks here that the list is complete, in order, and agrees with the ABI's header.
 */
#include "call/table.h"

#include <xen/xen.h>

#include "call/handlers.h"
#include "cpu/percpu.h"
#include "lib/refusal.h"
#include "pv/descriptor_tables.h"
#include "pv/mmu.h"
#include "pv/register_calls.h"

static long do_unknown(uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4)
{
    uint64_t first;

    (void)a0, (void)a1, (void)a2, (void)a3, (void)a4;
    return refuse(RULE_UNKNOWN_OPERATION, (uint64_t)hypercall_current(&first), -ENOSYS);
}

/* The registers that a handler does not name are ignored by it, so one type serves all. */
#define AS_HYPERCALL(f) ((hypercall_fn)(void (*)(void))(f))

const hypercall_fn hypercall_table[] = {
#define CALL(nr, name, handler, args, kind) AS_HYPERCALL(handler),
#define NO_CALL(nr, name)                   do_unknown,
#include "call/hypercalls.def"
#undef CALL
#undef NO_CALL
};
_Static_assert(ARRAY_SIZE(hypercall_table) == HYPERCALLS, "one line a number");

#define SUBOP true
#define PLAIN false
const struct hypercall_info hypercall_infos[] = {
#define CALL(nr, name, handler, args, kind) {#name, args, kind},
#define NO_CALL(nr, name)                   {#name, 0, false},
#include "call/hypercalls.def"
#undef CALL
#undef NO_CALL
};

enum position {
#define CALL(nr, name, handler, args, kind) POSITION_##nr,
#define NO_CALL(nr, name)                   POSITION_##nr,
#include "call/hypercalls.def"
#undef CALL
#undef NO_CALL
};
#define CALL(nr, name, handler, args, kind)                                                        \
    _Static_assert(POSITION_##nr == (nr) && __HYPERVISOR_##name == (nr), #name);
#define NO_CALL(nr, name) _Static_assert(POSITION_##nr == (nr), #name);
#include "call/hypercalls.def"
#undef CALL
#undef NO_CALL

int hypercall_current(uint64_t *first)
{
    const struct vcpu *v = current();
    const struct cpu_user_regs *regs = guest_regs();
    const struct multicall_entry *m;

    if (!v->pv || vcpu_is_idle(v))
        return -1;
    m = v->pv->multicall;
    if (m) {
        *first = m->args[0];
        return m->op < HYPERCALLS ? (int)m->op : -1;
    }
    if (regs->entry_vector != VECTOR_SYSCALL || !guest_in_kernel() || regs->rax >= HYPERCALLS)
        return -1;
    *first = regs->rdi;
    return (int)regs->rax;
}
