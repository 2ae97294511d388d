/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for the spin lock in tests that simulate a machine on the host: the test says what
 * taking one and giving it back is.
 */
#ifndef CPU_SPINLOCK_H
#define CPU_SPINLOCK_H

#include "cpu/lock.h"

void spin_lock(spinlock_t *l);
void spin_unlock(spinlock_t *l);

#endif
