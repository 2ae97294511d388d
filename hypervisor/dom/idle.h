/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what a pCPU does while no vCPU wants it, and the idle domain whose vCPU number n stands for
 * pCPU n.
 */
#ifndef DOM_IDLE_H
#define DOM_IDLE_H

/* Boot: makes the idle domain with the boot CPU's vCPU, and its windows. Panics without memory. */
void idle_init(void);

/* Makes the idle vCPU of a further pCPU; -ENOMEM. */
int idle_create(unsigned int cpu) __attribute__((warn_unused_result));

/* On that pCPU: its idle vCPU is current from now on. */
void idle_start(void);

void idle_loop(void);

#endif
