/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What bounces.S offers: entries for the callbacks, and functions that measure one round.
 */
#ifndef PERF_BOUNCES_H
#define PERF_BOUNCES_H

#include <stdint.h>

extern char bounce_syscall[], bounce_syscall_iret[], bounce_fault[], bounce_event[];
extern uint64_t bounce_vcpu_info, bounce_port_word, bounce_events;
uint64_t measure_syscall(void);
uint64_t measure_fault(void);
uint64_t measure_cpuid(void);

#endif
