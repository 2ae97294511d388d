/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI tables from a hostile firmware: the input is memory from address 0 on, with an RSDP at its
 * start. Each piece that the parser asks for is a fresh allocation, so that a byte read too far is
 * seen.
 *
 * sources: hypervisor/dev/acpi_parse.c
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dev/acpi.h"

#define PIECES 4096

struct memory {
    const uint8_t *bytes;
    size_t size;
    void *pieces[PIECES];
    unsigned int count;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const void *map(void *context, uint64_t pa, size_t bytes)
{
    struct memory *m = context;
    void *piece;

    if (pa > m->size || bytes > m->size - pa || m->count == PIECES)
        return NULL;
    piece = malloc(bytes ? bytes : 1);
    memcpy(piece, m->bytes + pa, bytes);
    m->pieces[m->count++] = piece;
    return piece;
}

/*
 * A random sum is right once in 256 times: every table whose length lies in the memory gets the
 * right one.
 */
static void fix_sum(uint8_t *p, size_t n, uint8_t *where)
{
    uint8_t sum = 0;

    *where = 0;
    while (n--)
        sum = (uint8_t)(sum + *p++);
    *where = (uint8_t)-sum;
}

static void fix_sums(uint8_t *memory, size_t size)
{
    static const char *const names[] = {"RSDT", "XSDT", "APIC", "FACP", "HPET", "MCFG"};
    unsigned int i;
    size_t at;
    uint32_t n;

    for (at = 0; at + 36 <= size; at++) {
        for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            memcpy(&n, memory + at + 4, 4);
            if (!memcmp(memory + at, names[i], 4) && n >= 36 && n <= size - at)
                fix_sum(memory + at, n, memory + at + 9);
        }
    }
    memcpy(memory, "RSD PTR ", 8);
    fix_sum(memory, 20, memory + 8);
    fix_sum(memory, 36, memory + 32);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct acpi_info info;
    struct memory m = {.size = size};
    struct acpi_view view = {map, &m};
    uint8_t *copy;

    if (size < 36)
        return 0;
    copy = malloc(size);
    memcpy(copy, data, size);
    fix_sums(copy, size);
    m.bytes = copy;
    memset(&info, 0, sizeof(info));
    (void)acpi_rsdp_search(copy, size);
    (void)acpi_parse(&info, &view, copy, 36);
    if (info.cpu_count > ACPI_MAX_CPUS || info.ioapic_count > ACPI_MAX_IOAPICS ||
        info.override_count > ACPI_MAX_OVERRIDES || info.mcfg_count > ACPI_MAX_MCFG)
        abort();
    while (m.count)
        free(m.pieces[--m.count]);
    free(copy);
    return 0;
}
