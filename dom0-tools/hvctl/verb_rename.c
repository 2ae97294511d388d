/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl rename: another name for a guest.
 */
#include "command.h"

int verb_rename(struct command *c)
{
    uint32_t domid;
    int result = guest_find(c, c->argv[0], &domid);

    return result ? result : hvctl_rename(c->h, domid, c->argv[1]);
}
