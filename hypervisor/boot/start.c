/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the boot: start() is all of it, in order. Each step may use what the steps above it made.
 */
#include "boot/cpu.h"
#include "boot/firmware.h"
#include "cpu/asm.h"
#include "cpu/control.h"
#include "cpu/features.h"
#include "cpu/mapping.h"
#include "cpu/patch.h"
#include "dev/acpi.h"
#include "dev/lapic.h"
#include "dom/idle.h"
#include "dom/sched.h"
#include "dom/switch.h"
#include "dom/time_info.h"
#include "kern/console.h"
#include "kern/irq.h"
#include "kern/reset.h"
#include "kern/smp.h"
#include "kern/softirq.h"
#include "kern/time.h"
#include "kern/timer.h"
#include "lib/printk.h"
#include "mm/boot_memory.h"
#include "pv/cpuid.h"
#include "pv/traps.h"
#include "ctl/debug_keys.h"

void start(uint32_t magic, uint32_t information) __noreturn;

/*
 * From boot/head.S: on the boot CPU's stack, interrupts off, the first 4 GiB at their own address.
 */
void start(uint32_t magic, uint32_t information)
{
    boot_cpu_early();                  /* exceptions are caught from here on */
    firmware_read(magic, information); /* command line, modules, memory map; the console speaks */
    features_detect();
    cpu_features.ibpb = cpu_features.ibpb && !options.mitigations_off;
    cpu_features.smap = cpu_features.smap && !options.smap_off;
    cpu_features.smep = cpu_features.smep && !options.smep_off;
    pv_cpuid_init();
    patch_smap();
    cpu_init_registers();

    mapping_init(); /* the strict map: nothing writable is executable */
    firmware_reserve();
    trampoline_reserve();
    frame_table_init(); /* frame table, M2P, free frames */
    idle_init();        /* windows */

    acpi_init(firmware_rsdp(), firmware_rsdp_bytes());
    lapic_init();
    machine_reset_init();
    irq_init();
    time_init();
    timers_init();
    sched_init();
    sched_init_cpu();
    console_init_irq();
    time_info_init();
    pv_traps_init();
    ctl_keys_init();
    irq_enable();
    time_start();
    smp_boot(options.maxcpus ? options.maxcpus : MAX_CPUS);
    devices_deny(); /* what the hypervisor drives is no guest's */

    firmware_build_control_domain();
    firmware_release(); /* modules, the boot's own text, the identity map */
    pr_debug("control domain starts at TSC %lu\n", rdtsc());
    domain_start(control_domain);
    return_to_current();
}
