/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl version: versions of the command and of the hypervisor.
 */
#include "command.h"

/* Without a hypervisor the command's own version is an answer, too. */
int verb_version(struct command *c)
{
    struct hvctl_host host;
    int result = hvctl_host(c->h, &host);

    if (c->option['j']) {
        return json_print(json_pack("{s:s,s:o}", "hvctl", hvctl_version(), "hypervisor",
                                    result ? json_null() : json_text(version_text(&host))),
                          JSON_INDENT(2));
    }
    printf("hvctl %s\n", hvctl_version());
    if (result) {
        printf("hypervisor not reached: %s\n", hvctl_message(c->h));
    } else {
        printf("hypervisor %s\n", version_text(&host));
    }
    return 0;
}
