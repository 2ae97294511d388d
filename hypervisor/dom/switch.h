/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the change from one vCPU to another on a pCPU.
 */
#ifndef DOM_SWITCH_H
#define DOM_SWITCH_H

#include "dom/vcpu.h"

/*
 * Saves `prev`, loads `next`, and goes on at next's exit to the guest (or in the idle loop) on an
 * empty stack. Interrupts off; no lock held. prev->running is cleared as soon as prev's state is in
 * memory.
 */
void context_switch(struct vcpu *prev, struct vcpu *next) __noreturn;

/*
 * Goes on with what `current` does: the exit path to the guest, or the idle loop; the stack is
 * emptied.
 */
void return_to_current(void) __noreturn;

#endif
