/* SPDX-License-Identifier: MIT */
/*
 * arch-x86_64.h: older name of arch-x86/xen.h.
 *
 * Kept for guests that were written when each word size had a header of its own.
 */
#include "arch-x86/xen.h"
