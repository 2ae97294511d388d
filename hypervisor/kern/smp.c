/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the bringing up of further CPUs, calls across CPUs, and stopping them.
 *
 * One call across CPUs is in flight at a time (call_lock); who waits for it has interrupts on and
 * so serves the one before.
 */
#include "kern/smp.h"
#include "cpu/asm.h"
#include "cpu/spinlock.h"
#include "dev/acpi.h"
#include "dev/lapic.h"
#include "kern/softirq.h"
#include "kern/time.h"
#include "kern/timer.h"
#include "lib/bits.h"
#include "lib/printk.h"
#include "lib/upcall.h"

#define INIT_DELAY_US                                                                              \
    200 /* between INIT and the first SIPI; the 10 ms of the manuals are for the 486 */
#define SIPI_SPINS    1000   /* of 10 us each, before a second SIPI */
#define ON_LINE_SPINS 100000 /* of 10 us each */
#define STOP_SPINS    10000  /* of 10 us each */

static spinlock_t call_lock = SPINLOCK_INIT(RANK_CALL);
static void (*call_function)(void *);
static void *call_data;
static uint64_t call_waiting;  /* CPUs that have not run it yet */
static uint32_t stopper = ~0U; /* the CPU that stops the others, for good */
static uint64_t stopped;

/* Waits for the CPU to be on line, at most so many rounds. */
static bool __init wait_on_line(unsigned int id, unsigned int rounds)
{
    while (!READ_ONCE(cpu_block(id)->on_line)) {
        if (!rounds--)
            return false;
        time_sync_serve();
        delay_us(10);
    }
    return true;
}

static bool __init cpu_start(unsigned int id, uint32_t apic_id)
{
    int page = cpu_prepare(id, apic_id);

    if (page < 0 || !cpu_block(id)) {
        pr_err("no memory to start the CPU with APIC ID %u\n", apic_id);
        return false;
    }
    lapic_send_init(apic_id);
    delay_us(INIT_DELAY_US);
    lapic_send_sipi(apic_id, (uint8_t)page);
    if (wait_on_line(id, SIPI_SPINS))
        return true;
    lapic_send_sipi(apic_id, (uint8_t)page);
    if (wait_on_line(id, ON_LINE_SPINS))
        return true;
    pr_err("the CPU with APIC ID %u does not answer; going on without it\n", apic_id);
    lapic_send_init(apic_id); /* should it come later after all, it must not find another's stack */
    return false;
}

void __init smp_boot(unsigned int max)
{
    uint32_t i, self = lapic_id();

    for (i = 0; i < acpi_info.cpu_count && cpu_count < MIN(max, (unsigned int)MAX_CPUS); i++) {
        const struct acpi_cpu *c = &acpi_info.cpus[i];

        if (!c->enabled || c->apic_id == self)
            continue;
        if (!lapic_is_x2() && c->apic_id > 254) {
            pr_warn("the CPU with APIC ID %u can't be addressed without x2APIC\n", c->apic_id);
            continue;
        }
        if (cpu_start(cpu_count, c->apic_id))
            __atomic_store_n(&cpu_count, cpu_count + 1, __ATOMIC_RELEASE); /* it waits for this */
    }
    pr_info("%u CPU%s on line\n", cpu_count, cpu_count == 1 ? "" : "s");
}

void smp_cpu_online(void)
{
    struct cpu *self = this_cpu();

    lapic_init_cpu();
    time_init_cpu();
    timers_init_cpu();
    sched_init_cpu();
    WRITE_ONCE(self->on_line, 1);
    while (__atomic_load_n(&cpu_count, __ATOMIC_ACQUIRE) <= self->id)
        cpu_relax();
    return_to_current();
}

void smp_send(unsigned int cpu, uint8_t vector)
{
    lapic_send(cpu_block(cpu)->apic_id, vector);
}

static void nmi_others(void)
{
    unsigned int i, self = cpu_id();

    for (i = 0; i < cpu_count; i++) {
        if (i != self)
            lapic_send_nmi(cpu_block(i)->apic_id);
    }
}

void smp_call(uint64_t cpu_bits, void (*function)(void *), void *data)
{
    uint64_t others = cpu_bits & ~BIT(cpu_id()), bits, flags;

    if (cpu_bits & BIT(cpu_id())) {
        flags = irq_save();
        function(data);
        irq_restore(flags);
    }
    if (!others)
        return;
    ASSERT(irq_enabled());
    spin_lock(&call_lock);
    call_function = function;
    call_data = data;
    __atomic_store_n(&call_waiting, others,
                     __ATOMIC_RELEASE); /* pairs with smp_call_ipi's acquire */
    for (bits = others; bits; bits &= bits - 1)
        smp_send(bit_lowest(bits), VECTOR_CALL);
    while (__atomic_load_n(&call_waiting, __ATOMIC_ACQUIRE))
        cpu_relax();
    spin_unlock(&call_lock);
}

void smp_call_ipi(void)
{
    uint64_t self = BIT(cpu_id());

    if (!(__atomic_load_n(&call_waiting, __ATOMIC_ACQUIRE) & self))
        return;
    call_function(call_data);
    __atomic_and_fetch(&call_waiting, ~self, __ATOMIC_SEQ_CST);
}

void smp_stop_check(void)
{
    uint32_t who = READ_ONCE(stopper);

    if (who == ~0U || who == cpu_id())
        return;
    bit_set(&stopped, cpu_id());
    for (;;) {
        irq_disable();
        __asm__ volatile("hlt");
    }
}

void smp_stop_others(void)
{
    uint32_t nobody = ~0U, self = cpu_id();
    uint64_t others = (cpu_count == 64 ? ~0UL : BIT(cpu_count) - 1) & ~BIT(self);
    unsigned int rounds = STOP_SPINS;

    irq_disable();
    if (!__atomic_compare_exchange_n(&stopper, &nobody, self, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST) &&
        nobody != self)
        smp_stop_check(); /* another CPU is at it: does not come back */
    if (!others || (READ_ONCE(stopped) & others) == others)
        return;
    nmi_others();
    while ((READ_ONCE(stopped) & others) != others && rounds--)
        delay_us(10);
}
