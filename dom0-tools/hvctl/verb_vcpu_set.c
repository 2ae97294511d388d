/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl vcpu-set: how many vCPUs a guest should use.
 */
#include "command.h"

int verb_vcpu_set(struct command *c)
{
    uint64_t count;
    uint32_t domid;
    int result = number_argument(c->argv[1], "the number of vCPUs", 1, 8192, &count);

    if (!result) {
        result = guest_find(c, c->argv[0], &domid);
    }
    return result ? result : hvctl_vcpus_set(c->h, domid, (unsigned int)count);
}
