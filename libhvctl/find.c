/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names: which there are, whose they are, and domains found by name, number or uuid.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "domain.h"

#define NAME_LETTERS 63
#define REMEDY       " (\"hvctl list\" shows those there are)"

int name_check(struct hvctl *h, const char *name)
{
    size_t length = name ? strlen(name) : 0;
    uint8_t uuid[16];

    if (!length || length > NAME_LETTERS) {
        return hvctl_fail(h, HVCTL_INVALID, 0, "a guest's name has 1 to %d letters, not %zu",
                          NAME_LETTERS, length);
    }
    for (size_t i = 0; i < length; i++) {
        if (name[i] == '/' || iscntrl((unsigned char)name[i])) {
            return hvctl_fail(h, HVCTL_INVALID, 0,
                              "a guest's name can't have a slash or a control character in it");
        }
    }
    if (strspn(name, "0123456789") == length || uuid_parse(name, uuid)) {
        return hvctl_fail(h, HVCTL_INVALID, 0,
                          "a guest can't be called %s: that would be taken for a domid or a uuid",
                          name);
    }
    return 0;
}

/* Calls found() for each domain that has a name in the store, until it returns true. */
static int each_name(struct hvctl *h, uint32_t t, const char *wanted, uint32_t except,
                     uint32_t *owner)
{
    char **domids;
    size_t count;
    int error = hvctl_store_list(h, t, "/local/domain", &domids, &count);

    *owner = HVCTL_NO_DOMAIN;
    if (error) {
        return error == -HVCTL_NOT_FOUND ? 0 : error;
    }
    for (size_t i = 0; i < count && !error && *owner == HVCTL_NO_DOMAIN; i++) {
        char *name, *end;
        unsigned long domid = strtoul(domids[i], &end, 10);

        if (*end || domid == except) {
            continue;
        }
        error = store_get(h, t, &name, "/local/domain/%s/name", domids[i]);
        if (error == -HVCTL_NOT_FOUND) {
            error = 0;
            continue;
        }
        if (!error && !strcmp(name, wanted)) {
            *owner = (uint32_t)domid;
        }
        if (!error) {
            free(name);
        }
    }
    free(domids);
    return error;
}

int name_unused(struct hvctl *h, uint32_t transaction, const char *name, uint32_t domid)
{
    uint32_t owner;
    int error = each_name(h, transaction, name, domid, &owner);

    if (!error && owner != HVCTL_NO_DOMAIN) {
        error =
            hvctl_fail(h, HVCTL_EXISTS, EEXIST, "the name %s is taken by domain %u", name, owner);
    }
    return error;
}

static int find_uuid(struct hvctl *h, const uint8_t uuid[16], uint32_t *domid)
{
    struct xen_domctl_getdomaininfo *infos;
    size_t count;
    int error = domain_look_all(h, &infos, &count);

    if (error) {
        return error;
    }
    error = -HVCTL_NOT_FOUND;
    for (size_t i = 0; i < count && error; i++) {
        /* A dying one may have the uuid still of the one that was started in its place. */
        if (!(infos[i].flags & XEN_DOMINF_dying) &&
            !memcmp(infos[i].handle, uuid, sizeof(infos[i].handle))) {
            *domid = infos[i].domain;
            error = 0;
        }
    }
    free(infos);
    return error;
}

int hvctl_find(struct hvctl *h, const char *which, uint32_t *domid)
{
    struct xen_domctl_getdomaininfo info;
    uint8_t uuid[16];
    uint32_t owner = HVCTL_NO_DOMAIN;
    int error;

    if (which[0] && strspn(which, "0123456789") == strlen(which)) {
        unsigned long number = strtoul(which, NULL, 10);

        owner = number < DOMID_FIRST_RESERVED ? (uint32_t)number : HVCTL_NO_DOMAIN;
        error = domain_look(h, owner, &info);
        if (error == -HVCTL_NOT_FOUND) {
            return hvctl_fail(h, HVCTL_NOT_FOUND, ESRCH, "there is no domain %s" REMEDY, which);
        }
    } else if (uuid_parse(which, uuid)) {
        error = find_uuid(h, uuid, &owner);
        if (error == -HVCTL_NOT_FOUND) {
            return hvctl_fail(h, HVCTL_NOT_FOUND, ESRCH,
                              "there is no guest with the uuid %s" REMEDY, which);
        }
    } else {
        error = each_name(h, HVCTL_NO_TRANSACTION, which, HVCTL_NO_DOMAIN, &owner);
        if (!error && owner == HVCTL_NO_DOMAIN) {
            return hvctl_fail(h, HVCTL_NOT_FOUND, ESRCH, "there is no guest called %s" REMEDY,
                              which);
        }
    }
    if (!error) {
        *domid = owner;
    }
    return error;
}
