/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl dmesg: the hypervisor's log.
 */
#include "command.h"

#include <stdlib.h>

int verb_dmesg(struct command *c)
{
    char *text;
    int result = hvctl_dmesg(c->h, c->option['c'], &text);

    if (!result) {
        text_print(text);
        free(text);
    }
    return result;
}
