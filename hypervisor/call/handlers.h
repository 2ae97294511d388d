/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The handlers of hypercalls: arguments as they came in the guest's registers; the result goes into rax.
 *
 * -ERESTART: the call is made again, with the same arguments, once the CPU has done other work.
 */
#ifndef CALL_HANDLERS_H
#define CALL_HANDLERS_H

#include "lib/types.h"

long do_sched_op(uint64_t cmd, uint64_t arg);
long do_event_channel_op(uint64_t cmd, uint64_t arg);
long do_physdev_op(uint64_t cmd, uint64_t arg);
long do_grant_table_op(uint64_t cmd, uint64_t at, uint64_t elements);

#endif
