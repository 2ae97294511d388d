/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl shutdown: guests are asked to power off.
 */
#include "command.h"

static int shut_down(struct command *c, uint32_t domid)
{
    uint64_t seconds = 60;
    int result = 0;

    if (!domid) {
        return complain(3, "the control domain is shut down from within: poweroff");
    }
    if (c->option['t']) {
        result = number_argument(c->option['t'], "the timeout", 1, 86400, &seconds);
    }
    if (result) {
        return result;
    }
    progress_begin(c);
    result = hvctl_shutdown(c->h, domid, HVCTL_POWEROFF,
                            c->option['w'] || c->option['t'] ? seconds * 1000000000 : 0);
    progress_end(c);
    return result;
}

int verb_shutdown(struct command *c)
{
    return guest_each(c, shut_down);
}
