/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns this machine's local APICs: which mode they are in, where their registers are, and the
 * timer. Every send runs with interrupts off, since xAPIC needs two writes; an NMI handler sends
 * only to its own CPU, which takes one, or when the machine stops.
 */
#include "cpu/asm.h"
#include "cpu/features.h"
#include "cpu/mapping.h"
#include "cpu/percpu.h"
#include "cpu/regs.h"
#include "dev/acpi.h"
#include "dev/lapic.h"
#include "lib/printk.h"

#define DEFAULT_BASE 0xfee00000UL
#define ERRORS_SAID  10

static volatile uint32_t *registers;
static const struct lapic_ops *ops = &lapic_xapic;
static uint64_t base = DEFAULT_BASE;
static unsigned int errors;

static uint32_t machine_read(uint32_t offset)
{
    return registers[offset / 4];
}

static void machine_write(uint32_t offset, uint32_t v)
{
    registers[offset / 4] = v;
}

static uint64_t machine_rdmsr(uint32_t msr)
{
    return rdmsr(msr);
}

static void machine_wrmsr(uint32_t msr, uint64_t v)
{
    wrmsr(msr, v);
}

static const struct lapic_bus bus = {machine_read, machine_write, machine_rdmsr, machine_wrmsr};

void lapic_init_cpu(void)
{
    lapic_enable(ops, &bus, base);
    lapic_setup(ops, &bus);
    this_cpu()->apic_id = lapic_id();
}

void __init lapic_init(void)
{
    if (acpi_info.lapic_address)
        base = acpi_info.lapic_address;
    if (cpu_features.x2apic) {
        ops = &lapic_x2apic;
    } else {
        registers = device_map(paddr(base), PAGE_SIZE);
        BUG_ON(!registers);
    }
    lapic_init_cpu();
    pr_info("local APIC: %s, boot CPU has ID %u\n", ops->name, lapic_id());
}

bool lapic_is_x2(void)
{
    return ops->x2;
}

uint32_t lapic_id(void)
{
    return ops->id(&bus);
}

void lapic_eoi(void)
{
    ops->write(&bus, LAPIC_EOI, 0);
}

void lapic_error(void)
{
    uint32_t esr;

    ops->write(&bus, LAPIC_ESR, 0); /* latches what happened */
    esr = ops->read(&bus, LAPIC_ESR);
    if (__atomic_fetch_add(&errors, 1, __ATOMIC_RELAXED) < ERRORS_SAID)
        pr_warn("local APIC %u: error status %x\n", lapic_id(), esr);
}

unsigned int lapic_errors(void)
{
    return READ_ONCE(errors);
}

static void send(uint32_t apic_id, uint32_t low)
{
    uint64_t flags = irq_save();

    /*
     * x2APIC's WRMSR does not wait for earlier stores: what the receiver is to see must be visible
     * first
     */
    if (ops->x2)
        __asm__ volatile("mfence; lfence" ::: "memory");
    ops->send(&bus, apic_id, low);
    irq_restore(flags);
}

void lapic_send(uint32_t apic_id, uint8_t vector)
{
    send(apic_id, LAPIC_ICR_ASSERT | vector);
}

void lapic_send_self(uint8_t vector)
{
    ops->send_self(&bus, LAPIC_ICR_ASSERT | vector);
}

void lapic_send_nmi(uint32_t apic_id)
{
    send(apic_id, LAPIC_ICR_ASSERT | LAPIC_ICR_NMI);
}

void lapic_send_init(uint32_t apic_id)
{
    send(apic_id, LAPIC_ICR_ASSERT | LAPIC_ICR_INIT);
}

void lapic_send_sipi(uint32_t apic_id, uint8_t page)
{
    send(apic_id, LAPIC_ICR_ASSERT | LAPIC_ICR_SIPI | page);
}

void lapic_timer_free_run(void)
{
    ops->write(&bus, LAPIC_TIMER_DIVIDE, LAPIC_DIVIDE_BY_1);
    ops->write(&bus, LAPIC_LVT_TIMER, LAPIC_LVT_MASKED | VECTOR_TIMER);
    ops->write(&bus, LAPIC_TIMER_INITIAL, 0xffffffff);
}

uint32_t lapic_timer_count(void)
{
    return ops->read(&bus, LAPIC_TIMER_CURRENT);
}

bool lapic_timer_has_deadline(void)
{
    return cpu_features.tsc_deadline;
}

void lapic_timer_setup(void)
{
    lapic_timer_mode(ops, &bus, lapic_timer_has_deadline());
}

void lapic_timer_one_shot(uint32_t ticks)
{
    ops->write(&bus, LAPIC_TIMER_INITIAL, ticks);
}

void lapic_timer_deadline(uint64_t tsc)
{
    lapic_deadline_write(&bus, tsc);
}
