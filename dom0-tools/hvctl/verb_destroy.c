/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl destroy: the end of guests, at once.
 */
#include "command.h"

static int destroy(struct command *c, uint32_t domid)
{
    if (!domid) {
        return complain(3, "the control domain can't be destroyed; shut the machine down instead");
    }
    return hvctl_destroy(c->h, domid);
}

int verb_destroy(struct command *c)
{
    return guest_each(c, destroy);
}
