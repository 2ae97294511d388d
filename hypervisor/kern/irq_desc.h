/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the record of an IRQ. Internal to kern/: irq.c (lines, dispatch), irq_guest.c (guests'
 * bindings), irq_msi.c.
 */
#ifndef KERN_IRQ_DESC_H
#define KERN_IRQ_DESC_H

#include "cpu/spinlock.h"
#include "dev/msi.h"
#include "kern/irq.h"

enum irq_kind { IRQ_NONE, IRQ_RESERVED, IRQ_LINE, IRQ_MSI };

struct irq_binder {
    void (*function)(void *);
    void *data;
    bool shareable;
    bool waiting; /* its eoi is due */
};

struct irq {
    spinlock_t lock; /* RANK_IRQ: everything here */
    uint8_t kind;    /* enum irq_kind */
    bool level, low; /* wiring of a line */
    bool set_up;     /* by irq_setup_gsi */
    bool masked;     /* as the hardware has it */
    bool storm;      /* came too often: masked until the storm timer */
    uint8_t vector;  /* 0: none yet */
    uint8_t binder_count;
    uint16_t cpu;          /* where the vector is */
    uint16_t want_cpu;     /* where it should be */
    uint32_t busy;         /* dispatches that are calling out; atomic, outside the lock */
    uint32_t window_count; /* interrupts since window_start */
    uint64_t window_start; /* TSC */
    uint64_t window_spent; /* TSC ticks spent on them; without the lock */
    uint64_t total;
    uint32_t storms;
    void (*handler)(void *); /* the hypervisor's own; then there are no binders */
    void *data;
    struct irq_binder binders[IRQ_SHARERS];
    struct msi msi;
};

extern struct irq irqs[IRQ_MAX];

/*
 * All with the lock held. irq_vector_get gives it a vector on want_cpu and programs it: 0 or
 * -ENOSPC. irq_mask_update masks as its users, the eois it waits for and storms demand. irq_move
 * takes it to want_cpu, if that can be done now; true: an interrupt may have been lost.
 */
int irq_vector_get_locked(struct irq *i) __must_check;
void irq_vector_put_locked(struct irq *i);
void irq_mask_update_locked(struct irq *i);
bool irq_move_locked(struct irq *i);

/* Calls whoever serves it, as if it had come. Interrupts off, lock not held. */
void irq_call(struct irq *i);

/* Waits until nobody who was called is still running. Interrupts on, no lock that they take. */
void irq_quiesce(struct irq *i);

#endif
