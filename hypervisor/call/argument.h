/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the way back of a call's argument: the structure that the guest passed, with the results in
 * it, is written where it came from. Fetching stands with each handler, once.
 */
#ifndef CALL_ARGUMENT_H
#define CALL_ARGUMENT_H

#include "lib/refusal.h"
#include "mm/guest_copy.h"

/*
 * Writes the argument (size bytes) to the guest's memory at `at`. In a hypercall's handler, guest's
 * tables loaded. 0, or -EFAULT with its refusal noted.
 */
static inline int __must_check give_back(gva_t at, const void *argument, size_t size)
{
    return copy_to_guest(at, argument, size) ? refuse_memory(at) : 0;
}

#endif
