/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl pause: guests stand still.
 */
#include "command.h"

static int pause_one(struct command *c, uint32_t domid)
{
    if (!domid) {
        return complain(3, "the control domain can't be paused");
    }
    return hvctl_pause(c->h, domid);
}

int verb_pause(struct command *c)
{
    return guest_each(c, pause_one);
}
