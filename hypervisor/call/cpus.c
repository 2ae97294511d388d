/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What several calls say of physical CPUs: from the firmware's tables, CPUID and the scheduler.
 */
#include "call/cpus.h"
#include "cpu/asm.h"
#include "cpu/features.h"
#include "dev/acpi.h"
#include "dom/vcpu.h"

uint32_t cpu_acpi_id(uint32_t apic_id)
{
    unsigned int i;

    for (i = 0; i < acpi_info.cpu_count; i++) {
        if (acpi_info.cpus[i].apic_id == apic_id)
            return acpi_info.cpus[i].acpi_id;
    }
    return 0xff;
}

uint64_t cpu_idle_time(unsigned int cpu)
{
    return sched_cpu_time(idle_domain->vcpus[cpu]);
}

/* Leaf 0xb: level 0 is threads, the last valid level before 0 ends with the package. */
static bool shape_from_leaf_b(struct cpu_shape *s)
{
    struct cpuid_leaf core, package;

    if (cpu_features.max_leaf < 0xb)
        return false;
    core = cpuid(0xb, 0);
    package = cpuid(0xb, 1);
    if (!(core.b & 0xffff) || !(package.b & 0xffff))
        return false;
    s->core_shift = core.a & 31;
    s->package_shift = package.a & 31;
    s->threads = core.b & 0xffff;
    s->cores = MAX((package.b & 0xffff) / s->threads, 1U);
    return true;
}

void cpu_shape_get(struct cpu_shape *s)
{
    struct cpuid_leaf l;
    uint32_t logical;

    *s = (struct cpu_shape){.threads = 1, .cores = 1};
    if (shape_from_leaf_b(s))
        return;
    l = cpuid(1, 0);
    logical = l.d >> 28 & 1 ? MAX(l.b >> 16 & 0xff, 1U) : 1;
    *s =
        (struct cpu_shape){.threads = 1, .cores = logical, .package_shift = bit_width(logical - 1)};
}
