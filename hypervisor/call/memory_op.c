/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_memory_op(cmd, argument): the low six bits of cmd say what, the others how many
 * extents were done when the call stopped in between. What comes back there is the guest's word,
 * and is checked against the number of extents.
 */
#include "call/memory.h"

#include "call/handlers.h"
#include "cpu/percpu.h"
#include "dom/vcpu.h"
#include "lib/refusal.h"

int memory_target(domid_t id, struct domain **out)
{
    struct domain *caller = current()->domain, *d = domain_get(id);

    if (!d)
        return refuse(RULE_NO_SUCH_DOMAIN, id, -ESRCH);
    if (d != caller && !domain_may(caller, MAY_CONTROL, d)) {
        domain_put(d);
        return refuse(RULE_NOT_PERMITTED, id, -EPERM);
    }
    *out = d;
    return 0;
}

unsigned int memory_address_bits(unsigned int mem_flags)
{
    unsigned int bits = XENMEMF_get_address_bits(mem_flags);

    return bits && bits < 64 ? bits : 64;
}

bool memory_frame_get(struct domain *d, uint64_t gmfn)
{
    mfn_t m = mfn(gmfn);

    if (!mfn_valid(m) || !frame_get(m, d->id)) {
        (void)refuse(RULE_FRAME_NOT_OWNED, gmfn, -EINVAL);
        return false;
    }
    if (frame_of(m)->flags & FRAME_SHARED) {
        frame_put(frame_of(m));
        (void)refuse(RULE_FRAME_SHARED, gmfn, -EINVAL);
        return false;
    }
    return true;
}

long do_memory_op(uint64_t cmd, uint64_t arg)
{
    uint64_t start = cmd >> MEMOP_EXTENT_SHIFT;
    uint32_t op = (uint32_t)(cmd & MEMOP_CMD_MASK);
    gva_t at = {arg};

    switch (op) {
    case XENMEM_increase_reservation:
        return memory_increase(cmd, at, start);
    case XENMEM_decrease_reservation:
        return memory_decrease(cmd, at, start);
    case XENMEM_populate_physmap:
        return memory_populate(cmd, at, start);
    default:
        break;
    }
    if (start)
        return refuse(RULE_PROGRESS, start, -EINVAL);
    if (op == XENMEM_exchange)
        return memory_exchange(at);
    if (op == XENMEM_claim_pages)
        return memory_claim(at);
    return memory_map_op(op, at);
}
