/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of nodes, copied on write. The depth is bounded by the length of a path, so that
 * walking down by recursion is as well.
 */
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "path.h"

struct value *value_new(const void *data, size_t len)
{
    struct value *value = mem_alloc(sizeof(*value) + len);

    if (!value)
        return NULL;
    value->refs = 1;
    value->len = (uint32_t)len;
    if (len)
        memcpy(value->data, data, len);
    return value;
}

struct value *value_get(struct value *value)
{
    value->refs++;
    return value;
}

void value_put(struct value *value)
{
    if (value && --value->refs == 0)
        free(value);
}

/* Takes over neither perms nor value: it has references of its own. */
static struct node *node_new(const char *name, size_t len, struct perms *perms, struct value *value)
{
    struct node *node = mem_zalloc(sizeof(*node) + len + 1);

    if (!node)
        return NULL;
    node->refs = 1;
    node->perms = perms_get(perms);
    node->value = value_get(value);
    memcpy(node->name, name, len);
    return node;
}

struct node *tree_new(void)
{
    struct perms *perms = perms_new(0, PERM_NONE);
    struct value *value = value_new("", 0);
    struct node *root = perms && value ? node_new("", 0, perms, value) : NULL;

    perms_put(perms);
    value_put(value);
    return root;
}

struct node *tree_get(struct node *root)
{
    root->refs++;
    return root;
}

void tree_put(struct node *root)
{
    uint32_t i;

    if (!root || --root->refs)
        return;
    for (i = 0; i < root->count; i++)
        tree_put(root->children[i]);
    perms_put(root->perms);
    value_put(root->value);
    free(root->children);
    free(root);
}

/* Makes the node that a place refers to the place's own; NULL without memory. */
static struct node *node_own(struct node **place)
{
    struct node *old = *place, *node;
    uint32_t i;

    if (old->refs == 1)
        return old;
    node = node_new(old->name, strlen(old->name), old->perms, old->value);
    if (!node)
        return NULL;
    node->generation = old->generation;
    if (old->count) {
        node->children = mem_alloc(old->count * sizeof(struct node *));
        if (!node->children) {
            tree_put(node);
            return NULL;
        }
        for (i = 0; i < old->count; i++)
            node->children[i] = tree_get(old->children[i]);
    }
    node->count = node->room = old->count;
    tree_put(old);
    *place = node;
    return node;
}

static int name_order(const char *name, size_t len, const char *other)
{
    int order = strncmp(name, other, len);

    return order ? order : -(other[len] != '\0');
}

/* Where a child is, or where it would be. */
static bool child_find(const struct node *node, const char *name, size_t len, uint32_t *at)
{
    uint32_t low = 0, high = node->count, middle;
    int order;

    while (low < high) {
        middle = (low + high) / 2;
        order = name_order(name, len, node->children[middle]->name);
        if (!order) {
            *at = middle;
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    *at = low;
    return false;
}

/* The next part of a path and its length; NULL at the end. */
static const char *next_part(const char **path, size_t *len)
{
    const char *part = *path;

    while (*part == '/')
        part++;
    *len = strcspn(part, "/");
    *path = part + *len;
    return *len ? part : NULL;
}

const struct node *tree_nearest(const struct node *root, const char *path)
{
    const char *part;
    size_t len;
    uint32_t at;

    while ((part = next_part(&path, &len))) {
        if (!child_find(root, part, len, &at))
            return root;
        root = root->children[at];
    }
    return root;
}

const struct node *tree_find(const struct node *root, const char *path)
{
    const char *part;
    size_t len;
    uint32_t at;

    if (*path != '/')
        return NULL;
    while ((part = next_part(&path, &len))) {
        if (!child_find(root, part, len, &at))
            return NULL;
        root = root->children[at];
    }
    return root;
}

/* The node of a path, there, and the nodes on the way, made the tree's own; NULL: no memory. */
static struct node *own_path(struct node **root, const char *path, size_t bytes)
{
    const char *part, *end = path + bytes;
    struct node *node = node_own(root);
    size_t len;
    uint32_t at;

    while (node && path < end && (part = next_part(&path, &len)) && part < end) {
        if (!child_find(node, part, len, &at))
            return NULL;
        node = node_own(&node->children[at]);
    }
    return node;
}

static bool more_room(struct node *node)
{
    uint32_t room = node->room + node->room / 2 + 2;
    struct node **children = mem_resize(node->children, room * sizeof(struct node *));

    if (!children)
        return false;
    node->children = children;
    node->room = room;
    return true;
}

int tree_add(struct node **root, const char *path, struct perms *perms, struct value *value,
             uint64_t generation, struct owners *owners)
{
    const char *name = strrchr(path, '/') + 1;
    char folder[PATH_MAX_BYTES];
    struct node *node, *fresh;
    uint32_t at;

    if (tree_find(*root, path))
        return -EEXIST;
    memcpy(folder, path, (size_t)(name - path));
    folder[name - path] = '\0';
    if (!tree_find(*root, folder))
        return -ENOENT;
    node = own_path(root, folder, strlen(folder));
    if (!node || (node->count == node->room && !more_room(node)))
        return -ENOMEM;
    fresh = node_new(name, strlen(name), perms, value);
    if (!fresh || (owners && !owners_add(owners, perms->list[0].domid, 1))) {
        tree_put(fresh);
        return -ENOMEM;
    }
    child_find(node, name, strlen(name), &at);
    memmove(&node->children[at + 1], &node->children[at],
            (node->count - at) * sizeof(struct node *));
    fresh->generation = generation;
    node->children[at] = fresh;
    node->count++;
    node->generation = generation;
    return 0;
}

int tree_set_value(struct node **root, const char *path, struct value *value)
{
    struct node *node;

    if (!tree_find(*root, path))
        return -ENOENT;
    node = own_path(root, path, strlen(path));
    if (!node)
        return -ENOMEM;
    value_get(value);
    value_put(node->value);
    node->value = value;
    return 0;
}

int tree_set_perms(struct node **root, const char *path, struct perms *perms, struct owners *owners)
{
    struct node *node;

    if (!tree_find(*root, path))
        return -ENOENT;
    node = own_path(root, path, strlen(path));
    if (!node || (owners && (!owners_add(owners, node->perms->list[0].domid, -1) ||
                             !owners_add(owners, perms->list[0].domid, 1))))
        return -ENOMEM;
    perms_get(perms);
    perms_put(node->perms);
    node->perms = perms;
    return 0;
}

static bool count_gone(const struct node *node, const char *path, void *owners)
{
    (void)path;
    return owners_add(owners, node->perms->list[0].domid, -1);
}

int tree_remove(struct node **root, const char *path, uint64_t generation, struct owners *owners)
{
    const char *name = strrchr(path, '/') + 1;
    struct node *folder;
    uint32_t at;

    if (!*name)
        return -EINVAL;
    if (!tree_find(*root, path))
        return -ENOENT;
    folder = own_path(root, path, (size_t)(name - path));
    if (!folder)
        return -ENOMEM;
    child_find(folder, name, strlen(name), &at);
    if (owners && !tree_walk(folder->children[at], path, count_gone, owners))
        return -ENOMEM;
    tree_put(folder->children[at]);
    folder->count--;
    memmove(&folder->children[at], &folder->children[at + 1],
            (folder->count - at) * sizeof(struct node *));
    folder->generation = generation;
    return 0;
}

/* path: a buffer of PATH_MAX_BYTES that holds the node's own, of len bytes. */
static bool walk(const struct node *node, char *path, size_t len, tree_visit *visit, void *context)
{
    size_t base = len == 1 ? 0 : len, more;
    uint32_t i;

    if (!visit(node, path, context))
        return false;
    for (i = 0; i < node->count; i++) {
        more = strlen(node->children[i]->name);
        path[base] = '/';
        memcpy(path + base + 1, node->children[i]->name, more + 1);
        if (!walk(node->children[i], path, base + 1 + more, visit, context))
            return false;
        path[len] = '\0';
    }
    return true;
}

bool tree_walk(const struct node *top, const char *path, tree_visit *visit, void *context)
{
    char buffer[PATH_MAX_BYTES];
    size_t len = strlen(path);

    memcpy(buffer, path, len + 1);
    return walk(top, buffer, len, visit, context);
}

int32_t owners_of(const struct owners *owners, uint16_t domid)
{
    uint32_t i;

    for (i = 0; i < owners->count; i++) {
        if (owners->list[i].domid == domid)
            return owners->list[i].nodes;
    }
    return 0;
}

static bool owners_grow(struct owners *owners, uint32_t size)
{
    struct owner *list =
        size > owners->size ? mem_resize(owners->list, size * sizeof(*list)) : NULL;

    if (list) {
        owners->list = list;
        owners->size = size;
    }
    return size <= owners->size;
}

bool owners_add(struct owners *owners, uint16_t domid, int32_t nodes)
{
    uint32_t i;

    for (i = 0; i < owners->count && owners->list[i].domid != domid; i++)
        ;
    if (i == owners->count) {
        if (i == owners->size && !owners_grow(owners, owners->size * 2 + 2))
            return false;
        owners->count++;
        owners->list[i] = (struct owner){domid, 0};
    }
    owners->list[i].nodes += nodes;
    return true;
}

bool owners_room(struct owners *owners, const struct owners *more)
{
    return owners_grow(owners, owners->count + more->count);
}

bool owners_merge(struct owners *owners, const struct owners *more)
{
    bool good = owners_room(owners, more);
    uint32_t i;

    for (i = 0; good && i < more->count; i++)
        good = owners_add(owners, more->list[i].domid, more->list[i].nodes);
    for (i = 0; i < owners->count;) {
        if (owners->list[i].nodes)
            i++;
        else
            owners->list[i] = owners->list[--owners->count];
    }
    return good;
}

void owners_free(struct owners *owners)
{
    free(owners->list);
    *owners = (struct owners){0};
}
