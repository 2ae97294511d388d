/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A set of paths, each with flags, in the order in which they came: what a transaction has
 * looked at, or what a change has touched.
 */
#ifndef HVSTORED_PATHSET_H
#define HVSTORED_PATHSET_H

#include <stdbool.h>
#include <stdint.h>

struct path_entry {
    char *path;
    uint32_t hash, flags;
};

struct pathset {
    struct path_entry *list;
    uint32_t *index; /* by hash: 1 + place in the list, 0 for none */
    uint32_t count, size, slots;
};

/* Adds a path, or flags to one that is there. False without memory: the set is as it was. */
bool pathset_add(struct pathset *set, const char *path, uint32_t flags)
    __attribute__((warn_unused_result));
/* Takes away what was added since there were count paths; flags added to those stay. */
void pathset_cut(struct pathset *set, uint32_t count);
void pathset_clear(struct pathset *set);

/* Of a text; also used for watches. */
uint32_t text_hash(const char *text);

#endif
