/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for kern/softirq.h in tests of memory management on the host: the test decides when a
 * CPU is wanted elsewhere.
 */
#ifndef KERN_SOFTIRQ_H
#define KERN_SOFTIRQ_H

#include "cpu/percpu.h"

bool softirq_pending(void);

#endif
