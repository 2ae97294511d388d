/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trap table, and what is done with each entry: the hook first, then the fix-up
 * table, then the end of user mode; whatever is left was not expected and ends the test.
 * Exceptions leave the upcall mask alone (no TI_IF bit), the event callback sets it.
 */
#include "harness.h"

struct extable {
    uint64_t at, resume;
};

extern const struct extable extable_start[], extable_end[];

static const struct {
    uint8_t vector, dpl;
    char *entry;
} exceptions[] = {
    {0, 0, entry_0},   {1, 3, entry_1},     {2, 0, entry_2},     {3, 3, entry_3},
    {4, 3, entry_4},   {5, 0, entry_5},     {6, 0, entry_6},     {7, 0, entry_7},
    {10, 0, entry_10}, {11, 0, entry_11},   {12, 0, entry_12},   {13, 0, entry_13},
    {14, 0, entry_14}, {16, 0, entry_16},   {17, 0, entry_17},   {18, 0, entry_18},
    {19, 0, entry_19}, {0x80, 3, entry_80}, {0x81, 0, entry_81},
};

void trap_table_fill(trap_info_t *table)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(exceptions); i++) {
        table[i] = (trap_info_t){
            .vector = exceptions[i].vector,
            .flags = exceptions[i].dpl,
            .cs = FLAT_KERNEL_CS,
            .address = (unsigned long)exceptions[i].entry,
        };
    }
    table[ARRAY_SIZE(exceptions)] = (trap_info_t){.address = 0};
}

long callback_set(unsigned int type, const char *entry, unsigned int flags)
{
    struct callback_register callback = {
        .type = type,
        .flags = flags,
        .address = (xen_callback_t)(unsigned long)entry,
    };

    return hcall(__HYPERVISOR_callback_op, CALLBACKOP_register, &callback);
}

void traps_restore(void)
{
    static trap_info_t table[TRAP_TABLE_SIZE];

    trap_table_fill(table);
    hcall(__HYPERVISOR_set_trap_table, NULL);
    hcall(__HYPERVISOR_set_trap_table, table);
    callback_set(CALLBACKTYPE_event, entry_event, 0);
    callback_set(CALLBACKTYPE_failsafe, entry_failsafe, 0);
    callback_set(CALLBACKTYPE_syscall, entry_syscall, CALLBACKF_mask_events);
}

void traps_start(void)
{
    traps_restore();
}

void trap_hook(trap_hook_t hook)
{
    this_cpu()->hook = hook;
}

struct fault *fault_last(void)
{
    return &this_cpu()->fault;
}

void fault_clear(void)
{
    fault_last()->taken = false;
}

void fault_expect(const char *file, int line, unsigned int vector, uint64_t code)
{
    const struct fault *fault = fault_last();

    if (!fault->taken) {
        verdict_note(VERDICT_FAILURE, file, line, "no fault came, expected vector %u code %lx",
                     vector, (unsigned long)code);
    } else if (fault->regs.entry != vector || fault->regs.code != code) {
        verdict_note(VERDICT_FAILURE, file, line,
                     "vector %lu code %lx came, not vector %u code %lx",
                     (unsigned long)fault->regs.entry, (unsigned long)fault->regs.code, vector,
                     (unsigned long)code);
    }
}

void fault_expect_none(const char *file, int line)
{
    const struct fault *fault = fault_last();

    if (fault->taken) {
        verdict_note(VERDICT_FAILURE, file, line,
                     "vector %lu code %lx came, expected none (cr2 %lx)",
                     (unsigned long)fault->regs.entry, (unsigned long)fault->regs.code,
                     (unsigned long)fault->cr2);
    }
}

static bool fixup(struct regs *regs)
{
    for (const struct extable *e = extable_start; e < extable_end; e++) {
        if (e->at == regs->rip) {
            regs->rip = e->resume;
            return true;
        }
    }
    return false;
}

static void record(const struct regs *regs)
{
    struct fault *fault = fault_last();

    fault->taken = true;
    fault->regs = *regs;
    fault->cr2 = regs->entry == VEC_PF ? vcpu_info_self()->arch.cr2 : 0;
}

void trap_dispatch(struct regs *regs)
{
    struct cpu *cpu = this_cpu();

    if (cpu->hook != NULL && cpu->hook(regs)) {
        return;
    }
    if (regs->entry == ENTRY_EVENT) {
        event_upcall();
        return;
    }
    record(regs);
    if (!regs_from_kernel(regs) && cpu->in_user) {
        if (regs->entry == ENTRY_SYSCALL && regs->rax == USER_SYSCALL_EXIT) {
            user_leave(USER_RETURNED, regs->rdi);
        }
        user_leave(USER_FAULTED, 0);
    }
    if (regs->entry < ENTRY_EVENT && regs_from_kernel(regs) && fixup(regs)) {
        return;
    }
    FAIL("unexpected entry %lu code %lx at %lx (cs %lx, rsp %lx, cr2 %lx)",
         (unsigned long)regs->entry, (unsigned long)regs->code, (unsigned long)regs->rip,
         (unsigned long)regs->cs, (unsigned long)regs->rsp, (unsigned long)cpu->fault.cr2);
    test_end();
}
