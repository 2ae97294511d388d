/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the two ways of talking to a local APIC, and the sequence that brings one into a known
 * state. Pure: everything goes through the bus, so that tests run both on a fake register file.
 * Intel SDM volume 3, chapter 11.
 */
#include "cpu/regs.h"
#include "dev/lapic.h"

#define APIC_BASE_MSR     0x1b
#define APIC_BASE_EXTD    0x400
#define APIC_BASE_ENABLE  0x800
#define APIC_BASE_ADDRESS 0xffffff000UL
#define X2_MSR            0x800
#define DEADLINE_MSR      0x6e0
#define SEND_SPINS        100000 /* reads of the ICR before a stuck send is overwritten */

static uint32_t x_read(const struct lapic_bus *bus, uint32_t reg)
{
    return bus->read(reg);
}

static void x_write(const struct lapic_bus *bus, uint32_t reg, uint32_t v)
{
    bus->write(reg, v);
}

static uint32_t x_id(const struct lapic_bus *bus)
{
    return bus->read(LAPIC_ID) >> 24;
}

static void x_send(const struct lapic_bus *bus, uint32_t apic_id, uint32_t low)
{
    unsigned int spins = 0;

    while ((bus->read(LAPIC_ICR) & LAPIC_ICR_PENDING) && ++spins < SEND_SPINS)
        ;
    bus->write(LAPIC_ICR_HIGH, apic_id << 24);
    bus->write(LAPIC_ICR, low); /* the write of the lower half sends */
}

/* One write: an NMI may come between the two of x_send() and do this. */
static void x_send_self(const struct lapic_bus *bus, uint32_t low)
{
    bus->write(LAPIC_ICR, LAPIC_ICR_SELF | low);
}

static uint32_t x2_read(const struct lapic_bus *bus, uint32_t reg)
{
    return (uint32_t)bus->rdmsr(X2_MSR + reg / 16);
}

static void x2_write(const struct lapic_bus *bus, uint32_t reg, uint32_t v)
{
    bus->wrmsr(X2_MSR + reg / 16, v);
}

static uint32_t x2_id(const struct lapic_bus *bus)
{
    return (uint32_t)bus->rdmsr(X2_MSR + LAPIC_ID / 16);
}

static void x2_send(const struct lapic_bus *bus, uint32_t apic_id, uint32_t low)
{
    bus->wrmsr(X2_MSR + LAPIC_ICR / 16, (uint64_t)apic_id << 32 | low);
}

static void x2_send_self(const struct lapic_bus *bus, uint32_t low)
{
    bus->wrmsr(X2_MSR + LAPIC_ICR / 16, LAPIC_ICR_SELF | low);
}

const struct lapic_ops lapic_xapic = {"xAPIC", false, x_read, x_write, x_id, x_send, x_send_self};
const struct lapic_ops lapic_x2apic = {"x2APIC", true,    x2_read,     x2_write,
                                       x2_id,    x2_send, x2_send_self};

void lapic_enable(const struct lapic_ops *ops, const struct lapic_bus *bus, uint64_t base)
{
    uint64_t v = bus->rdmsr(APIC_BASE_MSR);

    /*
     * The way back from x2APIC to xAPIC leads through off: firmware that left x2 on is not asked
     * to.
     */
    v = (v & ~APIC_BASE_ADDRESS) | (base & APIC_BASE_ADDRESS) | APIC_BASE_ENABLE;
    if (!(v & APIC_BASE_EXTD))
        bus->wrmsr(APIC_BASE_MSR, v); /* off to on is a step of its own */
    if (ops->x2 && !(v & APIC_BASE_EXTD))
        bus->wrmsr(APIC_BASE_MSR, v | APIC_BASE_EXTD);
}

void lapic_setup(const struct lapic_ops *ops, const struct lapic_bus *bus)
{
    unsigned int max = ops->read(bus, LAPIC_VERSION) >> 16 & 0xff;

    ops->write(bus, LAPIC_TPR, 0);
    /* Physical destinations are used; the logical ones are parked where nothing matches. */
    if (!ops->x2) {
        ops->write(bus, LAPIC_DFR, 0xffffffff);
        ops->write(bus, LAPIC_LDR, 0);
    }
    ops->write(bus, LAPIC_SVR, LAPIC_SVR_ENABLE | VECTOR_SPURIOUS);
    ops->write(bus, LAPIC_LVT_TIMER, LAPIC_LVT_MASKED | VECTOR_TIMER);
    ops->write(bus, LAPIC_TIMER_INITIAL, 0);
    ops->write(bus, LAPIC_LVT_LINT0, LAPIC_LVT_MASKED);
    ops->write(bus, LAPIC_LVT_LINT1, LAPIC_ICR_NMI);
    if (max >= 4)
        ops->write(bus, LAPIC_LVT_PERF, LAPIC_LVT_MASKED);
    if (max >= 5)
        ops->write(bus, LAPIC_LVT_THERMAL, LAPIC_LVT_MASKED);
    ops->write(bus, LAPIC_ESR, 0);
    ops->write(bus, LAPIC_LVT_ERROR, VECTOR_ERROR);
}

void lapic_timer_mode(const struct lapic_ops *ops, const struct lapic_bus *bus, bool deadline)
{
    ops->write(bus, LAPIC_TIMER_INITIAL, 0);
    ops->write(bus, LAPIC_TIMER_DIVIDE, LAPIC_DIVIDE_BY_1);
    ops->write(bus, LAPIC_LVT_TIMER, VECTOR_TIMER | (deadline ? LAPIC_LVT_DEADLINE : 0));
    /* the mode must have arrived before the first deadline is written (SDM 11.5.4.1) */
    __asm__ volatile("mfence" ::: "memory");
}

void lapic_deadline_write(const struct lapic_bus *bus, uint64_t tsc)
{
    bus->wrmsr(DEADLINE_MSR, tsc);
}
