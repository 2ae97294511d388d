/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests that only look: values, lists of children, permissions.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"

/* The node that a body of exactly one name means. */
static int look_one(struct request *request, uint32_t seen, const struct node **node)
{
    const char *name;
    int n = request_texts(request, &name, 1);

    return n < 0 ? n : request_look(request, name, strlen(name), PERM_READ, seen, node);
}

int request_read(struct request *request)
{
    const struct node *node;
    int error = look_one(request, SEEN_VALUE, &node);

    if (!error)
        bytes_add(&request->reply, node->value->data, node->value->len);
    return error;
}

int request_directory(struct request *request)
{
    const struct node *node;
    int error = look_one(request, SEEN_CHILDREN, &node);
    uint32_t i;

    for (i = 0; !error && i < node->count; i++) {
        bytes_add(&request->reply, node->children[i]->name, strlen(node->children[i]->name) + 1);
        if (request->reply.len > XENSTORE_PAYLOAD_MAX)
            return -E2BIG;
    }
    return error;
}

/*
 * The list in pieces: the generation, so that the client sees when the list has changed between
 * two pieces, then whole names from an offset into the list on; behind the last an empty one.
 */
int request_directory_part(struct request *request)
{
    const struct node *node;
    const char *texts[2], *name;
    size_t offset, at = 0, len;
    uint32_t i;
    char *end;
    int n = request_texts(request, texts, 2);
    int error;

    if (n != 2 || texts[1][0] < '0' || texts[1][0] > '9')
        return -EINVAL;
    offset = strtoul(texts[1], &end, 10);
    if (*end)
        return -EINVAL;
    error = request_look(request, texts[0], strlen(texts[0]), PERM_READ, SEEN_CHILDREN, &node);
    if (error)
        return error;
    bytes_print(&request->reply, true, "%llu", (unsigned long long)node->generation);
    for (i = 0; i < node->count; i++, at += len) {
        name = node->children[i]->name;
        len = strlen(name) + 1;
        if (at < offset)
            continue;
        if (request->reply.len + len + 1 > XENSTORE_PAYLOAD_MAX)
            return 0;
        bytes_add(&request->reply, name, len);
    }
    bytes_add_u8(&request->reply, 0);
    return 0;
}

int request_get_perms(struct request *request)
{
    const struct node *node;
    const char *name;
    int error, i;

    if (request_texts(request, &name, 1) < 0)
        return -EINVAL;
    if (*name != '@') {
        error = look_one(request, SEEN_PERMS, &node);
        if (!error)
            perms_format(node->perms, &request->reply);
        return error;
    }
    for (i = 0; i < SPECIAL_COUNT && strcmp(special_names[i], name); i++)
        ;
    if (i == SPECIAL_COUNT)
        return -ENOENT;
    if (!may(request->by, request->store->special[i], PERM_READ))
        return -EACCES;
    perms_format(request->store->special[i], &request->reply);
    return 0;
}
