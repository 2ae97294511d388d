/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvctl mem-set: how much memory a guest should have.
 */
#include "command.h"

#include <stdlib.h>
#include <string.h>

/* A number and K, M (also without a letter), G or T, in KiB. */
static bool size_parse(const char *text, uint64_t *kib)
{
    static const char letters[] = "KMGT";
    char *end;
    unsigned long long number = strtoull(text, &end, 10);
    const char *letter = *end ? strchr(letters, *end & ~0x20) : letters + 1;

    if (*text < '0' || *text > '9' || !letter || (*end && end[1] && strcasecmp(end + 1, "iB"))) {
        return false;
    }
    for (; letter > letters; letter--) {
        if (number > UINT64_MAX / 1024) {
            return false;
        }
        number *= 1024;
    }
    *kib = number;
    return number > 0;
}

int verb_mem_set(struct command *c)
{
    uint64_t kib;
    uint32_t domid;
    int result;

    if (!size_parse(c->argv[1], &kib)) {
        return complain(EXIT_USAGE, "\"%s\" is no size; write a number of MiB, or 2G, 512M, 65536K",
                        c->argv[1]);
    }
    result = guest_find(c, c->argv[0], &domid);
    return result ? result : hvctl_memory_set(c->h, domid, kib);
}
