/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns calls that stop in between: their progress goes into their own arguments, and the guest
 * executes them again.
 */
#ifndef PV_CONTINUATION_H
#define PV_CONTINUATION_H

#include "pv/pv.h"

/*
 * Replaces the first arguments of the current call, alone or in a multicall, and returns -ERESTART.
 */
long call_again(unsigned int args, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3);

#endif
