/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns a pCPU's start: block, stack, descriptors, and the trampoline for all but the first.
 */
#ifndef BOOT_CPU_H
#define BOOT_CPU_H

/*
 * The boot CPU: block and descriptors, so that exceptions are caught. Nothing else is needed yet.
 */
void boot_cpu_early(void);

/* Keeps a page below 1 MiB for the trampoline; before memory is given away. */
void trampoline_reserve(void);

/* All CPUs are up: the trampoline's page is free again. */
void trampoline_release(void);

#endif
