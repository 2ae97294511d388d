/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests that change nodes, in a transaction or at once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"

/* What is done: in a transaction the commit comes later. */
static int done(struct request *request)
{
    request->commit = !request->transaction;
    return request_ok(request);
}

static int node_quota(const struct request *request)
{
    uint16_t domid = request->by->domid;
    int32_t nodes =
        owners_of(&request->store->owners, domid) + owners_of(&request->change->owners, domid);

    return !privileged(request->by) && nodes > (int32_t)request->store->quotas.limit[QUOTA_NODES]
               ? -ENOSPC
               : 0;
}

/*
 * Makes the node request->path, and the folders that are missing. A node inherits the list of
 * permissions of the nearest there is; a guest owns what it makes.
 */
static int make(struct request *request, struct value *value)
{
    const struct node *nearest = tree_nearest(request->change->root, request->path);
    struct perms *perms = privileged(request->by)
                              ? perms_get(nearest->perms)
                              : perms_with_owner(nearest->perms, request->by->domid);
    struct value *empty = value_new("", 0);
    char *path = request->path, *slash = path;
    int error = perms && empty && value ? 0 : -ENOMEM;

    request->change->quiet = true; /* a watch on a folder hears of what is made in it */
    while (!error && (slash = strchr(slash + 1, '/'))) {
        *slash = '\0';
        if (!tree_find(request->change->root, path))
            error = change_add(request->change, path, perms, empty);
        *slash = '/';
        if (!error)
            error = node_quota(request);
    }
    request->change->quiet = false;
    if (!error)
        error = change_add(request->change, path, perms, value);
    if (!error)
        error = node_quota(request);
    value_put(empty);
    perms_put(perms);
    return error;
}

/* In a transaction a failed step must leave no trace of itself. */
struct step {
    struct node *root;
    size_t items;
    uint32_t touched;
    struct owners owners;
};

static int step_begin(const struct request *request, struct step *step)
{
    *step = (struct step){.items = request->change->items.len,
                          .touched = request->change->touched.count};
    if (!owners_merge(&step->owners, &request->change->owners))
        return -ENOMEM;
    step->root = tree_get(request->change->root);
    return 0;
}

static int step_end(struct request *request, struct step *step, int error)
{
    if (error) {
        tree_put(request->change->root);
        owners_free(&request->change->owners);
        request->change->root = step->root;
        request->change->items.len = step->items;
        request->change->items.failed = request->change->failed = false;
        pathset_cut(&request->change->touched, step->touched);
        request->change->owners = step->owners;
    } else {
        tree_put(step->root);
        owners_free(&step->owners);
    }
    return error;
}

int request_write(struct request *request)
{
    const char *end = memchr(request->body, 0, request->len);
    const struct node *node;
    struct value *value;
    struct step step;
    size_t len;
    int error;

    if (!request->len || !end)
        return -EINVAL;
    error = request_look(request, request->body, (size_t)(end - request->body), PERM_WRITE,
                         SEEN_VALUE, &node);
    if (error && error != -ENOENT)
        return error;
    len = request->len - (size_t)(end + 1 - request->body);
    if (!privileged(request->by) && len > request->store->quotas.limit[QUOTA_NODE_SIZE])
        return -ENOSPC;
    error = step_begin(request, &step);
    if (error)
        return error;
    value = value_new(end + 1, len);
    if (!value)
        error = -ENOMEM;
    else if (node)
        error = change_set_value(request->change, request->path, value);
    else
        error = make(request, value);
    value_put(value);
    error = step_end(request, &step, error);
    return error ? error : done(request);
}

int request_mkdir(struct request *request)
{
    const struct node *node;
    const char *name;
    struct value *value;
    struct step step;
    int error;

    if (request_texts(request, &name, 1) < 0)
        return -EINVAL;
    error = request_look(request, name, strlen(name), PERM_WRITE, 0, &node);
    if (!error)
        return request_ok(request); /* it is there */
    if (error != -ENOENT)
        return error;
    error = step_begin(request, &step);
    if (error)
        return error;
    value = value_new("", 0);
    error = step_end(request, &step, make(request, value));
    value_put(value);
    return error ? error : done(request);
}

int request_rm(struct request *request)
{
    const struct node *node;
    const char *name;
    char folder[PATH_MAX_BYTES];
    struct step step;
    int error;

    if (request_texts(request, &name, 1) < 0)
        return -EINVAL;
    error = request_look(request, name, strlen(name), PERM_WRITE, SEEN_BELOW, &node);
    if (error == -ENOENT) {
        strcpy(folder, request->path);
        path_cut(folder);
        return tree_find(request->change->root, folder) ? request_ok(request) : -ENOENT;
    }
    if (error)
        return error;
    if (!request->path[1])
        return -EINVAL;
    error = step_begin(request, &step);
    if (!error)
        error = step_end(request, &step, change_remove(request->change, request->path));
    return error ? error : done(request);
}

static int special_perms(struct request *request, const char *name, struct perms *perms)
{
    int i;

    for (i = 0; i < SPECIAL_COUNT && strcmp(special_names[i], name); i++)
        ;
    if (i == SPECIAL_COUNT)
        return -ENOENT;
    if (!privileged(request->by))
        return -EACCES;
    if (request->transaction)
        return -EINVAL; /* it is no node: there is nothing to undo it by */
    bytes_add_u8(&request->own.items, ITEM_SPECIAL);
    bytes_add_u8(&request->own.items, (uint8_t)i);
    perms_save(perms, &request->own.items);
    return i;
}

static void special_perms_after(struct request *request)
{
    int i;

    for (i = 0; strcmp(special_names[i], request->body); i++)
        ;
    perms_put(request->store->special[i]);
    request->store->special[i] = request->perms;
    request->perms = NULL;
}

static int node_perms(struct request *request, const char *name, struct perms *perms)
{
    struct connection *by = request->by;
    const struct node *node;
    int error = request_look(request, name, strlen(name), PERM_WRITE, 0, &node);
    struct step step;
    uint16_t owner;

    if (error)
        return error;
    owner = node->perms->list[0].domid;
    if (!privileged(by)) {
        if (owner != by->domid && owner != by->target)
            return -EACCES;
        if (perms->list[0].domid != owner)
            return -EPERM;
        if (perms->count > request->store->quotas.limit[QUOTA_PERMISSIONS])
            return -ENOSPC;
    }
    error = step_begin(request, &step);
    return error
               ? error
               : step_end(request, &step, change_set_perms(request->change, request->path, perms));
}

int request_set_perms(struct request *request)
{
    const char *name = request->body, *list;
    int error;

    if (!request->len || !memchr(name, 0, request->len))
        return -EINVAL;
    list = name + strlen(name) + 1;
    error = perms_parse(list, request->len - (size_t)(list - name), &request->perms);
    if (error)
        return error;
    if (*name == '@') {
        error = special_perms(request, name, request->perms);
        if (error >= 0) {
            request->after = special_perms_after;
            error = 0;
        }
    } else {
        error = node_perms(request, name, request->perms);
    }
    return error ? error : done(request);
}
