/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI's static tables: what a PC's firmware gives is read right; what is cut, wrong or hostile is
 * left out without a byte read too far (the memory handed out is a fresh allocation of exactly the
 * size asked for, so that the sanitizer sees it).
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dev/acpi.h"
#include "unit.h"

#define MEMORY 16384
#define RSDT   0x100
#define XSDT   0x180
#define MADT   0x200
#define FADT   0x400
#define HPET   0x600
#define MCFG   0x700

static uint8_t memory[MEMORY], rsdp[36];
static void *handed[4096];
static unsigned int handed_count;
static struct acpi_info info;

static const void *view_map(void *context, uint64_t pa, size_t bytes)
{
    void *copy;

    (void)context;
    if (pa > MEMORY || bytes > MEMORY - pa || handed_count == 4096)
        return NULL;
    copy = malloc(bytes ? bytes : 1);
    memcpy(copy, memory + pa, bytes);
    handed[handed_count++] = copy;
    return copy;
}

static const struct acpi_view view = {view_map, NULL};

static bool parse(size_t rsdp_bytes)
{
    void *copy = malloc(rsdp_bytes);
    bool good;

    memset(&info, 0, sizeof(info));
    memcpy(copy, rsdp, rsdp_bytes);
    good = acpi_parse(&info, &view, copy, rsdp_bytes);
    free(copy);
    while (handed_count)
        free(handed[--handed_count]);
    return good;
}

static void put32(uint8_t *p, uint64_t v)
{
    unsigned int i;

    for (i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

static void put64(uint8_t *p, uint64_t v)
{
    put32(p, v);
    put32(p + 4, v >> 32);
}

static void sum(uint8_t *p, size_t n, uint8_t *where)
{
    uint8_t s = 0;
    size_t i;

    *where = 0;
    for (i = 0; i < n; i++)
        s = (uint8_t)(s + p[i]);
    *where = (uint8_t)-s;
}

static uint8_t *table(unsigned int at, const char *name, uint32_t length)
{
    memcpy(memory + at, name, 4);
    put32(memory + at + 4, length);
    return memory + at;
}

static void seal(unsigned int at)
{
    uint32_t n;

    memcpy(&n, memory + at + 4, 4);
    if (n <= MEMORY - at)
        sum(memory + at, n, memory + at + 9);
}

static void build_madt(void)
{
    static const uint8_t entries[] = {
        0, 8,  0,    0,  1,    0, 0,    0,                               /* CPU, APIC ID 0 */
        0, 8,  1,    3,  1,    0, 0,    0,                               /* CPU, APIC ID 3 */
        0, 8,  2,    5,  0,    0, 0,    0,                               /* not enabled */
        1, 12, 7,    0,  0,    0, 0xc0, 0xfe, 0,    0, 0, 0,             /* I/O APIC 7 */
        2, 10, 0,    0,  2,    0, 0,    0,    0,    0,                   /* ISA 0 -> GSI 2 */
        2, 10, 0,    9,  9,    0, 0,    0,    0x0d, 0,                   /* ISA 9: level, high */
        2, 10, 0,    11, 11,   0, 0,    0,    0x0f, 0,                   /* ISA 11: level, low */
        9, 16, 0,    0,  0x2c, 1, 0,    0,    1,    0, 0, 0, 9, 0, 0, 0, /* x2APIC 300 */
        9, 16, 0,    0,  3,    0, 0,    0,    1,    0, 0, 0, 1, 0, 0, 0, /* APIC ID 3 once more */
        4, 6,  0xff, 0,  0,    1,                                        /* NMI on LINT1 */
    };
    uint8_t *t = table(MADT, "APIC", 44 + sizeof(entries));

    put32(t + 36, 0xfee00000);
    put32(t + 40, 1);
    memcpy(t + 44, entries, sizeof(entries));
    seal(MADT);
}

static void build_fadt(void)
{
    uint8_t *t = table(FADT, "FACP", 244);

    t[46] = 9;
    put32(t + 56, 0x600);
    put32(t + 64, 0x604);
    put32(t + 76, 0x608);
    t[88] = 4;
    put32(t + 112, 1 << 8 | 1 << 10);
    t[116] = ACPI_SPACE_IO;
    t[117] = 8;
    put64(t + 120, 0xcf9);
    t[128] = 0x0f;
    t[208] = ACPI_SPACE_IO;
    t[209] = 32;
    put64(t + 212, 0xb008);
    seal(FADT);
}

static void build(void)
{
    uint8_t *t;

    memset(memory, 0, sizeof(memory));
    memcpy(rsdp, "RSD PTR ", 8);
    rsdp[15] = 2;
    put32(rsdp + 16, RSDT);
    put32(rsdp + 20, 36);
    put64(rsdp + 24, XSDT);
    sum(rsdp, 20, rsdp + 8);
    sum(rsdp, 36, rsdp + 32);

    t = table(RSDT, "RSDT", 36 + 8);
    put32(t + 36, MADT);
    put32(t + 40, FADT);
    seal(RSDT);
    t = table(XSDT, "XSDT", 36 + 32);
    put64(t + 36, MADT);
    put64(t + 44, FADT);
    put64(t + 52, HPET);
    put64(t + 60, MCFG);
    seal(XSDT);
    build_madt();
    build_fadt();
    t = table(HPET, "HPET", 56);
    put64(t + 44, 0xfed00000);
    seal(HPET);
    t = table(MCFG, "MCFG", 44 + 16);
    put64(t + 44, 0xb0000000);
    t[44 + 11] = 0xff;
    seal(MCFG);
}

static void reads_a_pc(void)
{
    build();
    EXPECT(parse(36));
    EXPECT(info.found && info.has_madt && info.has_fadt && info.has_hpet && info.has_8259);
    EXPECT(info.cpu_count == 4 && info.bad == 0 && info.dropped == 0);
    EXPECT(info.cpus[1].apic_id == 3 && info.cpus[1].enabled && !info.cpus[2].enabled);
    EXPECT(info.cpus[3].apic_id == 300);
    EXPECT(info.lapic_address == 0xfee00000);
    EXPECT(info.ioapic_count == 1 && info.ioapics[0].address == 0xfec00000 &&
           info.ioapics[0].id == 7);
    EXPECT(info.override_count == 3 && info.overrides[0].gsi == 2 && !info.overrides[0].level);
    EXPECT(info.overrides[1].level && !info.overrides[1].active_low);
    EXPECT(info.overrides[2].level && info.overrides[2].active_low);
    EXPECT(info.sci == 9 && info.pm1a_event == 0x600 && info.pm1a_control == 0x604 &&
           !info.pm1b_control);
    EXPECT(info.pm_timer.address == 0xb008 && info.pm_timer_32bit);
    EXPECT(info.reset.address == 0xcf9 && info.reset_value == 0x0f);
    EXPECT(info.hpet_address == 0xfed00000);
    EXPECT(info.mcfg_count == 1 && info.mcfg[0].base == 0xb0000000 && info.mcfg[0].bus_last == 255);
}

static void old_rsdp_uses_rsdt(void)
{
    build();
    rsdp[15] = 0;
    sum(rsdp, 20, rsdp + 8);
    EXPECT(parse(20));
    EXPECT(info.has_madt && info.has_fadt && !info.has_hpet);
}

static void xsdt_out_of_reach_uses_rsdt(void)
{
    build();
    put64(rsdp + 24, 0x100000000UL);
    sum(rsdp, 36, rsdp + 32);
    EXPECT(parse(36));
    EXPECT(info.has_madt && !info.has_hpet);
}

static void checksums_count(void)
{
    build();
    rsdp[8]++;
    EXPECT(!parse(36));
    build();
    memory[XSDT + 9]++;
    memory[RSDT + 9]++;
    EXPECT(!parse(36));
    build();
    memory[MADT + 9]++;
    EXPECT(parse(36));
    EXPECT(!info.has_madt && info.has_fadt && info.bad == 1);
}

static void lengths_count(void)
{
    build();
    put32(memory + MADT + 4, 0xffffffff);
    EXPECT(parse(36) && !info.has_madt);
    build();
    put32(memory + MADT + 4, 20);
    EXPECT(parse(36) && !info.has_madt);
    build();
    put32(memory + FADT + 4, 100);
    seal(FADT);
    EXPECT(parse(36) && !info.has_fadt && info.bad == 1);
    build();
    memory[MADT + 44 + 1] = 0; /* an entry without a length would never end */
    seal(MADT);
    EXPECT(parse(36) && info.cpu_count == 0 && info.bad == 1);
    build();
    memory[MADT + 44 + 1] = 255;
    seal(MADT);
    EXPECT(parse(36) && info.cpu_count == 0 && info.bad == 1);
}

static void arrays_are_bounded(void)
{
    uint8_t *t;
    unsigned int i;

    build();
    t = table(0x1000, "APIC", 44 + 300 * 16);
    for (i = 0; i < 300; i++) {
        t[44 + 16 * i] = 9;
        t[45 + 16 * i] = 16;
        put32(t + 48 + 16 * i, i);
        put32(t + 52 + 16 * i, 1);
    }
    seal(0x1000);
    put64(memory + XSDT + 36, 0x1000);
    seal(XSDT);
    EXPECT(parse(36));
    EXPECT(info.cpu_count == ACPI_MAX_CPUS && info.dropped == 300 - ACPI_MAX_CPUS);
}

static void search_finds_the_rsdp(void)
{
    uint8_t area[256] = {0};

    build();
    memcpy(area + 4 * 16 + 8, rsdp, 36); /* not on 16 bytes: not one */
    EXPECT(acpi_rsdp_search(area, sizeof(area)) == -1);
    memcpy(area + 9 * 16, rsdp, 36);
    EXPECT(acpi_rsdp_search(area, sizeof(area)) == 9 * 16);
    EXPECT(acpi_rsdp_search(area, 9 * 16 + 19) == -1);
}

static void survives_noise(void)
{
    unsigned int round, i;

    srand(1);
    for (round = 0; round < 20000; round++) {
        build();
        for (i = 0; i < 4; i++)
            memory[RSDT + (unsigned int)rand() % 0x700] = (uint8_t)rand();
        seal(MADT);
        seal(FADT);
        seal(HPET);
        seal(MCFG);
        seal(XSDT);
        (void)parse(36);
        EXPECT(info.cpu_count <= ACPI_MAX_CPUS && info.mcfg_count <= ACPI_MAX_MCFG);
    }
}

int main(void)
{
    RUN(reads_a_pc);
    RUN(old_rsdp_uses_rsdt);
    RUN(xsdt_out_of_reach_uses_rsdt);
    RUN(checksums_count);
    RUN(lengths_count);
    RUN(arrays_are_bounded);
    RUN(search_finds_the_rsdp);
    RUN(survives_noise);
    return UNIT_RESULT;
}
