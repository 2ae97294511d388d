/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl trigger: an event of hardware for a guest.
 */
#include "command.h"

int verb_trigger(struct command *c)
{
    uint64_t vcpu = 0;
    uint32_t domid;
    int result = guest_find(c, c->argv[0], &domid);

    if (!result && c->argc > 2) {
        result = number_argument(c->argv[2], "the vCPU", 0, 8191, &vcpu);
    }
    return result ? result : hvctl_trigger(c->h, domid, c->argv[1], (unsigned int)vcpu);
}
