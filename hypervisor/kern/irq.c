/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns dispatch: from a vector to an IRQ, and to whoever serves it; masking, moving and the storm
 * limiter.
 *
 * A level-triggered line of guests is masked when it comes, then acknowledged at once; it is
 * unmasked when every sharer said eoi. So no guest can hold up the local APIC. Who is called out
 * runs without the lock, with interrupts off.
 *
 * Storms: an IRQ that comes more than STORM_LIMIT times in STORM_WINDOW, or more than STORM_FEW
 * times and takes more than STORM_SHARE of it, is masked until the storm timer's next tick. For
 * edges, what came meanwhile is made up for by one call.
 */
#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "dev/acpi.h"
#include "dev/ioapic.h"
#include "dev/lapic.h"
#include "dev/pic.h"
#include "kern/irq_desc.h"
#include "kern/smp.h"
#include "kern/softirq.h"
#include "kern/time.h"
#include "kern/timer.h"
#include "kern/vector_map.h"
#include "lib/errno.h"
#include "lib/bits.h"
#include "lib/printk.h"
#include "lib/upcall.h"

#define STORM_WINDOW MS(10)
#define STORM_LIMIT  250
#define STORM_FEW    4 /* so many are no storm, should the CPU itself have stood still meanwhile */
#define STORM_SHARE  (STORM_WINDOW / 12)

struct irq irqs[IRQ_MAX];

static struct vector_map vectors[MAX_CPUS];
static spinlock_t vector_lock =
    SPINLOCK_INIT(RANK_DEVICE); /* writes to vectors[]; dispatch reads without */
static struct timer storm_timer;
static uint64_t stormy[BITMAP_WORDS(IRQ_MAX)]; /* IRQs that the storm timer is to unmask */
static uint64_t unexpected;                    /* vectors that stand for nothing */
static uint64_t spurious;

static unsigned int number(const struct irq *i)
{
    return (unsigned int)(i - irqs);
}

static uint32_t target(const struct irq *i)
{
    return cpu_block(i->cpu)->apic_id;
}

/* Writes vector and CPU into the hardware; masked as i->masked says. */
static void program(struct irq *i)
{
    if (i->kind == IRQ_LINE) {
        ioapic_write(number(i), rte_make(i->vector, target(i), i->level, i->low, i->masked));
        return;
    }
    msi_write(&i->msi, i->vector, target(i));
    if (!i->masked)
        msi_unmask(&i->msi);
}

/* Whether interrupts that come while it is masked are lost. */
static bool loses_when_masked(const struct irq *i)
{
    return i->kind == IRQ_LINE ? !i->level : !i->msi.maskable;
}

int irq_vector_get_locked(struct irq *i)
{
    uint64_t flags;

    if (i->vector)
        return 0;
    flags = spin_lock_irqsave(&vector_lock);
    i->vector = vector_alloc(&vectors[i->want_cpu], number(i));
    spin_unlock_irqrestore(&vector_lock, flags);
    if (!i->vector)
        return -ENOSPC;
    i->cpu = i->want_cpu;
    program(i);
    return 0;
}

void irq_vector_put_locked(struct irq *i)
{
    uint64_t flags;

    if (!i->vector)
        return;
    flags = spin_lock_irqsave(&vector_lock);
    vector_free(&vectors[i->cpu], i->vector);
    spin_unlock_irqrestore(&vector_lock, flags);
    i->vector = 0;
}

bool irq_move_locked(struct irq *i)
{
    uint16_t old_cpu = i->cpu;
    uint8_t old = i->vector, fresh;
    uint64_t flags;
    bool lost = false;

    if (i->want_cpu == old_cpu || !old)
        return false;
    if (i->kind == IRQ_LINE && i->level) {
        /*
         * Between delivery and EOI the entry must keep its vector, or the EOI misses it: try again
         * at the next occasion.
         */
        if (!i->masked)
            ioapic_mask(number(i));
        if (ioapic_read(number(i)) & RTE_REMOTE_IRR) {
            if (!i->masked)
                ioapic_unmask(number(i));
            return false;
        }
    } else {
        lost = !i->masked && loses_when_masked(i);
    }
    flags = spin_lock_irqsave(&vector_lock);
    fresh = vector_alloc(&vectors[i->want_cpu], number(i));
    if (fresh)
        vector_free(&vectors[old_cpu], old);
    spin_unlock_irqrestore(&vector_lock, flags);
    if (fresh) {
        i->vector = fresh;
        i->cpu = i->want_cpu;
    } else {
        i->want_cpu = old_cpu; /* no vector there: it stays */
    }
    program(i);
    return lost;
}

static void hardware_mask(struct irq *i, bool masked)
{
    i->masked = masked;
    if (i->kind == IRQ_LINE)
        (masked ? ioapic_mask : ioapic_unmask)(number(i));
    else
        (masked ? msi_mask : msi_unmask)(&i->msi);
}

void irq_mask_update_locked(struct irq *i)
{
    bool masked = i->storm || (!i->handler && !i->binder_count);
    unsigned int n;

    for (n = 0; n < i->binder_count; n++)
        masked |= i->binders[n].waiting;
    if (masked != i->masked && i->vector)
        hardware_mask(i, masked);
}

/* Counts this interrupt; begins a storm when it is one too many. */
static void storm_check(struct irq *i)
{
    uint64_t tsc = rdtsc();

    if (tsc - i->window_start > tsc_khz() * (STORM_WINDOW / MS(1))) {
        i->window_start = tsc;
        i->window_count = 0;
        WRITE_ONCE(i->window_spent, 0);
    }
    i->window_count++;
    if (i->storm || i->window_count <= STORM_FEW)
        return;
    if (i->window_count <= STORM_LIMIT &&
        READ_ONCE(i->window_spent) <= tsc_khz() * STORM_SHARE / MS(1))
        return;
    i->storm = true;
    i->storms++;
    bit_set(stormy, number(i));
    if (!timer_active(&storm_timer)) /* an active one has yet to look at stormy[] */
        timer_set(&storm_timer, now() + STORM_WINDOW);
}

static void storm_over(void *unused)
{
    unsigned int n = 0;

    (void)unused;
    while ((n = bitmap_next_set(stormy, IRQ_MAX, n)) < IRQ_MAX) {
        struct irq *i = &irqs[n];
        uint64_t flags = spin_lock_irqsave(&i->lock);
        bool again;

        bit_clear(stormy, n);
        i->storm = false;
        i->window_count = 0;
        WRITE_ONCE(i->window_spent, 0);
        irq_mask_update_locked(i);
        again = !i->masked && loses_when_masked(i);
        spin_unlock(&i->lock);
        if (again)
            irq_call(i);
        irq_restore(flags);
        n++;
    }
}

void irq_call(struct irq *i)
{
    struct irq_binder to[IRQ_SHARERS];
    void (*handler)(void *);
    void *data;
    unsigned int n, count;

    spin_lock(&i->lock);
    handler = i->handler;
    data = i->data;
    count = i->binder_count;
    for (n = 0; n < count; n++)
        to[n] = i->binders[n];
    __atomic_fetch_add(&i->busy, 1, __ATOMIC_SEQ_CST);
    spin_unlock(&i->lock);
    if (handler)
        handler(data);
    for (n = 0; n < count; n++)
        to[n].function(to[n].data);
    __atomic_fetch_sub(&i->busy, 1, __ATOMIC_SEQ_CST);
}

void irq_quiesce(struct irq *i)
{
    while (__atomic_load_n(&i->busy, __ATOMIC_SEQ_CST))
        cpu_relax();
}

static void device_interrupt(uint8_t vector)
{
    int n = vector_irq(&vectors[cpu_id()], vector);
    struct irq *i = &irqs[MAX(n, 0)];
    uint64_t begin = rdtsc();
    unsigned int b;
    bool lost, late;

    if (n < 0) {
        unexpected++;
        lapic_eoi();
        return;
    }
    spin_lock(&i->lock);
    i->total++;
    storm_check(i);
    for (b = 0; i->level && b < i->binder_count; b++)
        i->binders[b].waiting = true;
    irq_mask_update_locked(i);
    late = i->level && i->handler; /* it is the handler that makes the line go quiet */
    if (!late)
        lapic_eoi();
    lost = irq_move_locked(i);
    spin_unlock(&i->lock);
    (void)lost; /* it is being called anyway */
    irq_call(i);
    if (late)
        lapic_eoi();
    WRITE_ONCE(i->window_spent,
               i->window_spent + (rdtsc() - begin)); /* off by one now and then is no harm */
}

void irq_dispatch(unsigned int vector)
{
    struct cpu *c = this_cpu();

    c->irq_depth++;
    switch (vector) {
    case VECTOR_FLUSH:
        lapic_eoi();
        tlb_flush_ipi();
        break;
    case VECTOR_CALL:
        lapic_eoi();
        smp_call_ipi();
        break;
    case VECTOR_RESCHED: /* it was the softirq bit that counts */
        lapic_eoi();
        break;
    case VECTOR_TIMER:
        lapic_eoi();
        softirq_raise(SOFTIRQ_TIMER);
        break;
    case VECTOR_ERROR:
        lapic_error();
        lapic_eoi();
        break;
    case VECTOR_SPURIOUS: /* the one that has no EOI */
        spurious++;
        break;
    default:
        device_interrupt((uint8_t)vector);
    }
    c->irq_depth--;
}

unsigned int irq_gsi_count(void)
{
    return ioapic_gsi_count();
}

unsigned int irq_of_isa(unsigned int isa)
{
    uint32_t n;

    for (n = 0; n < acpi_info.override_count; n++) {
        if (acpi_info.overrides[n].isa == isa)
            return acpi_info.overrides[n].gsi;
    }
    return isa;
}

static void __init lines_init(void)
{
    unsigned int n;

    for (n = 0; n < IRQ_MAX; n++) {
        spin_init(&irqs[n].lock, RANK_IRQ);
        irqs[n].masked = true;
        if (!ioapic_has_gsi(n))
            continue;
        irqs[n].kind = IRQ_LINE; /* ISA's are edge, active high; PCI's level, active low */
        irqs[n].level = irqs[n].low = n >= 16;
    }
    for (n = 0; n < acpi_info.override_count; n++) {
        const struct acpi_override *o = &acpi_info.overrides[n];

        if (o->gsi < IRQ_MAX) {
            irqs[o->gsi].level = o->level;
            irqs[o->gsi].low = o->active_low;
        }
    }
}

void __init irq_init(void)
{
    pic_disable();
    ioapic_init();
    lines_init();
    timer_init(&storm_timer, storm_over, NULL, 0);
}

int irq_request(unsigned int irq, void (*handler)(void *), void *data)
{
    struct irq *i;
    uint64_t flags;
    int rc = -EBUSY;

    if (irq >= IRQ_MAX || irqs[irq].kind != IRQ_LINE)
        return -EINVAL;
    i = &irqs[irq];
    flags = spin_lock_irqsave(&i->lock);
    if (!i->handler && !i->binder_count) {
        i->want_cpu = (uint16_t)cpu_id();
        rc = irq_vector_get_locked(i);
    }
    if (!rc) {
        i->handler = handler;
        i->data = data;
        irq_mask_update_locked(i);
    }
    spin_unlock_irqrestore(&i->lock, flags);
    return rc;
}

void irq_dump(void)
{
    unsigned int n;

    pr_info("interrupts: %lu spurious, %lu unexpected, %u APIC errors\n", spurious, unexpected,
            lapic_errors());
    for (n = 0; n < IRQ_MAX; n++) {
        const struct irq *i = &irqs[n];

        if (i->vector)
            pr_info("IRQ %3u: vector %02x CPU %u %s%s%s%s %lu times, %u storms, %u guests\n", n,
                    i->vector, i->cpu,
                    i->kind == IRQ_MSI ? (i->msi.msix ? "MSI-X" : "MSI")
                    : i->level         ? "level"
                                       : "edge",
                    i->low && i->kind == IRQ_LINE ? " low" : "", i->masked ? " masked" : "",
                    i->handler ? " ours" : "", i->total, i->storms, i->binder_count);
    }
}
