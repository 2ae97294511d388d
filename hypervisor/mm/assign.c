/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the frames of an owner: its lists and accounts, under its lock. A dying owner's frames go
 * from the one list to the other as it gives them up; who is in the second waits for its last use.
 */
#include "lib/errno.h"
#include "mm/alloc.h"
#include "mm/tlb.h"

static void owner_link_in(uint32_t *list, struct frame *f)
{
    f->prev = OWNER_LIST_END;
    f->next = *list;
    if (*list != OWNER_LIST_END)
        frame_table[*list].prev = (uint32_t)frame_mfn(f).n;
    *list = (uint32_t)frame_mfn(f).n;
}

static void owner_link(struct owner *o, struct frame *f)
{
    f->flags |= FRAME_LISTED;
    owner_link_in(&o->list, f);
}

static void owner_unlink(struct owner *o, struct frame *f)
{
    if (f->prev != OWNER_LIST_END)
        frame_table[f->prev].next = f->next;
    else if (f->flags & FRAME_LINGERS)
        o->lingering = f->next;
    else
        o->list = f->next;
    if (f->next != OWNER_LIST_END)
        frame_table[f->next].prev = f->prev;
    f->flags &= (uint8_t) ~(FRAME_LISTED | FRAME_LINGERS);
}

void owner_kill(struct owner *o)
{
    spin_lock(&o->lock);
    o->dying = true;
    spin_unlock(&o->lock);
    owner_claim_drop(o);
}

int owner_first_frame(struct owner *o, mfn_t *m)
{
    int rc = 0;

    *m = MFN_INVALID;
    spin_lock(&o->lock);
    if (o->list != OWNER_LIST_END) {
        *m = mfn(o->list);
        if (!frame_get_again(frame_of(*m)))
            rc = -ERESTART;
    }
    spin_unlock(&o->lock);
    return rc;
}

void owner_give_up(struct owner *o, mfn_t m)
{
    struct frame *f = frame_of(m);

    spin_lock(&o->lock);
    owner_unlink(o, f);
    f->flags |= FRAME_LISTED | FRAME_LINGERS;
    owner_link_in(&o->lingering, f);
    spin_unlock(&o->lock);
    (void)frame_release(f); /* it may have been given back already, and be in use still */
    frame_put(f);
}

bool owner_empty_or(struct owner *o, void (*gone)(struct owner *))
{
    bool empty;

    spin_lock(&o->lock);
    empty = !o->tot_pages && !o->shared_pages;
    if (!empty)
        o->last_frame_gone = gone;
    spin_unlock(&o->lock);
    return empty;
}

int frames_assign(struct owner *o, mfn_t m, unsigned int order)
{
    return frames_assign_extra(o, m, order, 0);
}

int frames_assign_extra(struct owner *o, mfn_t m, unsigned int order, uint64_t extra)
{
    uint64_t i, frames = 1UL << order;
    int rc = 0;

    spin_lock(&o->lock);
    if (o->dying)
        rc = -EINVAL;
    else if (o->tot_pages + frames > o->max_pages + extra)
        rc = -ENOMEM;
    else
        o->tot_pages += frames;
    for (i = 0; !rc && i < frames; i++) {
        struct frame *f = frame_of(mfn_add(m, i));

        f->owner = o->id;
        smp_wmb(); /* pairs with frame_get(): who gets a reference sees the owner */
        __atomic_store_n(&f->refs, FRAME_ALLOCATED | 1, __ATOMIC_RELEASE);
        owner_link(o, f);
    }
    spin_unlock(&o->lock);
    return rc;
}

int frame_share(struct owner *o, mfn_t m)
{
    struct frame *f = frame_of(m);
    int rc = 0;

    spin_lock(&o->lock);
    if (o->dying) {
        rc = -EINVAL;
    } else {
        o->shared_pages++;
        f->owner = o->id;
        f->flags |= FRAME_SHARED;
        __atomic_store_n(&f->refs, FRAME_ALLOCATED | 1, __ATOMIC_RELEASE);
    }
    spin_unlock(&o->lock);
    return rc;
}

void frame_free_last(struct frame *f)
{
    struct owner *o = owner_find(f->owner);
    uint64_t epoch = MAX(tlb_epoch_now(), 1);
    void (*gone)(struct owner *) = NULL;

    spin_lock(&o->lock);
    if (f->flags & FRAME_SHARED)
        o->shared_pages--;
    else
        o->tot_pages--;
    if (f->flags & FRAME_LISTED)
        owner_unlink(o, f);
    if (!o->tot_pages && !o->shared_pages)
        gone = o->last_frame_gone;
    spin_unlock(&o->lock);
    f->owner = DOMID_XEN;
    m2p[frame_mfn(f).n] = ~0UL;
    frames_give(frame_mfn(f), 0, FRAME_DIRTY, epoch);
    if (gone)
        gone(o);
}
