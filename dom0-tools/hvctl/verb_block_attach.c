/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl block-attach: another disk for a guest.
 */
#include "command.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int from_file(struct command *c, struct hvctl_disk *disk)
{
    const char *path = c->argv[1];
    size_t size;
    char *text;
    int result = file_text(c, path, &text, &size);

    if (!result) {
        result = hvctl_disk_parse(c->h, path, text, size, disk);
        free(text);
    }
    return result;
}

static int from_words(struct command *c, struct hvctl_disk *disk)
{
    const char *source = c->argv[1];
    struct stat status;

    if (*source != '/') {
        return complain(EXIT_USAGE, "\"%s\" is no absolute path of a disk", source);
    }
    disk->type =
        !stat(source, &status) && S_ISBLK(status.st_mode) ? HVCTL_DISK_BLOCK : HVCTL_DISK_FILE;
    disk->source = strdup(source);
    disk->target = strdup(c->argv[2]);
    return disk->source && disk->target ? 0 : complain(EXIT_FAILURE, "no memory");
}

int verb_block_attach(struct command *c)
{
    struct hvctl_disk disk = {0};
    uint32_t domid;
    int result = guest_find(c, c->argv[0], &domid);

    if (!result) {
        result = c->argc == 2 ? from_file(c, &disk) : from_words(c, &disk);
    }
    if (!result) {
        disk.readonly |= c->option['r'] != NULL;
        result = hvctl_disk_attach(c->h, domid, &disk);
    }
    hvctl_disk_clear(&disk);
    return result;
}
