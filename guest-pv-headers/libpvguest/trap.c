/* SPDX-License-Identifier: MIT */
/*
 * trap.c: exceptions and the callbacks.
 *
 * An exception nobody handles is printed with its registers and ends the domain.
 */
#include "internal.h"

static pv_trap_fn handlers[32];

void pv_trap_handler(unsigned int vector, pv_trap_fn handler)
{
    if (vector < 32) {
        handlers[vector] = handler;
    }
}

static void report(const struct pv_regs *regs)
{
    pv_printf("libpvguest: exception %lu, error code %lx, on vCPU %u\n", regs->vector, regs->error,
              pv_cpu());
    if (regs->vector == 14) {
        pv_printf("  page fault at %016lx\n", pvguest_vcpu()->arch.cr2);
    }
    pv_printf("  rip %016lx  rsp %016lx  rflags %08lx\n", regs->rip, regs->rsp, regs->rflags);
    pv_printf("  rax %016lx  rbx %016lx  rcx %016lx  rdx %016lx\n", regs->rax, regs->rbx, regs->rcx,
              regs->rdx);
    pv_printf("  rsi %016lx  rdi %016lx  rbp %016lx  r8  %016lx\n", regs->rsi, regs->rdi, regs->rbp,
              regs->r8);
    pv_printf("  r9  %016lx  r10 %016lx  r11 %016lx  r12 %016lx\n", regs->r9, regs->r10, regs->r11,
              regs->r12);
    pv_printf("  r13 %016lx  r14 %016lx  r15 %016lx\n", regs->r13, regs->r14, regs->r15);
}

void pv_entry(struct pv_regs *regs)
{
    if (regs->vector == 256) {
        pvguest_upcall();
    } else if (regs->vector < 32 && handlers[regs->vector] != NULL) {
        handlers[regs->vector](regs);
    } else {
        report(regs);
        pv_shutdown(SHUTDOWN_crash);
    }
}

void pvguest_traps_fill(struct trap_info table[256])
{
    memset(table, 0, 256 * sizeof(table[0]));
    for (const struct pvguest_entry *entry = pv_entries; entry->address != 0; entry++) {
        struct trap_info *gate = &table[entry->vector];

        gate->vector = (uint8_t)entry->vector;
        /* int3 and into may come from anywhere; all of them mask events. */
        gate->flags = (entry->vector == 3 || entry->vector == 4) ? 3 | 4 : 4;
        gate->cs = FLAT_KERNEL_CS;
        gate->address = entry->address;
    }
}

void pvguest_traps_start(void)
{
    static struct trap_info by_vector[256], packed[33];
    unsigned int used = 0;

    pvguest_traps_fill(by_vector);
    for (unsigned int i = 0; i < 32; i++) {
        if (by_vector[i].address != 0) {
            packed[used++] = by_vector[i];
        }
    }
    pvguest_must(HYPERVISOR_set_trap_table(packed), "set_trap_table");
    pvguest_must(HYPERVISOR_set_callbacks((unsigned long)pv_entry_upcall,
                                          (unsigned long)pv_entry_failsafe, 0),
                 "set_callbacks");
}
