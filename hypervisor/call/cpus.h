/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What several calls say of physical CPUs.
 */
#ifndef CALL_CPUS_H
#define CALL_CPUS_H

#include "lib/types.h"

/* ACPI's number of the CPU with this APIC id; 0xff when the tables have none. */
uint32_t cpu_acpi_id(uint32_t apic_id);

/* How long a CPU on line had nothing to run, ns. */
uint64_t cpu_idle_time(unsigned int cpu);

/* Threads of a core and cores of a package, as CPUID numbers them, and where a CPU lies by its
 * APIC id. */
struct cpu_shape {
    uint32_t threads, cores;
    uint32_t core_shift, package_shift; /* bits of the APIC id below core and package */
};
void cpu_shape_get(struct cpu_shape *s);

#endif
