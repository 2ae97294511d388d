/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of nodes. Only the characters that the protocol's documentation lists are let in, so
 * that no name can surprise a shell or a C program.
 */
#include "path.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

size_t path_of_domain(uint16_t domid, char out[32])
{
    return (size_t)snprintf(out, 32, "/local/domain/%u", domid);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '@' || c == '/';
}

int path_make(const char *name, size_t len, uint16_t domid, bool special, char out[PATH_MAX_BYTES])
{
    size_t i, base = 0;

    if (!len || len >= PATH_MAX_BYTES)
        return -EINVAL;
    for (i = 0; i < len; i++) {
        if (!is_letter(name[i]) || (name[i] == '/' && i && name[i - 1] == '/'))
            return -EINVAL;
    }
    if (len > 1 && name[len - 1] == '/')
        return -EINVAL;
    if (*name != '/' && !(*name == '@' && special)) {
        if (*name == '@' || len > XENSTORE_REL_PATH_MAX)
            return -EINVAL;
        base = path_of_domain(domid, out);
        out[base++] = '/';
    }
    if (base + len >= PATH_MAX_BYTES)
        return -EINVAL;
    memcpy(out + base, name, len);
    out[base + len] = '\0';
    return 0;
}

bool path_within(const char *path, const char *top)
{
    size_t len = strlen(top);

    if (!strcmp(top, "/"))
        return *path == '/';
    return !strncmp(path, top, len) && (path[len] == '\0' || path[len] == '/');
}

void path_cut(char *path)
{
    char *slash = strrchr(path, '/');

    if (slash)
        slash[slash == path] = '\0';
}
