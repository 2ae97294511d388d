/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the I/O APICs: which pin a GSI is, and its redirection entry. What an entry says is
 * kern/irq.c's.
 */
#ifndef DEV_IOAPIC_H
#define DEV_IOAPIC_H

#include "lib/types.h"

#define RTE_VECTOR     0xffUL
#define RTE_ACTIVE_LOW 0x2000UL
#define RTE_REMOTE_IRR 0x4000UL
#define RTE_LEVEL      0x8000UL
#define RTE_MASKED     0x10000UL

/* A redirection entry: fixed delivery to one CPU by its APIC ID. Pure. */
static inline uint64_t rte_make(uint8_t vector, uint32_t apic_id, bool level, bool low, bool masked)
{
    return vector | (low ? RTE_ACTIVE_LOW : 0) | (level ? RTE_LEVEL : 0) |
           (masked ? RTE_MASKED : 0) | (uint64_t)(apic_id & 0xff) << 56;
}

void ioapic_init(void);              /* boot: maps all, masks every pin */
unsigned int ioapic_gsi_count(void); /* one above the highest GSI that has a pin */
bool ioapic_has_gsi(unsigned int gsi);

/* One pin. No such GSI: reads as masked, writes do nothing. Any context but NMI. */
void ioapic_write(unsigned int gsi, uint64_t rte);
uint64_t ioapic_read(unsigned int gsi);
void ioapic_mask(unsigned int gsi);
void ioapic_unmask(unsigned int gsi);

/*
 * The control domain's PHYSDEVOP_apic_read: the register of the I/O APIC at machine address `base`;
 * -EINVAL: no such.
 */
int ioapic_guest_read(uint64_t base, uint32_t reg, uint32_t *value) __must_check;

/*
 * The GSI of redirection register `reg` of the I/O APIC at `base`, for PHYSDEVOP_apic_write;
 * -EINVAL: none.
 */
int ioapic_guest_gsi(uint64_t base, uint32_t reg, unsigned int *gsi) __must_check;

#endif
