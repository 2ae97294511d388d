/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Both modes of the local APIC, and both of its timer, on a fake register file that records every
 * access: the right register by the right way, xAPIC by memory only, x2APIC by MSR only, and the
 * order that the manual wants.
 */
#include <stdint.h>
#include <string.h>

#include "cpu/regs.h"
#include "dev/lapic.h"
#include "unit.h"

#define LOG_MAX  64
#define BASE_MSR 0x1b

struct access {
    bool msr;
    uint32_t where;
    uint64_t value;
};

static uint32_t mmio[0x400];
static uint64_t msrs[0x900];
static struct access accesses[LOG_MAX];
static unsigned int count, reads_pending;

static void note(bool msr, uint32_t where, uint64_t value)
{
    if (count < LOG_MAX)
        accesses[count++] = (struct access){msr, where, value};
}

static uint32_t fake_read(uint32_t offset)
{
    if (offset == LAPIC_ICR && reads_pending) {
        reads_pending--;
        return LAPIC_ICR_PENDING;
    }
    return mmio[offset];
}

static void fake_write(uint32_t offset, uint32_t v)
{
    mmio[offset] = v;
    note(false, offset, v);
}

static uint64_t fake_rdmsr(uint32_t msr)
{
    return msrs[msr];
}

static void fake_wrmsr(uint32_t msr, uint64_t v)
{
    msrs[msr] = v;
    note(true, msr, v);
}

static const struct lapic_bus bus = {fake_read, fake_write, fake_rdmsr, fake_wrmsr};

static void fresh(void)
{
    memset(mmio, 0, sizeof(mmio));
    memset(msrs, 0, sizeof(msrs));
    count = 0;
    reads_pending = 0;
    msrs[BASE_MSR] = 0xfee00900; /* boot CPU, on */
    mmio[LAPIC_VERSION] = 0x50014;
    msrs[0x803] = 0x50015;
}

static bool written(bool msr, uint32_t where, uint64_t value)
{
    unsigned int i;

    for (i = 0; i < count; i++) {
        if (accesses[i].msr == msr && accesses[i].where == where)
            return accesses[i].value == value;
    }
    return false;
}

static void xapic_registers_are_memory(void)
{
    unsigned int i;

    fresh();
    lapic_setup(&lapic_xapic, &bus);
    for (i = 0; i < count; i++)
        EXPECT(!accesses[i].msr);
    EXPECT(written(false, LAPIC_SVR, 0x100 | VECTOR_SPURIOUS));
    EXPECT(written(false, LAPIC_DFR, 0xffffffff) && written(false, LAPIC_LDR, 0));
    EXPECT(written(false, LAPIC_LVT_LINT0, LAPIC_LVT_MASKED));
    EXPECT(written(false, LAPIC_LVT_LINT1, LAPIC_ICR_NMI));
    EXPECT(written(false, LAPIC_LVT_ERROR, VECTOR_ERROR));
    EXPECT(written(false, LAPIC_LVT_TIMER, LAPIC_LVT_MASKED | VECTOR_TIMER));
    mmio[LAPIC_ID] = 0x05000000;
    EXPECT(lapic_xapic.id(&bus) == 5);
}

static void x2apic_registers_are_msrs(void)
{
    unsigned int i;

    fresh();
    lapic_setup(&lapic_x2apic, &bus);
    for (i = 0; i < count; i++) {
        EXPECT(accesses[i].msr && accesses[i].where >= 0x800 && accesses[i].where < 0x840);
        EXPECT(accesses[i].where != 0x80e); /* there is no DFR: writing it faults */
        EXPECT(accesses[i].where != 0x80d); /* LDR is read-only */
    }
    EXPECT(written(true, 0x80f, 0x100 | VECTOR_SPURIOUS));
    EXPECT(written(true, 0x836, LAPIC_ICR_NMI));
    msrs[0x802] = 0x12345;
    EXPECT(lapic_x2apic.id(&bus) == 0x12345);
    lapic_x2apic.write(&bus, LAPIC_TIMER_INITIAL, 77);
    EXPECT(msrs[0x838] == 77);
    lapic_x2apic.write(&bus, LAPIC_EOI, 0);
    EXPECT(accesses[count - 1].where == 0x80b && accesses[count - 1].value == 0);
}

/* For NMI handlers: the interrupted code may be between the two writes of a send of its own. */
static void self_message_is_one_write(void)
{
    fresh();
    lapic_xapic.send_self(&bus, LAPIC_ICR_ASSERT | 0xf2);
    EXPECT(count == 1 && written(false, LAPIC_ICR, 0x440f2));
    fresh();
    lapic_x2apic.send_self(&bus, LAPIC_ICR_ASSERT | 0xf2);
    EXPECT(count == 1 && written(true, 0x830, 0x440f2));
}

static void small_lvt_is_left_alone(void)
{
    fresh();
    mmio[LAPIC_VERSION] = 0x30010;
    lapic_setup(&lapic_xapic, &bus);
    EXPECT(!written(false, LAPIC_LVT_PERF, LAPIC_LVT_MASKED));
    EXPECT(!written(false, LAPIC_LVT_THERMAL, LAPIC_LVT_MASKED));
}

static void xapic_send_is_high_then_low(void)
{
    fresh();
    reads_pending = 5; /* the last one is still on its way */
    lapic_xapic.send(&bus, 3, LAPIC_ICR_ASSERT | 0xf9);
    EXPECT(reads_pending == 0 && count == 2);
    EXPECT(accesses[0].where == LAPIC_ICR_HIGH && accesses[0].value == 3 << 24);
    EXPECT(accesses[1].where == LAPIC_ICR && accesses[1].value == (LAPIC_ICR_ASSERT | 0xf9));
}

static void xapic_send_does_not_hang(void)
{
    fresh();
    reads_pending = ~0U;
    lapic_xapic.send(&bus, 1, LAPIC_ICR_NMI);
    EXPECT(count == 2);
}

static void x2apic_send_is_one_write(void)
{
    fresh();
    lapic_x2apic.send(&bus, 0x123, LAPIC_ICR_ASSERT | LAPIC_ICR_SIPI | 8);
    EXPECT(count == 1 && accesses[0].msr && accesses[0].where == 0x830);
    EXPECT(accesses[0].value == (0x123UL << 32 | LAPIC_ICR_ASSERT | LAPIC_ICR_SIPI | 8));
}

static void enabling_goes_by_steps(void)
{
    fresh();
    lapic_enable(&lapic_xapic, &bus, 0xfee00000);
    EXPECT(count == 1 && msrs[BASE_MSR] == 0xfee00900);
    fresh();
    msrs[BASE_MSR] = 0xfee00100; /* off: to x2APIC it leads through xAPIC */
    lapic_enable(&lapic_x2apic, &bus, 0xfee00000);
    EXPECT(count == 2 && accesses[0].value == 0xfee00900 && accesses[1].value == 0xfee00d00);
    fresh();
    msrs[BASE_MSR] = 0xfee00d00; /* x2APIC already: a write without EXTD would fault */
    lapic_enable(&lapic_x2apic, &bus, 0xfee00000);
    EXPECT(count == 0);
}

/* The timer as the manual has it: counts from the initial count in one-shot mode alone, looks at
 * the deadline in deadline mode alone, and a change of mode stops it. */
struct timer_seen {
    bool deadline;
    uint64_t armed; /* the count or the TSC value; 0: stopped */
};

static struct timer_seen timer_now(const struct lapic_ops *ops)
{
    struct timer_seen t = {0};
    unsigned int i;

    for (i = 0; i < count; i++) {
        bool same_way = accesses[i].msr == ops->x2;
        uint32_t reg = ops->x2 ? (accesses[i].where - 0x800) * 16 : accesses[i].where;

        if (accesses[i].msr && accesses[i].where == 0x6e0) {
            if (t.deadline)
                t.armed = accesses[i].value;
        } else if (same_way && reg == LAPIC_LVT_TIMER) {
            bool deadline = accesses[i].value & LAPIC_LVT_DEADLINE;

            if (deadline != t.deadline)
                t = (struct timer_seen){.deadline = deadline};
        } else if (same_way && reg == LAPIC_TIMER_INITIAL && !t.deadline) {
            t.armed = accesses[i].value;
        }
    }
    return t;
}

static void deadline_of(const struct lapic_ops *ops)
{
    fresh();
    ops->write(&bus, LAPIC_TIMER_INITIAL, 0xffffffff); /* as the calibration leaves it */
    lapic_timer_mode(ops, &bus, true);
    EXPECT(timer_now(ops).deadline && !timer_now(ops).armed);
    EXPECT(accesses[count - 1].value == (LAPIC_LVT_DEADLINE | VECTOR_TIMER)); /* not masked */
    lapic_deadline_write(&bus, 0x123456789abcdef0);
    EXPECT(timer_now(ops).armed == 0x123456789abcdef0 && accesses[count - 1].msr);
    lapic_deadline_write(&bus, 0);
    EXPECT(!timer_now(ops).armed);
}

static void deadline_timer(void)
{
    deadline_of(&lapic_xapic);
    deadline_of(&lapic_x2apic);
}

static void one_shot_timer(void)
{
    fresh();
    lapic_timer_mode(&lapic_xapic, &bus, false);
    EXPECT(written(false, LAPIC_TIMER_DIVIDE, LAPIC_DIVIDE_BY_1));
    EXPECT(accesses[count - 1].value == VECTOR_TIMER && !timer_now(&lapic_xapic).armed);
    lapic_xapic.write(&bus, LAPIC_TIMER_INITIAL, 55);
    EXPECT(!timer_now(&lapic_xapic).deadline && timer_now(&lapic_xapic).armed == 55);
    fresh();
    lapic_timer_mode(&lapic_x2apic, &bus, false);
    EXPECT(written(true, 0x83e, LAPIC_DIVIDE_BY_1) && written(true, 0x832, VECTOR_TIMER));
}

int main(void)
{
    RUN(xapic_registers_are_memory);
    RUN(x2apic_registers_are_msrs);
    RUN(self_message_is_one_write);
    RUN(small_lvt_is_left_alone);
    RUN(xapic_send_is_high_then_low);
    RUN(xapic_send_does_not_hang);
    RUN(x2apic_send_is_one_write);
    RUN(enabling_goes_by_steps);
    RUN(deadline_timer);
    RUN(one_shot_timer);
    return UNIT_RESULT;
}
