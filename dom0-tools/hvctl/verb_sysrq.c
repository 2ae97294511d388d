/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl sysrq: a magic SysRq key for a Linux guest.
 */
#include "command.h"

int verb_sysrq(struct command *c)
{
    const char *letter = c->argv[1];
    uint32_t domid;
    int result;

    if (letter[0] < '!' || letter[0] > '~' || letter[1]) {
        return complain(EXIT_USAGE, "\"%s\" is not one letter or digit", letter);
    }
    result = guest_find(c, c->argv[0], &domid);
    return result ? result : hvctl_sysrq(c->h, domid, letter[0]);
}
