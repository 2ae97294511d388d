/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl network-detach: a network card taken from a guest.
 */
#include "command.h"

int verb_network_detach(struct command *c)
{
    return devices_detach(c, hvctl_nic_detach);
}
