/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any text as a guest's definition: refused with a sentence, or read, and then written and read
 * back to the same text.  What the reader accepts the schema must accept too: a complaint that
 * comes from the schema alone is a hole in the reader.
 *
 * sources: libhvctl/alloc.c libhvctl/handle.c libhvctl/definition.c libhvctl/definition_device.c \
 * libhvctl/definition_document.c libhvctl/definition_format.c libhvctl/definition_guest.c \
 * libhvctl/definition_places.c libhvctl/definition_schema.c libhvctl/definition_tuning.c \
 * libhvctl/definition_values.c libhvctl/definition_schema_text.c tests/unit/definition_fixture.c \
 * tests/unit/no_hypervisor.c
 * libraries: -Ilibhvctl/include -Ilibhvctl -I/usr/include/libxml2 -DPACKAGE_VERSION=__FILE__ -lxml2
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libhvctl/include/hvctl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(struct hvctl *h, const struct hvctl_definition *d)
{
    struct hvctl_definition *again = NULL;
    char *text = NULL, *twice = NULL;

    if (hvctl_definition_format(h, d, &text) ||
        hvctl_definition_parse(h, "again", text, strlen(text), &again) ||
        hvctl_definition_format(h, again, &twice) || strcmp(text, twice)) {
        __builtin_trap();
    }
    hvctl_definition_free(again);
    free(text);
    free(twice);
}

/* By its beginning: the rest may show what stands in the text. */
static bool of_schema(const char *message)
{
    int end = 0;

    return sscanf(message, "fuzz:%*d: not by the schema: %n", &end) == 0 && end;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hvctl *h = hvctl_open();
    struct hvctl_definition *d = NULL;

    if (!hvctl_definition_parse(h, "fuzz", (const char *)data, size, &d)) {
        round_trip(h, d);
        hvctl_definition_free(d);
    } else if (d || strncmp(hvctl_message(h), "fuzz:", 5) || of_schema(hvctl_message(h))) {
        __builtin_trap();
    }
    hvctl_close(h);
    return 0;
}
