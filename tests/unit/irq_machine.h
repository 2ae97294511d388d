/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fake machine's state, for tests/unit/irq.c to look at and to change.
 */
#ifndef TESTS_IRQ_MACHINE_H
#define TESTS_IRQ_MACHINE_H

#include "kern/timer.h"
#include "lib/types.h"

#define PINS         24
#define TICKS_PER_MS 1000000UL

extern uint64_t rte[PINS], tsc;               /* redirection entries; the clock, in ns too */
extern bool asserted[PINS], remote_irr[PINS]; /* lines that devices hold; entries in service */
extern bool msi_masked, msi_maskable, msi_opened;
extern uint32_t msi_target;
extern unsigned int eois, lost_edges;
extern struct timer *armed;

void deliver(void);                               /* level lines that are due, until none is */
void interrupt(uint32_t apic_id, uint8_t vector); /* a vector at a CPU */
void edge(unsigned int pin);
void message(void);
void tick(void); /* the clock goes on to the armed timer, which fires */

#endif
