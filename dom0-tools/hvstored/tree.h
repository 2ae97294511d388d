/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of nodes. Nodes are shared between trees by reference counts: a second reference to
 * a root is a snapshot of the whole tree, at no cost. Whoever changes a tree copies the nodes on
 * the way that others refer to as well, and only these; therefore a subtree whose node is still
 * the same one in two trees has not changed.
 */
#ifndef HVSTORED_TREE_H
#define HVSTORED_TREE_H

#include "perms.h"

/* A value; never changes. */
struct value {
    uint32_t refs;
    uint32_t len;
    char data[];
};

struct node {
    uint32_t refs;
    uint32_t count;      /* children */
    uint64_t generation; /* of the list of children; grows with each change of any list */
    struct value *value;
    struct perms *perms;
    struct node **children; /* sorted by name */
    uint32_t room;          /* children there is memory for */
    char name[];            /* without its folder; "" for the root */
};

/* How many nodes each domain owns, or by how many a change alters that. */
struct owner {
    uint16_t domid;
    int32_t nodes;
};
struct owners {
    struct owner *list;
    uint32_t count, size;
};

/* Told the path of each node of a walk, its folder first; stops when it returns false. */
typedef bool tree_visit(const struct node *node, const char *path, void *context);

/* NULL, here and below: there is no memory. */
struct value *value_new(const void *data, size_t len);
struct value *value_get(struct value *value);
void value_put(struct value *value);

/* A root of its own: no value, owned by domain 0, nobody else may anything. */
struct node *tree_new(void);
struct node *tree_get(struct node *root);
void tree_put(struct node *root);

/* The node of a name, or NULL. The second returns the nearest that there is on the way to it. */
const struct node *tree_find(const struct node *root, const char *path);
const struct node *tree_nearest(const struct node *root, const char *path);

/*
 * Changes of a tree; *root is replaced where others refer to it. generation: for lists that
 * change; it must be higher than any before. owners: gets the difference, or NULL. They return 0,
 * or -ENOENT where the node (for tree_add its folder) is not there, -EEXIST (tree_add), -ENOMEM:
 * the tree says the same as before, owners may not.
 */
int tree_add(struct node **root, const char *path, struct perms *perms, struct value *value,
             uint64_t generation, struct owners *owners) __attribute__((warn_unused_result));
int tree_set_value(struct node **root, const char *path, struct value *value)
    __attribute__((warn_unused_result));
int tree_set_perms(struct node **root, const char *path, struct perms *perms, struct owners *owners)
    __attribute__((warn_unused_result));
/* -EINVAL for the root. */
int tree_remove(struct node **root, const char *path, uint64_t generation, struct owners *owners)
    __attribute__((warn_unused_result));

/* Visits a node and all below it; false when the visitor stopped. */
bool tree_walk(const struct node *top, const char *path, tree_visit *visit, void *context);

int32_t owners_of(const struct owners *owners, uint16_t domid);
/* False without memory. */
bool owners_add(struct owners *owners, uint16_t domid, int32_t nodes)
    __attribute__((warn_unused_result));
/* Adds one table to another. False without memory, and nothing was added. */
bool owners_merge(struct owners *owners, const struct owners *more);
/* Makes room, so that a later merge can't fail. */
bool owners_room(struct owners *owners, const struct owners *more)
    __attribute__((warn_unused_result));
void owners_free(struct owners *owners);

#endif
