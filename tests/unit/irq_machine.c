/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the fake machine under kern/irq*.c: two CPUs, an I/O APIC that keeps level and remote IRR, a
 * device with one message, a timer. What the hypervisor writes is state here; what the hardware
 * does next happens when the test says so.
 */
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "dev/acpi.h"
#include "dev/ioapic.h"
#include "dev/lapic.h"
#include "dev/msi.h"
#include "dev/pic.h"
#include "kern/irq.h"
#include "kern/smp.h"
#include "kern/softirq.h"
#include "kern/time.h"
#include "kern/timer.h"
#include "lib/errno.h"
#include "lib/printk.h"
#include "lib/upcall.h"
#include "irq_machine.h"

static struct cpu cpus[2] = {{.id = 0, .apic_id = 0}, {.id = 1, .apic_id = 5}};
_Thread_local struct cpu *fake_cpu = &cpus[0];
_Thread_local bool fake_irq_off;
struct cpu *cpu_blocks[MAX_CPUS] = {&cpus[0], &cpus[1]};
unsigned int cpu_count = 2;
struct acpi_info acpi_info;

uint64_t rte[PINS], tsc;
bool asserted[PINS], remote_irr[PINS], msi_masked = true, msi_maskable, msi_opened;
unsigned int eois, lost_edges;
static uint8_t msi_vector;
uint32_t msi_target;
struct timer *armed;
static int64_t armed_at;

uint64_t fake_rdtsc(void)
{
    return tsc;
}

/* The machine: what the hardware would do next. */
void deliver(void)
{
    unsigned int pin, rounds;

    for (rounds = 0; rounds < 1000; rounds++) {
        for (pin = 0; pin < PINS; pin++) {
            if (asserted[pin] && !(rte[pin] & RTE_MASKED) && (rte[pin] & RTE_LEVEL) &&
                !remote_irr[pin])
                break;
        }
        if (pin == PINS)
            return;
        remote_irr[pin] = true;
        fake_cpu = rte[pin] >> 56 == 5 ? &cpus[1] : &cpus[0];
        fake_irq_off = true;
        irq_dispatch(rte[pin] & RTE_VECTOR);
        fake_irq_off = false;
        fake_cpu = &cpus[0];
    }
}

void interrupt(uint32_t apic_id, uint8_t vector)
{
    fake_cpu = apic_id == 5 ? &cpus[1] : &cpus[0];
    fake_irq_off = true;
    irq_dispatch(vector);
    fake_irq_off = false;
    fake_cpu = &cpus[0];
}

void edge(unsigned int pin)
{
    if (rte[pin] & RTE_MASKED)
        lost_edges++;
    else
        interrupt((uint32_t)(rte[pin] >> 56), rte[pin] & RTE_VECTOR);
}

void message(void)
{
    if (msi_masked)
        lost_edges++;
    else
        interrupt(msi_target, msi_vector);
}

void ioapic_init(void)
{
    unsigned int i;

    for (i = 0; i < PINS; i++)
        rte[i] = RTE_MASKED;
}

unsigned int ioapic_gsi_count(void)
{
    return PINS;
}

bool ioapic_has_gsi(unsigned int gsi)
{
    return gsi < PINS;
}

void ioapic_write(unsigned int gsi, uint64_t v)
{
    rte[gsi] = v;
    deliver();
}

uint64_t ioapic_read(unsigned int gsi)
{
    return rte[gsi] | (remote_irr[gsi] ? RTE_REMOTE_IRR : 0);
}

void ioapic_mask(unsigned int gsi)
{
    rte[gsi] |= RTE_MASKED;
}

void ioapic_unmask(unsigned int gsi)
{
    rte[gsi] &= ~RTE_MASKED; /* what is asserted comes when the test says deliver() */
}

/* An EOI reaches every entry; here only one interrupt is in service at a time. */
void lapic_eoi(void)
{
    eois++;
    memset(remote_irr, 0, sizeof(remote_irr));
}

int msi_open(struct msi *m, struct pci_dev dev, uint16_t entry, uint64_t table_base)
{
    *m =
        (struct msi){.dev = dev, .entry = entry, .msix = table_base != 0, .maskable = msi_maskable};
    msi_masked = msi_opened = true;
    return dev.bus == 9 ? -ENODEV : 0;
}

void msi_close(struct msi *m)
{
    (void)m;
    msi_masked = true;
    msi_opened = false;
}

void msi_write(struct msi *m, uint8_t vector, uint32_t apic_id)
{
    (void)m;
    msi_masked = true;
    msi_vector = vector;
    msi_target = apic_id;
}

void msi_mask(struct msi *m)
{
    (void)m;
    msi_masked = true;
}

void msi_unmask(struct msi *m)
{
    (void)m;
    msi_masked = false;
}

void timer_init(struct timer *t, void (*function)(void *), void *data, unsigned int cpu)
{
    *t = (struct timer){.function = function, .data = data, .cpu = cpu};
}

void timer_set(struct timer *t, int64_t expires)
{
    t->active = true;
    armed = t;
    armed_at = expires;
}

int64_t now(void)
{
    return (int64_t)tsc;
}

uint64_t tsc_khz(void)
{
    return TICKS_PER_MS;
}

void tick(void)
{
    tsc = (uint64_t)armed_at;
    armed->active = false;
    armed->function(armed->data);
}

/* clang-format off */
void pic_disable(void) {}
void lapic_error(void) {}
unsigned int lapic_errors(void) { return 0; }
void tlb_flush_ipi(void) {}
void smp_call_ipi(void) {}
void softirq_raise(enum softirq nr) { (void)nr; }
void printk(enum log_level level, const char *fmt, ...) { (void)level; (void)fmt; }
/* clang-format on */
