/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl network-list: network cards of a guest.
 */
#include "command.h"

int verb_network_list(struct command *c)
{
    static const char *const titles[] = {"Card", " Id", "State", "MAC", "Bridge", NULL};

    return devices_list(c, hvctl_nics, titles, "bridge", "mac");
}
