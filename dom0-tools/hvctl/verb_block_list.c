/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl block-list: disks of a guest.
 */
#include "command.h"

#include <stdlib.h>

int verb_block_list(struct command *c)
{
    static const char *const titles[] = {"Disk", " Id", "State", "Mode", "Source", NULL};
    struct hvctl_device *devices;
    size_t count;
    uint32_t domid;
    int result = guest_find(c, c->argv[0], &domid);

    if (!result) {
        result = hvctl_disks(c->h, domid, &devices, &count);
    }
    if (!result) {
        result = devices_print(c, titles, "source", "mode", devices, count);
        free(devices);
    }
    return result;
}
