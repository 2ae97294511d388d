/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts on a fake machine: two CPUs, an I/O APIC that keeps level and remote IRR, a device
 * with one message. Who is called and when, masking until all sharers said eoi, moving, storms, and
 * that no edge is lost by any of it.
 */
#include <stdint.h>
#include <string.h>

#include "cpu/regs.h"
#include "dev/acpi.h"
#include "dev/ioapic.h"
#include "irq_machine.h"
#include "kern/irq.h"
#include "lib/errno.h"
#include "unit.h"

static unsigned int calls[4];

static void hit(void *data)
{
    calls[(uintptr_t)data]++;
}

/* A device that goes quiet when it is served. */
static void serve(void *data)
{
    calls[(uintptr_t)data]++;
    asserted[11] = false;
}

#define GUEST(n) ((void *)(uintptr_t)(n))

static void fresh(void)
{
    memset(calls, 0, sizeof(calls));
    memset(asserted, 0, sizeof(asserted));
    tsc += 100 * TICKS_PER_MS;
    eois = lost_edges = 0;
}

static void isa_lines_follow_the_overrides(void)
{
    EXPECT(irq_of_isa(0) == 2 && irq_of_isa(4) == 4);
    EXPECT(irq_needs_eoi(9) && !irq_needs_eoi(4) && irq_needs_eoi(20) && !irq_needs_eoi(999));
}

static void a_shared_line_waits_for_all(void)
{
    fresh();
    EXPECT(irq_guest_bind(20, hit, GUEST(1), true) == 0);
    EXPECT(irq_guest_bind(20, hit, GUEST(2), true) == 0);
    EXPECT(irq_guest_bind(20, hit, GUEST(3), false) == -EBUSY);
    asserted[20] = true;
    deliver();
    EXPECT(calls[1] == 1 && calls[2] == 1 && eois == 1 && rte[20] & RTE_MASKED);
    irq_guest_eoi(20, GUEST(1));
    EXPECT(rte[20] & RTE_MASKED);
    irq_guest_eoi(20, GUEST(1)); /* once more says nothing new */
    EXPECT(rte[20] & RTE_MASKED);
    asserted[20] = false;
    irq_guest_eoi(20, GUEST(2));
    EXPECT(!(rte[20] & RTE_MASKED));
    deliver();
    EXPECT(calls[1] == 1 && calls[2] == 1);
    asserted[20] = true;
    deliver();
    irq_guest_unbind(20, GUEST(2)); /* whoever leaves says eoi by that */
    EXPECT(rte[20] & RTE_MASKED);
    irq_guest_eoi(20, GUEST(1));
    EXPECT(!(rte[20] & RTE_MASKED));
    irq_guest_unbind(20, GUEST(1));
    EXPECT(rte[20] & RTE_MASKED);
}

static void places_run_out(void)
{
    unsigned int i;

    fresh();
    for (i = 0; i < IRQ_SHARERS; i++)
        EXPECT(irq_guest_bind(21, hit, GUEST(i), true) == 0);
    EXPECT(irq_guest_bind(21, hit, GUEST(9), true) == -ENOSPC);
    for (i = 0; i < IRQ_SHARERS; i++)
        irq_guest_unbind(21, GUEST(i));
    EXPECT(irq_guest_bind(PINS, hit, GUEST(0), true) == -EINVAL);
    EXPECT(irq_guest_bind(100000, hit, GUEST(0), true) == -EINVAL);
}

static void our_own_lines_are_not_guests(void)
{
    fresh();
    EXPECT(irq_request(4, hit, GUEST(0)) == 0);
    EXPECT(irq_request(4, hit, GUEST(0)) == -EBUSY);
    EXPECT(irq_guest_bind(4, hit, GUEST(1), true) == -EBUSY);
    EXPECT(irq_setup_gsi(4, true, true) == -EBUSY);
    edge(4);
    EXPECT(calls[0] == 1 && eois == 1);
    EXPECT(irq_request(11, serve, GUEST(3)) ==
           0); /* a level: acknowledged once the device is quiet */
    asserted[11] = true;
    deliver();
    EXPECT(calls[3] == 1 && eois == 2);
}

static void wiring_is_set_once(void)
{
    fresh();
    EXPECT(irq_setup_gsi(22, true, true) == 0);
    EXPECT(irq_setup_gsi(22, true, true) == -EEXIST);
    EXPECT(irq_setup_gsi(22, true, false) == 0);
    EXPECT(irq_guest_bind(22, hit, GUEST(0), true) == 0);
    EXPECT((rte[22] & RTE_LEVEL) && !(rte[22] & RTE_ACTIVE_LOW));
    EXPECT(irq_setup_gsi(22, true, true) == -EBUSY);
    irq_guest_unbind(22, GUEST(0));
    EXPECT(irq_setup_gsi(PINS, true, true) == -EINVAL);
}

static void moving_keeps_a_level_line_alive(void)
{
    fresh();
    EXPECT(irq_guest_bind(19, hit, GUEST(0), true) == 0);
    EXPECT(rte[19] >> 56 == 0);
    irq_set_cpu(19, 1);
    EXPECT(rte[19] >> 56 == 5 && !(rte[19] & RTE_MASKED));
    asserted[19] = true;
    deliver();
    EXPECT(calls[0] == 1);
    irq_set_cpu(19, 0);    /* masked and acknowledged: now is as good as later */
    remote_irr[19] = true; /* in service on the CPU that it is on */
    irq_set_cpu(19, 1);
    EXPECT(rte[19] >> 56 == 0);
    remote_irr[19] = false;
    irq_guest_eoi(19, GUEST(0)); /* here it goes */
    EXPECT(rte[19] >> 56 == 5);
    deliver();
    EXPECT(calls[0] == 2);
    irq_set_cpu(19, 7); /* there is no such CPU */
    asserted[19] = false;
    irq_guest_unbind(19, GUEST(0));
}

static void a_level_storm_is_stopped(void)
{
    unsigned int i;

    fresh();
    EXPECT(irq_guest_bind(18, hit, GUEST(0), false) == 0);
    asserted[18] = true; /* a guest that says eoi and never serves the device */
    for (i = 0; i < 5000; i++) {
        deliver();
        irq_guest_eoi(18, GUEST(0));
        tsc += 1000; /* a microsecond */
    }
    EXPECT(calls[0] > 100 && calls[0] < 1000);
    EXPECT(rte[18] & RTE_MASKED && armed->active);
    i = calls[0];
    tick();
    EXPECT(!(rte[18] & RTE_MASKED));
    deliver();
    EXPECT(calls[0] == i + 1);
    asserted[18] = false;
    irq_guest_unbind(18, GUEST(0));
}

/* Takes a third of a millisecond, as a handler does that another CPU holds up. */
static void slow(void *data)
{
    calls[(uintptr_t)data]++;
    tsc += TICKS_PER_MS / 3;
}

/* Few interrupts are a storm, too, when they take too much of the time. */
static void a_slow_storm_is_stopped(void)
{
    unsigned int i;

    fresh();
    EXPECT(irq_guest_bind(18, slow, GUEST(0), false) == 0);
    asserted[18] = true;
    for (i = 0; i < 25; i++) {
        deliver();
        irq_guest_eoi(18, GUEST(0));
    }
    EXPECT(calls[0] > 3 && calls[0] < 8);
    EXPECT(rte[18] & RTE_MASKED && armed->active);
    tick();
    EXPECT(!(rte[18] & RTE_MASKED));
    /* Now and then is none. */
    asserted[18] = false;
    fresh();
    for (i = 0; i < 50; i++) {
        asserted[18] = true;
        deliver();
        asserted[18] = false;
        irq_guest_eoi(18, GUEST(0));
        tsc += 5 * TICKS_PER_MS;
    }
    EXPECT(calls[0] == 50 && !(rte[18] & RTE_MASKED));
    irq_guest_unbind(18, GUEST(0));
}

static void messages_come_and_storms_lose_none(void)
{
    struct irq_msi m = {.bus = 1, .devfn = 8, .entry = 1};
    unsigned int irq, other, i;

    fresh();
    EXPECT(irq_create_msi(&m, &irq) == 0 && irq >= PINS && msi_masked);
    EXPECT(irq_create_msi(&m, &other) == -EBUSY);
    EXPECT(irq_guest_bind(irq, hit, GUEST(0), false) == 0 && !msi_masked);
    message();
    EXPECT(calls[0] == 1 && eois == 1 && !irq_needs_eoi(irq));
    irq_set_cpu(irq, 1);
    EXPECT(msi_target == 5 && !msi_masked &&
           calls[0] == 2); /* one too many, for one that got lost */
    message();
    EXPECT(calls[0] == 3);
    for (i = 0; i < 5000 && !msi_masked; i++)
        message();
    EXPECT(i < 1000 && msi_masked && armed->active);
    message();
    EXPECT(lost_edges == 1);
    i = calls[0];
    tick();
    EXPECT(!msi_masked && calls[0] == i + 1);
    irq_destroy_msi(irq);
    EXPECT(!msi_opened);
    EXPECT(irq_guest_bind(irq, hit, GUEST(0), false) == -EINVAL);
    EXPECT(irq_create_msi(&m, &other) == 0 && other == irq);
    irq_destroy_msi(other);
}

static void messages_that_are_refused(void)
{
    struct irq_msi several = {.bus = 1, .entry = 4}, absent = {.bus = 9, .entry = 1};
    unsigned int irq;

    fresh();
    EXPECT(irq_create_msi(&several, &irq) == -EINVAL);
    EXPECT(irq_create_msi(&absent, &irq) == -ENODEV);
    EXPECT(irq_create_msi(&absent, &irq) == -ENODEV); /* nothing was left behind */
    irq_destroy_msi(4);
    irq_destroy_msi(100000);
}

static void entries_of_one_table_are_several(void)
{
    struct irq_msi a = {.bus = 2, .entry = 0, .table = 0x1000}, b = a, plain = a;
    unsigned int irq_a, irq_b, other;

    fresh();
    msi_maskable = true;
    b.entry = 1;
    plain.table = 0;
    EXPECT(irq_create_msi(&a, &irq_a) == 0);
    EXPECT(irq_create_msi(&b, &irq_b) == 0 && irq_a != irq_b);
    EXPECT(irq_create_msi(&a, &other) == -EBUSY && irq_create_msi(&plain, &other) == -EBUSY);
    irq_destroy_msi(irq_a);
    irq_destroy_msi(irq_b);
    msi_maskable = false;
}

static void strays_are_counted_and_acknowledged(void)
{
    fresh();
    interrupt(0, 0xd0);
    EXPECT(eois == 1);
    interrupt(0, VECTOR_SPURIOUS);
    EXPECT(eois == 1);
}

int main(void)
{
    acpi_info.override_count = 2;
    acpi_info.overrides[0] = (struct acpi_override){.isa = 0, .gsi = 2};
    acpi_info.overrides[1] = (struct acpi_override){.isa = 9, .gsi = 9, .level = true};
    irq_init();
    RUN(isa_lines_follow_the_overrides);
    RUN(a_shared_line_waits_for_all);
    RUN(places_run_out);
    RUN(wiring_is_set_once);
    RUN(moving_keeps_a_level_line_alive);
    RUN(a_level_storm_is_stopped);
    RUN(a_slow_storm_is_stopped);
    RUN(messages_come_and_storms_lose_none);
    RUN(messages_that_are_refused);
    RUN(entries_of_one_table_are_several);
    RUN(strays_are_counted_and_acknowledged);
    acpi_info.overrides[1] = (struct acpi_override){.isa = 11, .gsi = 11, .level = true};
    irq_init();
    RUN(our_own_lines_are_not_guests);
    return UNIT_RESULT;
}
