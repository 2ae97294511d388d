/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader with a handle of its own, without the library's parts that need a hypervisor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "definition_fixture.h"
#include "internal.h"

void store_close(struct hvctl *h)
{
    (void)h;
}

const char *definition_complaint(const char *text)
{
    static char message[512];
    struct hvctl *h = hvctl_open();
    struct hvctl_definition *d = NULL;

    if (!hvctl_definition_parse(h, "t.xml", text, strlen(text), &d)) {
        message[0] = '\0';
        hvctl_definition_free(d);
    } else {
        snprintf(message, sizeof(message), "%s", hvctl_message(h));
    }
    hvctl_close(h);
    return message;
}

struct hvctl_definition *definition_of(const char *text)
{
    struct hvctl *h = hvctl_open();
    struct hvctl_definition *d = NULL;

    if (hvctl_definition_parse(h, "t.xml", text, strlen(text), &d)) {
        printf("# %s\n", hvctl_message(h));
        exit(1);
    }
    hvctl_close(h);
    return d;
}
