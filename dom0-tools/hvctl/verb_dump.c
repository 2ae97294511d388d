/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl dump: a guest as an ELF file.
 */
#include "command.h"

int verb_dump(struct command *c)
{
    uint32_t domid;
    int result = guest_find(c, c->argv[0], &domid);

    if (result) {
        return result;
    }
    if (!domid) {
        return complain(3, "the control domain can't dump itself");
    }
    progress_begin(c);
    result = hvctl_dump(c->h, domid, c->argv[1]);
    progress_end(c);
    return result;
}
