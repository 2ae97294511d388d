/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the reading of ACPI's static tables. Pure: sees memory through a callback only, so that
 * tests and the fuzzer feed it anything. Invariant: no byte is read beyond the length that the
 * callback was asked for.
 *
 * Layouts: ACPI specification 6.4, 5.2 (tables), HPET 1.0a (HPET), PCI firmware 3.0 (MCFG).
 */
#include "dev/acpi.h"
#include "lib/string.h"

#define HEADER           36
#define TABLE_MAX        (1U << 20) /* longest table that is looked at, bytes */
#define ROOT_ENTRIES_MAX 256        /* tables that are looked at */

static uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t get32(const uint8_t *p)
{
    return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static uint64_t get64(const uint8_t *p)
{
    return get32(p) | (uint64_t)get32(p + 4) << 32;
}

static bool checksum_ok(const uint8_t *p, size_t n)
{
    uint8_t sum = 0;

    while (n--)
        sum = (uint8_t)(sum + *p++);
    return sum == 0;
}

static bool rsdp_ok(const uint8_t *p, size_t n)
{
    return n >= 20 && !memcmp(p, "RSD PTR ", 8) && checksum_ok(p, 20);
}

long acpi_rsdp_search(const uint8_t *area, size_t n)
{
    size_t at;

    for (at = 0; at + 20 <= n; at += 16) {
        if (rsdp_ok(area + at, n - at))
            return (long)at;
    }
    return -1;
}

/* The table at pa, whole and checked; NULL when it can't be had or is wrong. */
static const uint8_t *table_get(struct acpi_info *info, const struct acpi_view *view, uint64_t pa,
                                uint32_t *length)
{
    const uint8_t *p = pa ? view->map(view->context, pa, HEADER) : NULL;

    if (!p)
        goto bad;
    *length = get32(p + 4);
    if (*length < HEADER || *length > TABLE_MAX || pa + *length < pa)
        goto bad;
    p = view->map(view->context, pa, *length);
    if (!p || !checksum_ok(p, *length))
        goto bad;
    return p;
bad:
    info->bad++;
    return NULL;
}

static void add_cpu(struct acpi_info *info, uint32_t apic_id, uint32_t acpi_id, bool enabled)
{
    uint32_t i;

    for (i = 0; i < info->cpu_count;
         i++) { /* small IDs may be told twice, as local APIC and as x2APIC */
        if (info->cpus[i].apic_id == apic_id) {
            info->cpus[i].enabled |= enabled;
            return;
        }
    }
    if (info->cpu_count == ACPI_MAX_CPUS) {
        info->dropped++;
        return;
    }
    info->cpus[info->cpu_count++] = (struct acpi_cpu){apic_id, acpi_id, enabled};
}

static void add_ioapic(struct acpi_info *info, const uint8_t *e)
{
    if (info->ioapic_count == ACPI_MAX_IOAPICS) {
        info->dropped++;
        return;
    }
    info->ioapics[info->ioapic_count++] =
        (struct acpi_ioapic){.address = get32(e + 4), .gsi_base = get32(e + 8), .id = e[2]};
}

/*
 * Flags: bits 0, 1 polarity (3 is active low), bits 2, 3 trigger (3 is level); 0 is ISA's own:
 * high, edge.
 */
static void add_override(struct acpi_info *info, const uint8_t *e)
{
    uint16_t flags = get16(e + 8);

    if (info->override_count == ACPI_MAX_OVERRIDES || e[2] != 0 || e[3] > 15) {
        info->dropped++;
        return;
    }
    info->overrides[info->override_count++] =
        (struct acpi_override){.gsi = get32(e + 4),
                               .isa = e[3],
                               .level = (flags >> 2 & 3) == 3,
                               .active_low = (flags & 3) == 3};
}

static void madt_entry(struct acpi_info *info, const uint8_t *e, uint8_t n)
{
    switch (e[0]) {
    case 0: /* local APIC */
        if (n >= 8)
            add_cpu(info, e[3], e[2], get32(e + 4) & 1);
        break;
    case 1:
        if (n >= 12)
            add_ioapic(info, e);
        break;
    case 2:
        if (n >= 10)
            add_override(info, e);
        break;
    case 5: /* local APIC's address, 64 bits */
        if (n >= 12)
            info->lapic_address = get64(e + 4);
        break;
    case 9: /* x2APIC */
        if (n >= 16)
            add_cpu(info, get32(e + 4), get32(e + 12), get32(e + 8) & 1);
        break;
    default: /* NMI sources (3, 4, 10) are left as the local APIC's usual wiring, LINT1 */
        break;
    }
}

static void parse_madt(struct acpi_info *info, const uint8_t *t, uint32_t length)
{
    uint32_t at = HEADER + 8;

    if (length < at) {
        info->bad++;
        return;
    }
    info->has_madt = true;
    info->lapic_address = get32(t + 36);
    info->has_8259 = get32(t + 40) & 1;
    while (at + 2 <= length) {
        uint8_t n = t[at + 1];

        if (n < 2 || at + n > length) {
            info->bad++;
            return;
        }
        madt_entry(info, t + at, n);
        at += n;
    }
}

static struct acpi_reg get_reg(const uint8_t *p)
{
    return (struct acpi_reg){.address = get64(p + 4), .space = p[0], .bits = p[1]};
}

static void parse_fadt(struct acpi_info *info, const uint8_t *t, uint32_t length)
{
    uint32_t flags;

    if (length < 116) { /* the first version's fields end here */
        info->bad++;
        return;
    }
    info->has_fadt = true;
    flags = get32(t + 112);
    info->sci = get16(t + 46);
    info->pm1a_event = (uint16_t)get32(t + 56);
    info->pm1b_event = (uint16_t)get32(t + 60);
    info->pm1a_control = (uint16_t)get32(t + 64);
    info->pm1b_control = (uint16_t)get32(t + 68);
    info->pm1_event_bytes = t[88];
    info->pm_timer =
        (struct acpi_reg){.address = get32(t + 76), .space = ACPI_SPACE_IO, .bits = 32};
    info->pm_timer_32bit = flags >> 8 & 1;
    if ((flags >> 10 & 1) && length >= 129) {
        info->reset = get_reg(t + 116);
        info->reset_value = t[128];
    }
    if (length >= 220 && get64(t + 208 + 4)) /* X_PM_TMR_BLK */
        info->pm_timer = get_reg(t + 208);
}

static void parse_hpet(struct acpi_info *info, const uint8_t *t, uint32_t length)
{
    if (length < 56 || t[40] != ACPI_SPACE_MEMORY) {
        info->bad++;
        return;
    }
    info->has_hpet = true;
    info->hpet_address = get64(t + 44);
}

static void parse_mcfg(struct acpi_info *info, const uint8_t *t, uint32_t length)
{
    uint32_t at;

    for (at = HEADER + 8; at + 16 <= length; at += 16) {
        if (info->mcfg_count == ACPI_MAX_MCFG) {
            info->dropped++;
            continue;
        }
        if (t[at + 10] > t[at + 11] || get64(t + at) & (PAGE_SIZE - 1)) {
            info->bad++;
            continue;
        }
        info->mcfg[info->mcfg_count++] =
            (struct acpi_mcfg){get64(t + at), get16(t + at + 8), t[at + 10], t[at + 11]};
    }
}

static void parse_table(struct acpi_info *info, const struct acpi_view *view, uint64_t pa)
{
    static const struct {
        char name[5];
        void (*parse)(struct acpi_info *, const uint8_t *, uint32_t);
    } kinds[] = {
        {"APIC", parse_madt}, {"FACP", parse_fadt}, {"HPET", parse_hpet}, {"MCFG", parse_mcfg}};
    const uint8_t *t = view->map(view->context, pa, HEADER);
    uint32_t length;
    size_t i;

    for (i = 0; t && i < ARRAY_SIZE(kinds); i++) {
        if (memcmp(t, kinds[i].name, 4))
            continue;
        t = table_get(info, view, pa, &length);
        if (t)
            kinds[i].parse(info, t, length);
        return;
    }
}

bool acpi_parse(struct acpi_info *info, const struct acpi_view *view, const uint8_t *rsdp, size_t n)
{
    uint64_t root;
    const uint8_t *t;
    uint32_t length, width = 4, at, count = 0;

    if (!rsdp_ok(rsdp, n))
        return false;
    root = get32(rsdp + 16);
    if (rsdp[15] >= 2 && n >= 36 && get64(rsdp + 24) && checksum_ok(rsdp, 36)) {
        root = get64(rsdp + 24);
        width = 8;
    }
    t = table_get(info, view, root, &length);
    if (!t && width == 8) { /* an XSDT out of reach: the older table may do */
        root = get32(rsdp + 16);
        width = 4;
        t = table_get(info, view, root, &length);
    }
    if (!t || memcmp(t, width == 8 ? "XSDT" : "RSDT", 4))
        return false;
    info->found = true;
    for (at = HEADER; at + width <= length; at += width) {
        if (++count > ROOT_ENTRIES_MAX) {
            info->dropped++;
            break;
        }
        parse_table(info, view, width == 8 ? get64(t + at) : get32(t + at));
    }
    return true;
}
