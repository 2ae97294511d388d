/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for the place where a call's progress goes: the test keeps it.
 */
#ifndef PV_CONTINUATION_H
#define PV_CONTINUATION_H

#include "lib/types.h"

long call_again(unsigned int args, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3);

#endif
