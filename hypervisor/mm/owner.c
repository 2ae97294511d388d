/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the table of owners by domid: a page of pointers for 512 domids, made when the first of them
 * is needed, never freed.
 */
#include "mm/owner.h"
#include "lib/errno.h"
#include "mm/heap.h"

#define LEAF OWNERS_A_PAGE

static struct owner **leaves[65536 / LEAF];
static spinlock_t owners_lock = SPINLOCK_INIT(RANK_OWNER);

int owner_init(struct owner *o, domid_t id, uint64_t max_pages)
{
    struct owner **leaf = leaves[id / LEAF];

    o->id = id;
    o->list = o->lingering = OWNER_LIST_END;
    o->max_pages = max_pages;
    spin_init(&o->lock, RANK_OWNER);
    if (!leaf) {
        leaf = heap_alloc(LEAF * sizeof(*leaf));
        if (!leaf)
            return -ENOMEM;
        spin_lock(&owners_lock);
        if (leaves[id / LEAF]) {
            spin_unlock(&owners_lock);
            heap_free(leaf);
            leaf = leaves[id / LEAF];
        } else {
            leaves[id / LEAF] = leaf;
            spin_unlock(&owners_lock);
        }
    }
    __atomic_store_n(&leaf[id % LEAF], o, __ATOMIC_RELEASE);
    return 0;
}

void owner_forget(struct owner *o)
{
    __atomic_store_n(&leaves[o->id / LEAF][o->id % LEAF], NULL, __ATOMIC_RELEASE);
}

struct owner *owner_find(domid_t id)
{
    struct owner **leaf = leaves[id / LEAF];

    return leaf ? __atomic_load_n(&leaf[id % LEAF], __ATOMIC_ACQUIRE) : NULL;
}
