/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl network-list: network cards of a guest.
 */
#include "command.h"

#include <stdlib.h>

int verb_network_list(struct command *c)
{
    static const char *const titles[] = {"Card", " Id", "State", "MAC", "Bridge", NULL};
    struct hvctl_device *devices;
    size_t count;
    uint32_t domid;
    int result = guest_find(c, c->argv[0], &domid);

    if (!result) {
        result = hvctl_nics(c->h, domid, &devices, &count);
    }
    if (!result) {
        result = devices_print(c, titles, "bridge", "mac", devices, count);
        free(devices);
    }
    return result;
}
