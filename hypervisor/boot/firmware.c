/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the boot loader's information and modules.
 */
#include "boot/firmware.h"
#include "boot/cpu.h"
#include "boot/multiboot.h"
#include "call/version.h"
#include "ctl/audit.h"
#include "cpu/layout.h"
#include "cpu/mapping.h"
#include "dev/acpi.h"
#include "dom/domain.h"
#include "dom0/build.h"
#include "kern/console.h"
#include "kern/reset.h"
#include "kern/serial.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "lib/version.h"
#include "mm/alloc.h"
#include "mm/boot_memory.h"
#include "pv/device_memory.h"
#include "pv/io_ports.h"

struct options options;

static struct boot_info info __initdata;
static bool ranges_full __initdata;

extern uint8_t image_init_start[], image_init_end[], image_text_start[], image_end[];

/* Anything below 4 GiB, the null page excepted. */
static const void *__init view_map(void *context, uint64_t at, uint64_t bytes)
{
    (void)context;
    return at < PAGE_SIZE / 4 || at + bytes > 1UL << 32 ? NULL : boot_identity(paddr(at));
}

static bool __init view_memory(void *context, uint64_t start, uint64_t end, uint32_t type)
{
    (void)context;
    if (!memory_map_add(start, end, type ? type : MEMORY_RESERVED))
        ranges_full = true;
    return true;
}

static void __init complain(void *context, const char *what, const char *word)
{
    (void)context;
    pr_warn("mortise: %s: %s\n", what, word);
}

static void quiet(void *context, const char *what, const char *word)
{
    (void)context;
    (void)what;
    (void)word;
}

static void __init __noreturn refuse_to_start(const char *why)
{
    pr_err("mortise: %s\n", why);
    machine_crashed();
}

void __init firmware_read(uint32_t magic, uint32_t information)
{
    const struct boot_view view = {view_map, view_memory, NULL};
    const char *wrong = multiboot_parse(magic, information, &view, &info);

    options_parse(info.text, &options, quiet, NULL);
    console_init(options.console, options.com1, options.loglvl);
    opt_noreboot = options.noreboot;
    opt_audit_at_end = options.audit_at_end;
    pr_info("Mortise: a paravirtualising hypervisor, version %s\n", MORTISE_VERSION_TEXT);
    if (wrong)
        refuse_to_start(wrong);
    if (!options_parse(info.text, &options, complain, NULL))
        refuse_to_start("dom0_mem= can't be understood: write it as dom0_mem=512M");
    if (ranges_full)
        pr_warn("the firmware's memory map has too many ranges: some are not used\n");
    version_set_commandline(skip_word(info.text));
    memory_map_sort();
    if (!info.modules)
        refuse_to_start(
            "no module: the control domain's kernel must be the first one, its initrd the second");
    if (info.modules > 2)
        pr_warn("%u modules beyond kernel and initrd are not used\n", info.modules - 2);
    pr_info("memory: %lu MiB in %u ranges\n", ram_frames >> 8, memory_ranges);
}

void __init firmware_reserve(void)
{
    unsigned int i;

    boot_memory_reserve(0, PAGE_SIZE); /* the BIOS' data */
    boot_memory_reserve(IMAGE_PHYS, image_paddr(image_end).a);
    for (i = 0; i < MIN(info.modules, (unsigned int)BOOT_MODULES); i++)
        boot_memory_reserve(info.module[i].start, info.module[i].end);
}

const void *__init firmware_rsdp(void)
{
    return info.rsdp_bytes ? info.rsdp : NULL;
}

size_t __init firmware_rsdp_bytes(void)
{
    return info.rsdp_bytes;
}

/* The file name: the first word without its folder. */
static const char *__init module_name(const struct boot_module *m, char *name, size_t bytes)
{
    const char *p, *base = m->text;

    for (p = m->text; *p && *p != ' '; p++) {
        if (*p == '/')
            base = p + 1;
    }
    strlcpy(name, base, MIN(bytes, (size_t)(p - base) + 1));
    return name[0] ? name : "without a name";
}

void __init firmware_build_control_domain(void)
{
    const struct dom0_wish wish = {options.dom0_mem, options.dom0_mem_min, options.dom0_mem_max,
                                   options.dom0_max_vcpus};
    struct boot_module *kernel = &info.module[0],
                       *initrd = info.modules > 1 ? &info.module[1] : NULL;
    static char name[64] __initdata, initrd_name[64] __initdata;
    struct dom0_image image = {
        .name = module_name(kernel, name, sizeof(name)),
        .text = skip_word(kernel->text),
        .kernel = kernel->start,
        .kernel_bytes = kernel->end - kernel->start,
    };

    if (initrd) {
        if (initrd->start & ~PAGE_MASK)
            refuse_to_start("the boot loader did not put the initrd at the start of a page");
        image.initrd_name = module_name(initrd, initrd_name, sizeof(initrd_name));
        image.initrd = initrd->start;
        image.initrd_bytes = initrd->end - initrd->start;
    }
    dom0_build(&image, &wish);
}

/* The modules' frames are the control domain's, or free again: dom0/build.c did that. */
void firmware_release(void)
{
    trampoline_release();
    mapping_drop_identity();
    boot_memory_release(IMAGE_PHYS, image_paddr(image_text_start).a);
    boot_memory_release(image_paddr(image_init_start).a, image_paddr(image_init_end).a);
}

static void keep(uint64_t start, uint64_t bytes, enum device_keep how)
{
    BUG_ON(!device_memory_keep((struct device_range){start, start + bytes}, how));
}

void __init devices_deny(void)
{
    unsigned int i;

    keep(0xfee00000, PAGE_SIZE, KEEP_ALL);
    for (i = 0; i < acpi_info.ioapic_count; i++)
        keep(acpi_info.ioapics[i].address, PAGE_SIZE, KEEP_ALL);
    if (acpi_info.hpet_address)
        keep(acpi_info.hpet_address, PAGE_SIZE, KEEP_WRITES); /* AML reads its registers */
    for (i = 0; i < acpi_info.mcfg_count; i++) {
        const struct acpi_mcfg *m = &acpi_info.mcfg[i];

        keep(m->base + ((uint64_t)m->bus_first << 20),
             (uint64_t)(m->bus_last - m->bus_first + 1) << 20, KEEP_CONFIG);
    }
    if (serial_port())
        io_ports_deny(serial_port(), serial_port() + 7);
}
