/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the end by a fault of our own: says why, shows registers and the way there, then restarts or
 * halts. The first CPU that panics speaks; the others are stopped. A panic inside a panic goes
 * straight to the end.
 */
#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "kern/console.h"
#include "kern/reset.h"
#include "kern/smp.h"
#include "kern/trace.h"
#include "lib/printk.h"
#include "lib/upcall.h"

#define MESSAGE_MAX 256

static uint32_t panics; /* begun on any CPU */
static uint32_t depth;  /* on the CPU that speaks */

/* Only the first goes on. */
static void panic_begin(const char *fmt, va_list args)
{
    char message[MESSAGE_MAX];

    irq_disable();
    if (__atomic_fetch_add(&panics, 1, __ATOMIC_SEQ_CST) > 8)
        machine_halt();
    smp_stop_others(); /* another CPU that panics at the same time ends here */
    console_panic();
    (void)vsnprintf(message, sizeof(message), fmt, args);
    pr_err("PANIC on CPU %u: %s\n", cpu_id(), message);
    if (depth++) {
        pr_err("panic within a panic\n");
        machine_crashed();
    }
}

void panic(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    panic_begin(fmt, args);
    va_end(args);
    pr_err("called by:\n");
    trace_stack((uint64_t)__builtin_frame_address(0));
    machine_crashed();
}

void panic_regs(const struct cpu_user_regs *regs, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    panic_begin(fmt, args);
    va_end(args);
    trace_registers(regs);
    pr_err("cr0 %lx cr2 %lx cr3 %lx cr4 %lx\n", read_cr0(), read_cr2(), read_cr3(), read_cr4());
    if (!(regs->cs & 3)) {
        pr_err("at:\n");
        trace_address(regs->rip);
        trace_stack(regs->rbp);
    }
    machine_crashed();
}
