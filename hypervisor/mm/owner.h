/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what memory management knows of a domain: an owner of frames, with an allowance and the list
 * of its frames.
 *
 * struct domain embeds one. Frames name their owner by domid; the table here turns that back into
 * the structure, which stays in place as long as it owns a frame.
 */
#ifndef MM_OWNER_H
#define MM_OWNER_H

#include <xen/xen.h>

#include "cpu/spinlock.h"
#include "lib/types.h"

struct owner {
    domid_t id;
    bool dying;      /* no new frames */
    spinlock_t lock; /* RANK_OWNER: the fields below */
    uint32_t list;   /* first frame of its list, OWNER_LIST_END when empty */
    uint32_t
        lingering; /* the same of frames that it gave up as it died, and that are still in use */
    uint64_t tot_pages;    /* frames it owns and that count */
    uint64_t max_pages;    /* its allowance */
    uint64_t claimed;      /* frames set aside for it, still free: under the allocator's lock */
    uint64_t shared_pages; /* frames the hypervisor shares with it: not counted above */
    void (*last_frame_gone)(struct owner *); /* when tot_pages and shared_pages reach 0 */
};

#define OWNER_LIST_END 0xffffffffU

#define OWNERS_A_PAGE 512 /* of the table by domid; a page of it is made when it is needed */

/* Sets it up and enters it in the table; nobody has the number. -ENOMEM. */
int owner_init(struct owner *o, domid_t id, uint64_t max_pages) __must_check;
void owner_forget(struct owner *o);
struct owner *owner_find(domid_t id);

#endif
