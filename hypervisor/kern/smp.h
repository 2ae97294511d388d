/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the pCPUs: bringing them up, and calls across them.
 */
#ifndef KERN_SMP_H
#define KERN_SMP_H

#include "cpu/percpu.h"
#include "lib/types.h"

/*
 * Starts up to `max` CPUs by INIT-SIPI, one after the other; those that do not answer are named and
 * left out.
 */
void smp_boot(unsigned int max);

/*
 * Runs function(data) on each CPU of the mask (this one too, if it is in it), with interrupts off,
 * and waits for all. Interrupts must be on, so that two callers can serve each other. Functions
 * must be short and take no lock that is held with interrupts on.
 */
void smp_call(uint64_t cpu_bits, void (*function)(void *), void *data);

/* Sends a vector to one CPU. */
void smp_send(unsigned int cpu, uint8_t vector);

/* VECTOR_CALL arrived: kern/irq.c calls it, interrupts off. */
void smp_call_ipi(void);

/*
 * Stops every other CPU for good (panic, reset), by NMI; waits at most 100 ms. Interrupts are off
 * afterwards.
 */
void smp_stop_others(void);

/* The NMI handler calls this first: does not come back when this CPU is to stop. */
void smp_stop_check(void);

#endif
