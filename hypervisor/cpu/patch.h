/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the one change that the hypervisor's text sees: STAC and CLAC appear where the CPU has SMAP.
 */
#ifndef CPU_PATCH_H
#define CPU_PATCH_H

/* Boot CPU, before other CPUs run and before cpu_init_registers() turns SMAP on. Interrupts off. */
void patch_smap(void);

#endif
