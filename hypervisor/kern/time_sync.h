/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the agreement of the CPUs' TSCs. Internal to kern/.
 */
#ifndef KERN_TIME_SYNC_H
#define KERN_TIME_SYNC_H

#include "lib/types.h"

/* What to add to a CPU's TSC to get the boot CPU's; 0 everywhere while they tick alike. */
uint64_t time_sync_offset(unsigned int cpu);

/* Where TSCs differ: no CPU sees time go back behind what another saw. */
int64_t time_sync_monotonic(int64_t t);

#endif
