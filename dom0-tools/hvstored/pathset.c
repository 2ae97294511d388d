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

/* The index anew, of a number of slots. */
static void make_index(struct pathset *set, uint32_t slots)
{
    uint32_t i, at;

    set->slots = slots;
    free(set->index);
    set->index = mem_zalloc(set->slots * sizeof(set->index[0]));
    for (i = 0; i < set->count; i++) {
        at = set->list[i].hash & (set->slots - 1);
        while (set->index[at])
            at = (at + 1) & (set->slots - 1);
        set->index[at] = i + 1;
    }
}

void pathset_add(struct pathset *set, const char *path, uint32_t flags)
{
    uint32_t hash = text_hash(path), *slot;

    if (set->slots < 2 * (set->count + 1))
        make_index(set, set->slots ? set->slots * 2 : 16);
    slot = place(set, path, hash);
    if (*slot) {
        set->list[*slot - 1].flags |= flags;
        return;
    }
    if (set->count == set->size) {
        set->size = set->size * 2 + 4;
        set->list = mem_resize(set->list, set->size * sizeof(set->list[0]));
    }
    set->list[set->count++] = (struct path_entry){mem_string(path), hash, flags};
    *slot = set->count;
}

void pathset_cut(struct pathset *set, uint32_t count)
{
    if (set->count == count)
        return;
    while (set->count > count)
        free(set->list[--set->count].path);
    make_index(set, set->slots);
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
