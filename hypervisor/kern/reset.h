/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the ends of the machine: restart, halt, power off.
 */
#ifndef KERN_RESET_H
#define KERN_RESET_H

#include "lib/types.h"

extern bool opt_noreboot; /* the option noreboot: after a crash, stand still */

/* Boot: makes ACPI's reset register reachable, if it is in memory. After acpi_init(). */
void machine_reset_init(void);

/* Each flushes the console and stops the other CPUs first. */
void machine_restart(void) __noreturn;
void machine_halt(void) __noreturn;

/* After a crash: restarts, or halts with noreboot. */
void machine_crashed(void) __noreturn;

/*
 * Off: how is in AML, which is not read here, so that only the control domain can do it
 * (machine_acpi_sleep). Says so, and halts.
 */
void machine_power_off(void) __noreturn;

/*
 * PLATFORM enter_acpi_sleep: PM1 control values, with SLP_EN. Sleep types are the control domain's.
 * -ENODEV: no such ports.
 */
int machine_acpi_sleep(uint16_t pm1a, uint16_t pm1b) __must_check;

#endif
