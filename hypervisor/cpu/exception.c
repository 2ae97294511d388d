/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns exceptions that hit the hypervisor itself, and those with a stack of their own whoever they
 * hit.
 *
 * An exception in the hypervisor is on purpose (the fix-up table), or it is a bug of ours, which
 * ends the machine.
 */
#include "cpu/exception.h"
#include "cpu/asm.h"
#include "cpu/fixup.h"
#include "cpu/percpu.h"
#include "lib/printk.h"
#include "lib/upcall.h"

struct fixup {
    int32_t at, to;
};

extern const struct fixup fixup_table_start[], fixup_table_end[];

uint64_t fixup_find(uint64_t rip)
{
    const struct fixup *f;

    for (f = fixup_table_start; f < fixup_table_end; f++) {
        if ((uintptr_t)&f->at + (int64_t)f->at == rip)
            return (uintptr_t)&f->to + (uint64_t)(int64_t)f->to;
    }
    return 0;
}

const char *exception_name(unsigned int vector)
{
    static const char *const names[] = {
        "#DE divide error",
        "#DB debug",
        "NMI",
        "#BP breakpoint",
        "#OF overflow",
        "#BR bound",
        "#UD opcode",
        "#NM no FPU",
        "#DF double fault",
        "9",
        "#TS bad TSS",
        "#NP not present",
        "#SS stack",
        "#GP protection",
        "#PF page",
        "15",
        "#MF x87",
        "#AC alignment",
        "#MC machine check",
        "#XM SIMD",
    };

    return vector < ARRAY_SIZE(names) ? names[vector] : "exception";
}

void exception_from_hypervisor(struct cpu_user_regs *regs)
{
    uint64_t to = fixup_find(regs->rip);

    if (to) {
        regs->rip = to;
        return;
    }
    panic_regs(regs, "%s in the hypervisor, error code %x, address %lx",
               exception_name(regs->entry_vector), regs->error_code,
               regs->entry_vector == TRAP_PF ? read_cr2() : 0);
}

/*
 * A #DB here comes from a guest that single-steps or watches memory across SYSCALL, SYSENTER or a
 * move to SS: it is dropped, with the trap flag, so that it does not come again.
 */
static void debug_in_hypervisor(struct cpu_user_regs *regs)
{
    write_dr6(0xffff0ff0);
    regs->rflags &= ~(uint64_t)RFLAGS_TF;
}

void exception_own_stack(struct cpu_user_regs *regs)
{
    switch (regs->entry_vector) {
    case TRAP_DB:
        debug_in_hypervisor(regs);
        break;
    case TRAP_NMI:
        nmi_handle(regs);
        break;
    case TRAP_MC:
        panic_regs(regs, "machine check");
    default:
        panic_regs(regs, "%s", exception_name(regs->entry_vector));
    }
}
