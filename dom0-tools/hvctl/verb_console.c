/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl console: a guest's console in this terminal.
 */
#include "command.h"
#include "console.h"

#include <unistd.h>

int verb_console(struct command *c)
{
    uint32_t domid;
    int fd, result = guest_find(c, c->argv[0], &domid);

    if (result) {
        return result;
    }
    if (!domid) {
        return complain(3, "the control domain's console is the hypervisor's serial line");
    }
    if (!c->option['l'] && !c->option['r'] && !isatty(STDIN_FILENO)) {
        return complain(EXIT_USAGE, "standard input is no terminal; use --log or --read-only");
    }
    fd = console_connect(c, domid, !c->option['l']);
    if (fd < 0) {
        return -fd;
    }
    return console_run(c, domid, fd, c->option['r'] || c->option['l']);
}
