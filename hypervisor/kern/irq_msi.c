/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the life of IRQs that are messages. A number is reserved first, under alloc_lock, so that
 * the device can be looked at and its table mapped without a lock that interrupts take.
 */
#include "cpu/percpu.h"
#include "dev/ioapic.h"
#include "kern/irq_desc.h"
#include "lib/errno.h"

static spinlock_t alloc_lock = SPINLOCK_INIT(RANK_CALL); /* kind's change from and to IRQ_NONE */

static bool same_message(const struct irq *i, const struct irq_msi *m)
{
    const struct pci_dev *d = &i->msi.dev;

    return (i->kind == IRQ_MSI || i->kind == IRQ_RESERVED) && d->segment == m->segment &&
           d->bus == m->bus && d->devfn == m->devfn &&
           (!i->msi.msix || !m->table || i->msi.entry == m->entry);
}

static int reserve(const struct irq_msi *m, struct irq **out)
{
    unsigned int n, found = 0;

    spin_lock(&alloc_lock);
    for (n = ioapic_gsi_count(); n < IRQ_MAX; n++) {
        if (same_message(&irqs[n], m)) {
            spin_unlock(&alloc_lock);
            return -EBUSY;
        }
        if (!found && irqs[n].kind == IRQ_NONE)
            found = n;
    }
    if (found) {
        *out = &irqs[found];
        (*out)->msi = (struct msi){
            .dev = {m->segment, m->bus, m->devfn}, .msix = m->table != 0, .entry = m->entry};
        (*out)->kind = IRQ_RESERVED;
    }
    spin_unlock(&alloc_lock);
    return found ? 0 : -ENOSPC;
}

static void release(struct irq *i)
{
    spin_lock(&alloc_lock);
    i->kind = IRQ_NONE;
    spin_unlock(&alloc_lock);
}

int irq_create_msi(const struct irq_msi *m, unsigned int *irq)
{
    uint64_t flags;
    struct msi msi;
    struct irq *i;
    int rc;

    if (!m->table && m->entry > 1)
        return -EINVAL;
    rc = reserve(m, &i);
    if (rc)
        return rc;
    rc = msi_open(&msi, i->msi.dev, m->table ? m->entry : 0, m->table);
    if (rc)
        goto undo_reserve;
    flags = spin_lock_irqsave(&i->lock);
    i->msi = msi;
    i->kind = IRQ_MSI;
    i->masked = true;
    i->level = i->low = i->set_up = i->storm = false;
    i->total = i->window_count = i->storms = 0;
    i->want_cpu = (uint16_t)cpu_id();
    rc = irq_vector_get_locked(i);
    if (rc)
        i->kind = IRQ_RESERVED;
    spin_unlock_irqrestore(&i->lock, flags);
    if (rc)
        goto undo_open;
    *irq = (unsigned int)(i - irqs);
    return 0;

undo_open:
    msi_close(&msi);
undo_reserve:
    release(i);
    return rc;
}

void irq_destroy_msi(unsigned int irq)
{
    struct irq *i;
    uint64_t flags;
    bool mine;

    if (irq >= IRQ_MAX)
        return;
    i = &irqs[irq];
    flags = spin_lock_irqsave(&i->lock);
    mine = i->kind == IRQ_MSI;
    if (mine) {
        i->binder_count = 0;
        irq_mask_update_locked(i);
        irq_vector_put_locked(i);
        i->kind = IRQ_RESERVED;
    }
    spin_unlock_irqrestore(&i->lock, flags);
    if (!mine)
        return;
    irq_quiesce(i);
    msi_close(&i->msi);
    release(i);
}

void irq_restore_msi(uint16_t segment, uint8_t bus, uint8_t devfn)
{
    for (unsigned int n = ioapic_gsi_count(); n < IRQ_MAX; n++) {
        struct irq *i = &irqs[n];
        const struct pci_dev *d = &i->msi.dev;
        uint64_t flags = spin_lock_irqsave(&i->lock);

        if (i->kind == IRQ_MSI && i->vector && d->segment == segment && d->bus == bus &&
            d->devfn == devfn) {
            msi_write(&i->msi, i->vector, cpu_block(i->cpu)->apic_id);
            if (!i->masked)
                msi_unmask(&i->msi);
        }
        spin_unlock_irqrestore(&i->lock, flags);
    }
}
