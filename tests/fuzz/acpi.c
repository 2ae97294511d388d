/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as the firmware's memory, with its tables in it.  What the parser
 * asks for is given as a copy of just that size, so that the sanitizer sees a
 * read beyond it; checksums are made right, since no fuzzer guesses them.
 * Sources: hypervisor/dev/acpi_parse.c
 */
#include "dev/acpi.h"

#include <stdlib.h>
#include <string.h>

#define COPIES 4096 /* more than the parser may ask for */

struct memory {
    const uint8_t *data;
    size_t size;
    void *copies[COPIES];
    size_t count;
};

static void fix_checksum(uint8_t *p, size_t size, size_t at)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + p[i]);
    p[at] = (uint8_t)(p[at] - sum);
}

static const void *map(void *context, uint64_t pa, size_t bytes)
{
    struct memory *memory = context;
    uint8_t *copy;

    if (pa > memory->size || bytes > memory->size - pa)
        return NULL;
    if (memory->count == COPIES)
        __builtin_trap();
    copy = malloc(bytes ? bytes : 1);
    memory->copies[memory->count++] = copy;
    memcpy(copy, memory->data + pa, bytes);
    if (bytes > 36)
        fix_checksum(copy, bytes, 9);
    return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct acpi_info info;
    struct memory memory = {.data = data, .size = size};
    struct acpi_view view = {map, &memory};
    uint8_t rsdp[36];

    if (size < sizeof(rsdp))
        return 0;
    memcpy(rsdp, data, sizeof(rsdp));
    memcpy(rsdp, "RSD PTR ", 8);
    fix_checksum(rsdp, 20, 8);
    fix_checksum(rsdp, 36, 32);
    memset(&info, 0, sizeof(info));
    (void)acpi_rsdp_search(data, size);
    if (acpi_parse(&info, &view, rsdp, sizeof(rsdp)) &&
        (info.cpu_count > ACPI_MAX_CPUS || info.ioapic_count > ACPI_MAX_IOAPICS ||
         info.override_count > ACPI_MAX_OVERRIDES || info.mcfg_count > ACPI_MAX_MCFG))
        __builtin_trap();
    while (memory.count)
        free(memory.copies[--memory.count]);
    return 0;
}
