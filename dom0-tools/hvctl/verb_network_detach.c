/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl network-detach: a network card taken from a guest.
 */
#include "command.h"

int verb_network_detach(struct command *c)
{
    uint32_t domid;
    int result = guest_find(c, c->argv[0], &domid);

    if (!result) {
        progress_begin(c);
        result = hvctl_nic_detach(c->h, domid, c->argv[1], c->option['f']);
        progress_end(c);
    }
    return result;
}
