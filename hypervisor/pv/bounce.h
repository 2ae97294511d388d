/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the way into a guest's handler. pv/pv.h has the calls for traps; this is what they stand on.
 */
#ifndef PV_BOUNCE_H
#define PV_BOUNCE_H

#include <xen/xen.h>

#include "lib/types.h"

struct bounce {
    uint64_t handler;
    uint32_t error;
    bool has_error, segments, masks; /* pushes an error code, segment selectors; masks events */
};

/*
 * Builds the frame on the kernel's stack and points regs at the handler. False: the domain was
 * crashed.
 */
bool pv_bounce(struct cpu_user_regs *regs, const struct bounce *b);

/* From cpu/entry.S: an event is pending and not masked. */
void pv_deliver_upcall(struct cpu_user_regs *regs);

#endif
