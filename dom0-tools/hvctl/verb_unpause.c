/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl unpause: guests go on.
 */
#include "command.h"

static int unpause_one(struct command *c, uint32_t domid)
{
    if (!domid) {
        return complain(3, "the control domain can't be unpaused");
    }
    return hvctl_unpause(c->h, domid);
}

int verb_unpause(struct command *c)
{
    return guest_each(c, unpause_one);
}
