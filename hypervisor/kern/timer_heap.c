/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the heap of timers. Node number n (from 1, by levels) is reached from the root by the bits
 * of n below its highest: 0 is left, 1 is right. A parent never expires after its child.
 */
#include "kern/timer_heap.h"
#include "lib/bits.h"

/* The link that holds node number n, or would; *parent is the node above it. */
static struct timer **link_of(struct timer_heap *h, uint64_t n, struct timer **parent)
{
    struct timer **link = &h->root;
    unsigned int bits = bit_width(n) - 1;

    *parent = NULL;
    while (bits--) {
        *parent = *link;
        link = n >> bits & 1 ? &(*link)->right : &(*link)->left;
    }
    return link;
}

static struct timer **own_link(struct timer_heap *h, struct timer *t)
{
    if (!t->parent)
        return &h->root;
    return t->parent->left == t ? &t->parent->left : &t->parent->right;
}

static void adopt(struct timer *t)
{
    if (t->left)
        t->left->parent = t;
    if (t->right)
        t->right->parent = t;
}

/* Exchanges a parent with its child. */
static void swap(struct timer_heap *h, struct timer *parent, struct timer *child)
{
    struct timer *left = child->left, *right = child->right;

    *own_link(h, parent) = child;
    child->parent = parent->parent;
    if (parent->left == child) {
        child->left = parent;
        child->right = parent->right;
    } else {
        child->right = parent;
        child->left = parent->left;
    }
    parent->left = left;
    parent->right = right;
    adopt(child);
    adopt(parent);
}

static void sift_up(struct timer_heap *h, struct timer *t)
{
    while (t->parent && t->expires < t->parent->expires)
        swap(h, t->parent, t);
}

static void sift_down(struct timer_heap *h, struct timer *t)
{
    for (;;) {
        struct timer *least = t->left;

        if (t->right && t->right->expires < least->expires)
            least = t->right;
        if (!least || t->expires <= least->expires)
            return;
        swap(h, t, least);
    }
}

void timer_heap_insert(struct timer_heap *h, struct timer *t)
{
    struct timer *parent;
    struct timer **link = link_of(h, ++h->count, &parent);

    t->left = t->right = NULL;
    t->parent = parent;
    t->active = true;
    *link = t;
    sift_up(h, t);
}

void timer_heap_remove(struct timer_heap *h, struct timer *t)
{
    struct timer *parent;
    struct timer **link = link_of(h, h->count--, &parent);
    struct timer *last = *link;

    *link = NULL;
    if (last != t) { /* the last node takes its place, then finds its own */
        last->left = t->left;
        last->right = t->right;
        last->parent = t->parent;
        *own_link(h, t) = last;
        adopt(last);
        sift_up(h, last);
        sift_down(h, last);
    }
    t->left = t->right = t->parent = NULL;
    t->active = false;
}

bool timer_heap_valid(const struct timer_heap *h)
{
    struct timer_heap *m = (struct timer_heap *)(uintptr_t)h;
    uint64_t n;

    for (n = 1; n <= h->count; n++) {
        struct timer *parent, *t = *link_of(m, n, &parent);

        if (!t || t->parent != parent || !t->active || (parent && t->expires < parent->expires))
            return false;
        if (2 * n > h->count && (t->left || t->right))
            return false;
        if (2 * n == h->count && t->right)
            return false;
    }
    return h->count || !h->root;
}
