/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_xenpmu_op: performance counters are not virtualised; guests fall back to having none.
 */
#include "call/handlers.h"
#include "lib/refusal.h"

long do_xenpmu_op(uint64_t cmd, uint64_t arg)
{
    (void)arg;
    return refuse(RULE_NOT_OFFERED, cmd, -EOPNOTSUPP);
}
