/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the bits by which a guest learns of an event, in the two-level ABI: pending and mask words
 * in shared_info, then the selector and the upcall byte in vcpu_info. Pure.
 *
 * All of them are the guest's to write at any time. The order is: pending, then the mask is read,
 * then the selector, then the upcall byte. Each is a locked operation, so a guest that unmasks (or
 * clears upcall, selector, pending, in this order) at the same time misses nothing: it sees our
 * bit, or we see its.
 */
#ifndef EVENT_BITS_H
#define EVENT_BITS_H

#include <xen/xen.h>

#include "lib/bits.h"
#include "lib/types.h"

/* What became of an event. */
enum event_raised {
    EVENT_ALREADY, /* it was pending: nothing changed */
    EVENT_QUIET,   /* pending now; masked, or the vCPU knows already that there is something */
    EVENT_KICK     /* the vCPU's upcall byte went from 0 to 1: it must be kicked */
};

/* Tells the vCPU that there is something somewhere; whether it must be kicked. */
static inline bool event_bits_upcall(struct vcpu_info *info)
{
    return !__atomic_exchange_n(&info->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST);
}

/* A port is pending: passes it on, unless it is masked; whether the vCPU must be kicked. */
static inline bool event_bits_forward(const struct shared_info *shared, struct vcpu_info *info,
                                      uint32_t port)
{
    if (bit_test(shared->evtchn_mask, port) || !info)
        return false;
    if (bit_test_and_set(&info->evtchn_pending_sel, port / 64))
        return false;
    return event_bits_upcall(info);
}

/* Makes a port pending. `info` may be NULL: that vCPU has no place to be told. */
static inline enum event_raised event_bits_raise(struct shared_info *shared, struct vcpu_info *info,
                                                 uint32_t port)
{
    if (bit_test_and_set(shared->evtchn_pending, port))
        return EVENT_ALREADY;
    return event_bits_forward(shared, info, port) ? EVENT_KICK : EVENT_QUIET;
}

/* Clears the mask of a port and delivers what waited behind it; whether the vCPU must be kicked. */
static inline bool event_bits_unmask(struct shared_info *shared, struct vcpu_info *info,
                                     uint32_t port)
{
    if (!bit_test_and_clear(shared->evtchn_mask, port))
        return false;
    if (!bit_test(shared->evtchn_pending, port))
        return false;
    return event_bits_forward(shared, info, port);
}

static inline bool event_bits_pending(const struct shared_info *shared, uint32_t port)
{
    return bit_test(shared->evtchn_pending, port);
}

static inline void event_bits_clear(struct shared_info *shared, uint32_t port)
{
    bit_clear(shared->evtchn_pending, port);
}

#endif
