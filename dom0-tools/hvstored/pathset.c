/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A set of paths: a list, and beside it a table with open addressing that is never more than
 * half full.
 */
#include "pathset.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"

uint32_t text_hash(const char *text)
{
    uint32_t hash = 2166136261u;

    while (*text)
        hash = (hash ^ (uint8_t)*text++) * 16777619u;
    return hash;
}

static uint32_t *place(struct pathset *set, const char *path, uint32_t hash)
{
    uint32_t at = hash & (set->slots - 1);
    const struct path_entry *entry;

    for (; set->index[at]; at = (at + 1) & (set->slots - 1)) {
        entry = &set->list[set->index[at] - 1];
        if (entry->hash == hash && !strcmp(entry->path, path))
            break;
    }
    return &set->index[at];
}

/* Fills an index that is all zero. */
static void fill_index(struct pathset *set)
{
    uint32_t i, at;

    for (i = 0; i < set->count; i++) {
        at = set->list[i].hash & (set->slots - 1);
        while (set->index[at])
            at = (at + 1) & (set->slots - 1);
        set->index[at] = i + 1;
    }
}

static bool grow_index(struct pathset *set)
{
    uint32_t slots = set->slots ? set->slots * 2 : 16;
    uint32_t *index = mem_zalloc(slots * sizeof(index[0]));

    if (!index)
        return false;
    free(set->index);
    set->index = index;
    set->slots = slots;
    fill_index(set);
    return true;
}

static bool grow_list(struct pathset *set)
{
    uint32_t size = set->size * 2 + 4;
    struct path_entry *list = mem_resize(set->list, size * sizeof(list[0]));

    if (!list)
        return false;
    set->list = list;
    set->size = size;
    return true;
}

bool pathset_add(struct pathset *set, const char *path, uint32_t flags)
{
    uint32_t hash = text_hash(path), *slot;
    char *copy;

    if (set->slots < 2 * (set->count + 1) && !grow_index(set))
        return false;
    slot = place(set, path, hash);
    if (*slot) {
        set->list[*slot - 1].flags |= flags;
        return true;
    }
    copy = set->count < set->size || grow_list(set) ? mem_string(path) : NULL;
    if (!copy)
        return false;
    set->list[set->count++] = (struct path_entry){copy, hash, flags};
    *slot = set->count;
    return true;
}

void pathset_cut(struct pathset *set, uint32_t count)
{
    if (set->count == count)
        return;
    while (set->count > count)
        free(set->list[--set->count].path);
    memset(set->index, 0, set->slots * sizeof(set->index[0]));
    fill_index(set);
}

void pathset_clear(struct pathset *set)
{
    uint32_t i;

    for (i = 0; i < set->count; i++)
        free(set->list[i].path);
    free(set->list);
    free(set->index);
    *set = (struct pathset){0};
}
