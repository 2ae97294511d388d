/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the bits by which a guest learns of an event, in the two-level ABI: pending and mask words
 * in shared_info, then the selector and the upcall byte in vcpu_info.
 *
 * Pure: works on the two structures it is given. All of them are the guest's to write at any time.
 */
#ifndef EVENT_BITS_H
#define EVENT_BITS_H

#include <xen/xen.h>

#include "lib/types.h"

/* What became of an event. */
enum event_raised {
    EVENT_ALREADY, /* it was pending: nothing changed */
    EVENT_QUIET,   /* pending now; masked, or the vCPU knows already that there is something */
    EVENT_KICK     /* the vCPU's upcall byte went from 0 to 1: it must be kicked */
};

/* Makes a port pending. `info` may be NULL: that vCPU has no place to be told. */
enum event_raised event_bits_raise(struct shared_info *shared, struct vcpu_info *info,
                                   uint32_t port);

/* Clears the mask of a port and delivers what waited behind it; whether the vCPU must be kicked. */
bool event_bits_unmask(struct shared_info *shared, struct vcpu_info *info, uint32_t port);

/* Tells the vCPU that there is something somewhere; whether it must be kicked. */
bool event_bits_upcall(struct vcpu_info *info);

bool event_bits_pending(const struct shared_info *shared, uint32_t port);
void event_bits_clear(struct shared_info *shared, uint32_t port);

#endif
