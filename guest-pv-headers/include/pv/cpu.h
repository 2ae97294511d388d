/* SPDX-License-Identifier: MIT */
/*
 * cpu.h: libpvguest's vCPUs.
 *
 * Each has a stack aligned to its size, with its number in the lowest word; so a kernel that moves
 * to stacks of its own must keep that form.
 */
#ifndef PV_CPU_H
#define PV_CPU_H

#include "event.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PV_STACK_BYTES 0x20000
#define PV_CPUS        XEN_LEGACY_MAX_VCPUS

/* This vCPU's number. */
unsigned int pv_cpu(void);

/* vCPUs the domain has, up or not. */
unsigned int pv_cpus(void);

/*
 * Starts another vCPU: run(arg) with events unmasked, on a stack of its own; when it returns, the
 * vCPU goes down for good. 0, -XEN_EEXIST when it was started before, -XEN_ENOENT when there is no
 * such vCPU, -XEN_ENOMEM.
 */
int pv_cpu_start(unsigned int cpu, void (*run)(void *arg), void *arg);

#ifdef __cplusplus
}
#endif

#endif
