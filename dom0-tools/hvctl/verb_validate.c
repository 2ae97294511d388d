/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl validate: is a definition right?
 */
#include "command.h"

#include <stdlib.h>

int verb_validate(struct command *c)
{
    struct hvctl_definition *d;
    char *text;
    int result = hvctl_definition_read(c->h, c->argv[0], &d);

    if (result) {
        return result;
    }
    if (c->option['p']) {
        result = hvctl_definition_format(c->h, d, &text);
        if (!result) {
            fputs(text, stdout);
            free(text);
        }
    } else {
        printf("%s: the definition of %s is right\n", c->argv[0], d->name);
    }
    hvctl_definition_free(d);
    return result;
}
