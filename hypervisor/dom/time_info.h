/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what a vCPU reads to know the time: time info, its second copy, the run-state area, and the
 * wall clock in shared_info.
 */
#ifndef DOM_TIME_INFO_H
#define DOM_TIME_INFO_H

#include "dom/vcpu.h"

void time_info_init(void); /* boot: the softirq that follows a change of the clock's scale */

/* The vCPU was loaded into this CPU: brings its time info up to date, and its run-state area. */
void time_info_switch(struct vcpu *v);

/*
 * The vCPU has a new place for one of them: writes it at once. The current vCPU's, its kernel's
 * tables loaded.
 */
void time_info_write(struct vcpu *v);
void runstate_write(struct vcpu *v);

/* The scale into the vCPU's info page; any vCPU that does not run elsewhere. */
void time_info_fill(struct vcpu *v);

/* The host's wall clock plus the domain's offset into its shared_info. */
void wallclock_fill(struct domain *d);

#endif
