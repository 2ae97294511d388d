/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl reboot: guests are asked to reboot.
 */
#include "command.h"

static int reboot(struct command *c, uint32_t domid)
{
    if (!domid) {
        return complain(3, "the control domain is rebooted from within: reboot");
    }
    return hvctl_shutdown(c->h, domid, HVCTL_REBOOT, 0);
}

int verb_reboot(struct command *c)
{
    return guest_each(c, reboot);
}
