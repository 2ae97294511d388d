/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the place where a call's progress is stored. What comes back through the guest's hands is
 * validated like any argument.
 */
#include "pv/continuation.h"
#include "lib/errno.h"

long call_again(unsigned int args, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
    const uint64_t a[4] = {a0, a1, a2, a3};
    struct multicall_entry *m = current()->pv->multicall;
    struct cpu_user_regs *regs = guest_regs();
    unsigned int i;

    if (m) {
        for (i = 0; i < args; i++)
            m->args[i] = a[i];
        return -ERESTART;
    }
    if (args > 0)
        regs->rdi = a0;
    if (args > 1)
        regs->rsi = a1;
    if (args > 2)
        regs->rdx = a2;
    if (args > 3)
        regs->r10 = a3;
    return -ERESTART;
}
