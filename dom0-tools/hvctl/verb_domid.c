/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl domid: the identifier of a guest.
 */
#include "command.h"

int verb_domid(struct command *c)
{
    uint32_t domid;
    int result = guest_find(c, c->argv[0], &domid);

    if (!result) {
        printf("%u\n", domid);
    }
    return result;
}
