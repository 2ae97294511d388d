/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl block-detach: a disk taken from a guest.
 */
#include "command.h"

int verb_block_detach(struct command *c)
{
    return devices_detach(c, hvctl_disk_detach);
}
