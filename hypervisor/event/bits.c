/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order of the bits: pending, then the mask is read, then the selector, then the upcall byte.
 * Each is a locked operation, so a guest that unmasks (or clears upcall, selector, pending, in this
 * order) at the same time misses nothing: it sees our bit, or we see its.
 */
#include "event/bits.h"

#include "lib/bits.h"

bool event_bits_upcall(struct vcpu_info *info)
{
    return !__atomic_exchange_n(&info->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST);
}

/* A port is pending: passes it on, unless it is masked. */
static bool forward(struct shared_info *shared, struct vcpu_info *info, uint32_t port)
{
    if (bit_test(shared->evtchn_mask, port) || !info)
        return false;
    if (bit_test_and_set(&info->evtchn_pending_sel, port / 64))
        return false;
    return event_bits_upcall(info);
}

enum event_raised event_bits_raise(struct shared_info *shared, struct vcpu_info *info,
                                   uint32_t port)
{
    if (bit_test_and_set(shared->evtchn_pending, port))
        return EVENT_ALREADY;
    return forward(shared, info, port) ? EVENT_KICK : EVENT_QUIET;
}

bool event_bits_unmask(struct shared_info *shared, struct vcpu_info *info, uint32_t port)
{
    if (!bit_test_and_clear(shared->evtchn_mask, port))
        return false;
    if (!bit_test(shared->evtchn_pending, port))
        return false;
    return forward(shared, info, port);
}

bool event_bits_pending(const struct shared_info *shared, uint32_t port)
{
    return bit_test(shared->evtchn_pending, port);
}

void event_bits_clear(struct shared_info *shared, uint32_t port)
{
    bit_clear(shared->evtchn_pending, port);
}
