/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl vcpu-pin: where vCPUs may run.
 */
#include "command.h"

#include <limits.h>
#include <string.h>

int verb_vcpu_pin(struct command *c)
{
    struct hvctl_cpuset cpus;
    uint64_t vcpu = UINT_MAX;
    uint32_t domid;
    int result = 0;

    if (strcmp(c->argv[1], "all")) {
        result = number_argument(c->argv[1], "the vCPU", 0, 8191, &vcpu);
    }
    if (!result && !cpuset_parse(c->argv[2], &cpus)) {
        result = complain(EXIT_USAGE, "\"%s\" is no set of CPUs; write 0-3,^2 or all", c->argv[2]);
    }
    if (!result) {
        result = guest_find(c, c->argv[0], &domid);
    }
    return result ? result : hvctl_vcpu_pin(c->h, domid, (unsigned int)vcpu, &cpus);
}
