/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns guests' bindings to IRQs, the wiring of lines as the control domain sets it, and which CPU
 * an IRQ goes to.
 */
#include "cpu/asm.h"
#include "cpu/percpu.h"
#include "kern/irq_desc.h"
#include "lib/errno.h"

#define APIC_ID_MAX 254 /* lines and messages have 8 bits for it, one value of which means all */

/* The IRQ, locked; NULL when there is none. */
static struct irq *irq_lock(unsigned int irq, uint64_t *flags)
{
    struct irq *i;

    if (irq >= IRQ_MAX)
        return NULL;
    i = &irqs[irq];
    *flags = spin_lock_irqsave(&i->lock);
    if (i->kind == IRQ_LINE || i->kind == IRQ_MSI)
        return i;
    spin_unlock_irqrestore(&i->lock, *flags);
    return NULL;
}

static struct irq_binder *binder_find(struct irq *i, const void *data)
{
    unsigned int n;

    for (n = 0; n < i->binder_count; n++) {
        if (i->binders[n].data == data)
            return &i->binders[n];
    }
    return NULL;
}

static int bind_check(const struct irq *i, bool shareable)
{
    if (i->handler || (i->binder_count && !(shareable && i->binders[0].shareable)))
        return -EBUSY;
    return i->binder_count == IRQ_SHARERS ? -ENOSPC : 0;
}

int irq_guest_bind(unsigned int irq, void (*function)(void *), void *data, bool shareable)
{
    uint64_t flags;
    struct irq *i = irq_lock(irq, &flags);
    int rc;

    if (!i)
        return -EINVAL;
    rc = bind_check(i, shareable);
    if (!rc && !i->vector) {
        i->want_cpu = (uint16_t)cpu_id();
        rc = irq_vector_get_locked(i);
    }
    if (!rc) {
        i->binders[i->binder_count++] = (struct irq_binder){function, data, shareable, false};
        irq_mask_update_locked(i);
    }
    spin_unlock_irqrestore(&i->lock, flags);
    return rc;
}

void irq_guest_unbind(unsigned int irq, void *data)
{
    uint64_t flags;
    struct irq *i = irq_lock(irq, &flags);
    struct irq_binder *b;

    if (!i)
        return;
    b = binder_find(i, data);
    if (b) {
        *b = i->binders[--i->binder_count];
        irq_mask_update_locked(i);
    }
    spin_unlock_irqrestore(&i->lock, flags);
    if (b)
        irq_quiesce(i);
}

void irq_guest_eoi(unsigned int irq, void *data)
{
    uint64_t flags;
    struct irq *i = irq_lock(irq, &flags);
    struct irq_binder *b;

    if (!i)
        return;
    b = binder_find(i, data);
    if (b && b->waiting) {
        b->waiting = false;
        (void)irq_move_locked(i); /* a good moment: a line that is masked and acknowledged */
        irq_mask_update_locked(i);
    }
    spin_unlock_irqrestore(&i->lock, flags);
}

bool irq_needs_eoi(unsigned int irq)
{
    return irq < IRQ_MAX && irqs[irq].kind == IRQ_LINE && READ_ONCE(irqs[irq].level);
}

void irq_set_cpu(unsigned int irq, unsigned int cpu)
{
    uint64_t flags;
    struct irq *i;
    bool lost;

    if (cpu >= cpu_count || cpu_block(cpu)->apic_id > APIC_ID_MAX)
        return;
    i = irq_lock(irq, &flags);
    if (!i)
        return;
    i->want_cpu = (uint16_t)cpu;
    lost = irq_move_locked(i);
    spin_unlock(&i->lock);
    if (lost)
        irq_call(i);
    irq_restore(flags);
}

int irq_setup_gsi(unsigned int gsi, bool level, bool active_low)
{
    uint64_t flags;
    struct irq *i = irq_lock(gsi, &flags);
    int rc = 0;

    if (!i)
        return -EINVAL;
    if (i->kind != IRQ_LINE) {
        rc = -EINVAL;
    } else if (i->level == level && i->low == active_low) {
        rc = i->set_up ? -EEXIST : 0;
    } else if (i->handler || i->binder_count) {
        rc = -EBUSY;
    } else {
        i->level = level;
        i->low = active_low;
        irq_vector_put_locked(i); /* the next binder programs the entry anew */
    }
    if (!rc)
        i->set_up = true;
    spin_unlock_irqrestore(&i->lock, flags);
    return rc;
}
