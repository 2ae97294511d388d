/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl block-detach: a disk taken from a guest.
 */
#include "command.h"

int verb_block_detach(struct command *c)
{
    uint32_t domid;
    int result = guest_find(c, c->argv[0], &domid);

    if (!result) {
        progress_begin(c);
        result = hvctl_disk_detach(c->h, domid, c->argv[1], c->option['f']);
        progress_end(c);
    }
    return result;
}
