/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl block-list: disks of a guest.
 */
#include "command.h"

int verb_block_list(struct command *c)
{
    static const char *const titles[] = {"Disk", " Id", "State", "Mode", "Source", NULL};

    return devices_list(c, hvctl_disks, titles, "source", "mode");
}
