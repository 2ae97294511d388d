/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The handlers of hypercalls: arguments as they came in the guest's registers; the result goes into
 * rax.
 *
 * -ERESTART: the call is made again, with the same arguments or those that call_again() stored,
 * once the CPU has done other work. The handlers on page tables and registers are in pv/; sysctl,
 * domctl and mortise_op are in ctl/.
 */
#ifndef CALL_HANDLERS_H
#define CALL_HANDLERS_H

#include "lib/types.h"

long do_sched_op(uint64_t cmd, uint64_t arg);
long do_event_channel_op(uint64_t cmd, uint64_t arg);
long do_physdev_op(uint64_t cmd, uint64_t arg);
long do_grant_table_op(uint64_t cmd, uint64_t at, uint64_t elements);
long do_multicall(uint64_t list, uint64_t count);
long do_memory_op(uint64_t cmd, uint64_t arg);
long do_vcpu_op(uint64_t cmd, uint64_t vcpu, uint64_t arg);
long do_set_timer_op(uint64_t timeout);
long do_xen_version(uint64_t cmd, uint64_t arg);
long do_console_io(uint64_t cmd, uint64_t count, uint64_t buffer);
long do_platform_op(uint64_t arg);
long do_mca(uint64_t arg);
long do_xenpmu_op(uint64_t cmd, uint64_t arg);

/* VCPUOP_send_nmi on any vCPU: -EINVAL when it has no context yet. */
struct vcpu;
long vcpu_send_nmi(struct vcpu *v);

/* ctl/sysctl.c, ctl/domctl.c, ctl/mortise_op.c */
long do_sysctl(uint64_t arg);
long do_domctl(uint64_t arg);
long do_mortise_op(uint64_t cmd, uint64_t arg);

#endif
