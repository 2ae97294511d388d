/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the doubly linked circular list. A list head that is alone points at itself; so does an
 * element outside a list.
 */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include "lib/types.h"

struct list {
    struct list *next, *prev;
};

#define LIST_INIT(name)                                                                            \
    {                                                                                              \
        &(name), &(name)                                                                           \
    }

static inline void list_init(struct list *l)
{
    l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
    return l->next == l;
}

/* Puts e right before pos: at the tail, when pos is the head. */
static inline void list_add_before(struct list *pos, struct list *e)
{
    e->next = pos;
    e->prev = pos->prev;
    pos->prev->next = e;
    pos->prev = e;
}

static inline void list_add_head(struct list *head, struct list *e)
{
    list_add_before(head->next, e);
}

static inline void list_add_tail(struct list *head, struct list *e)
{
    list_add_before(head, e);
}

/* Takes e out of its list and leaves it alone, so that a second removal does nothing. */
static inline void list_del(struct list *e)
{
    e->prev->next = e->next;
    e->next->prev = e->prev;
    list_init(e);
}

#define list_entry(ptr, type, member) container_of(ptr, type, member)
#define list_for_each(pos, head)      for (pos = (head)->next; pos != (head); pos = pos->next)
#define list_for_each_safe(pos, tmp, head)                                                         \
    for (pos = (head)->next, tmp = pos->next; pos != (head); pos = tmp, tmp = pos->next)

#endif
