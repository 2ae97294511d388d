/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns device interrupts: the line (I/O APIC pin or MSI) behind an IRQ number, its vector and CPU,
 * who serves it.
 *
 * IRQ numbers: 0 .. gsi_count-1 are I/O APIC lines (GSIs); MSIs come above. An IRQ is served either
 * by a handler of the hypervisor (the serial line) or by guests (event/pirq.c), several of which
 * may share a line.
 */
#ifndef KERN_IRQ_H
#define KERN_IRQ_H

#include "lib/types.h"

#define IRQ_MAX     512
#define IRQ_SHARERS 4 /* guests on one line */

struct irq_msi { /* what to program for an MSI or an MSI-X entry */
    uint16_t segment;
    uint8_t bus, devfn;
    uint16_t entry; /* MSI-X entry number; or vectors wanted, for multiple MSI */
    /* MSI-X: start of the BAR that holds the table (the ABI's table_base); 0: plain MSI. */
    uint64_t table;
};

void irq_init(void); /* I/O APICs masked, vectors free */
unsigned int irq_gsi_count(void);
unsigned int irq_of_isa(unsigned int isa); /* the GSI that an ISA interrupt is wired to */

/*
 * A handler of the hypervisor's own for a line; edge or level as ACPI says for ISA. 0 or -EBUSY,
 * -ENOSPC.
 */
int irq_request(unsigned int irq, void (*handler)(void *), void *data) __must_check;

/*
 * Guests' lines: bind calls upcall function(data) from interrupt context for each interrupt; -EBUSY
 * when the hypervisor uses the line or a sharer does not share, -ENOSPC when no vector or place is
 * free, -EINVAL for no such line. A level-triggered line stays masked from its interrupt until
 * irq_guest_eoi. Shared lines: every binder is called, and the line goes on when each has said eoi.
 */
int irq_guest_bind(unsigned int irq, void (*function)(void *), void *data,
                   bool shareable) __must_check;
void irq_guest_unbind(unsigned int irq, void *data);
void irq_guest_eoi(unsigned int irq, void *data);
bool irq_needs_eoi(unsigned int irq); /* level triggered */
void irq_set_cpu(unsigned int irq, unsigned int cpu);

/*
 * How a GSI is wired, from PHYSDEVOP_setup_gsi; -EBUSY when in use with another wiring, -EEXIST
 * when set up the same way.
 */
int irq_setup_gsi(unsigned int gsi, bool level, bool active_low) __must_check;

/*
 * Makes an IRQ for one MSI and programs the device (masked until bound). Hypercall context.
 * -EINVAL: several vectors wanted (refused: the caller then asks for one), no such MSI-X entry, or
 * `table` is not the start of the BAR that holds the device's table. -ENODEV: no such device or
 * capability. -EBUSY: this message has an IRQ already. -ENOSPC: no IRQ number or vector. -ENOMEM:
 * no room to map the table.
 */
int irq_create_msi(const struct irq_msi *msi, unsigned int *irq) __must_check;
void irq_destroy_msi(unsigned int irq); /* unbinds whoever is left */

/* Programs the messages of a device again, after it was reset. Hypercall context. */
void irq_restore_msi(uint16_t segment, uint8_t bus, uint8_t devfn);

/* From the entry code, for vectors 0x20 .. 0xff. */
void irq_dispatch(unsigned int vector);

void irq_dump(void);

#endif
