/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl domname: the name of a guest.
 */
#include "command.h"

int verb_domname(struct command *c)
{
    struct hvctl_domain domain;
    uint32_t domid;
    int result = guest_find(c, c->argv[0], &domid);

    if (!result) {
        result = hvctl_info(c->h, domid, &domain);
    }
    if (!result) {
        printf("%s\n", guest_name(&domain));
    }
    return result;
}
