/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl create: a guest from its definition.
 */
#include "command.h"
#include "console.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The guest that was begun is undone by the library when Ctrl-C is pressed. */
static int create(struct command *c, const struct hvctl_definition *d, uint32_t *domid)
{
    bool console = c->option['c'];
    int result;

    progress_begin(c);
    result = hvctl_create(c->h, d, c->option['p'] || console ? HVCTL_CREATE_PAUSED : 0, domid);
    progress_end(c);
    return result;
}

/* Attached before it runs, so that its first words are seen. */
static int run_with_console(struct command *c, uint32_t domid)
{
    int fd = console_connect(c, domid, true);
    int result = 0;

    if (!c->option['p']) {
        result = hvctl_unpause(c->h, domid);
    }
    if (fd < 0) {
        return result ? result : -fd;
    }
    if (result) {
        close(fd);
        return result;
    }
    return console_run(c, domid, fd, false);
}

int verb_create(struct command *c)
{
    struct hvctl_definition *d;
    uint32_t domid;
    int result = hvctl_definition_read(c->h, c->argv[0], &d);

    if (result) {
        return result;
    }
    if (c->option['c'] && !isatty(STDIN_FILENO)) {
        hvctl_definition_free(d);
        return complain(EXIT_USAGE, "--console needs a terminal on standard input");
    }
    result = create(c, d, &domid);
    if (!result && c->option['j']) {
        struct hvctl_domain domain;
        char uuid[37];

        result = hvctl_info(c->h, domid, &domain);
        if (!result) {
            result = json_print(json_pack("{s:o,s:i,s:s}", "name", json_text(d->name), "domid",
                                          (int)domid, "uuid", uuid_text(domain.uuid, uuid)),
                                JSON_COMPACT);
        }
    } else if (!result) {
        printf("%s is guest %u\n", d->name, domid);
        fflush(stdout);
    }
    hvctl_definition_free(d);
    return result || !c->option['c'] ? result : run_with_console(c, domid);
}
