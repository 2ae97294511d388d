/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the frame table: one record of 24 bytes for each frame of RAM, and the references on frames.
 *
 * A frame is free (refs 0, in a free list), the hypervisor's own (owner DOMID_XEN), a domain's, or
 * no RAM at all (owner DOMID_IO). The hypervisor's own has FRAME_ALLOCATED and the count 0, so that
 * nobody can take a reference on it: not even who read another owner a moment ago. Its references
 * begin when it is assigned to a domain, by one store. A domain's frame has one reference that is
 * the ownership itself (FRAME_ALLOCATED), and one for each mapping or use; it goes back to the
 * allocator with the last. `type` is the type machine's word (mm/type_word.h).
 */
#ifndef MM_FRAME_H
#define MM_FRAME_H

#include <xen/xen.h>

#include "cpu/layout.h"
#include "lib/types.h"

struct frame {
    uint64_t type;       /* mm/type_word.h; atomic */
    uint32_t refs;       /* FRAME_ALLOCATED and the count; atomic */
    uint16_t owner;      /* a domid; changes only while the count is 0 */
    uint8_t order;       /* of a free block, in its first frame */
    uint8_t flags;       /* FRAME_*: under the owner's lock, or the heap's while free */
    uint32_t next, prev; /* the owner's list, or a free list */
};
_Static_assert(sizeof(struct frame) == 24, "the frame table's size is a promise");

#define FRAME_ALLOCATED 0x80000000U
#define FRAME_COUNT     0x7fffffffU
#define FRAME_COUNT_LIMIT                                                                          \
    0x7ffffff0U /* a reference beyond is refused; the type machine's own, one a frame, has room */

#define FRAME_DIRTY       1  /* free, was a domain's: to be zeroed before another sees it */
#define FRAME_FREE        2  /* the first frame of a free block */
#define FRAME_SHARED      4  /* the hypervisor's, shared with its owner: not in its tot_pages */
#define FRAME_RAM         8  /* the firmware's map says RAM */
#define FRAME_LISTED      16 /* in its owner's list */
#define FRAME_LINGERS     32 /* with FRAME_LISTED: in the list of lingering ones */
#define FRAME_DIRTY_BLOCK 64 /* with FRAME_FREE: some frame of the block may be dirty */

#define frame_table ((struct frame *)FRAME_TABLE_START)
#define m2p         ((uint64_t *)M2P_RW_START)

#define FRAMES_PER_SECTION 512 /* 2 MiB: the grain at which the frame table exists */

extern uint64_t *frame_sections; /* bit set: the table has records of its own for this section */
extern uint64_t frame_limit;     /* first MFN beyond the table */

/* Whether a record says what the frame is. Sections without RAM share one set, which can only be
 * read: no RAM. */
static inline bool mfn_valid(mfn_t m)
{
    return m.n < frame_limit;
}

/* Whether the record is the frame's own; the others of its section are then, too. */
static inline bool mfn_recorded(mfn_t m)
{
    uint64_t s = m.n / FRAMES_PER_SECTION;

    return m.n < frame_limit && frame_sections[s / 64] >> (s % 64) & 1;
}

static inline struct frame *frame_of(mfn_t m)
{
    return (struct frame *)((uintptr_t)frame_table +
                            m.n * sizeof(struct frame)); /* any number: nothing is looked at */
}

static inline mfn_t frame_mfn(const struct frame *f)
{
    return mfn((uint64_t)(f - frame_table));
}

/* Whether the frame is RAM of some domain (not the hypervisor's, not a device's). */
static inline bool frame_is_domains(const struct frame *f)
{
    return f->owner < DOMID_FIRST_RESERVED;
}

/* From frame_put: the last reference on a domain's frame is gone (mm/alloc.c). */
void frame_free_last(struct frame *f);

/* Another reference for who holds one already; false when there are too many. */
static inline bool __must_check frame_get_again(struct frame *f)
{
    uint32_t x = READ_ONCE(f->refs);

    do {
        /* none, or too many; the shift takes FRAME_ALLOCATED away */
        if ((x << 1) - 2 >= 2 * (FRAME_COUNT_LIMIT - 1))
            return false;
    } while (!__atomic_compare_exchange_n(&f->refs, &x, x + 1, false, __ATOMIC_SEQ_CST,
                                          __ATOMIC_RELAXED));
    return true;
}

/* Gives a reference back; the last one frees the frame. */
static inline void frame_put(struct frame *f)
{
    uint32_t left = __atomic_sub_fetch(&f->refs, 1, __ATOMIC_SEQ_CST);

    if (unlikely(!(left & FRAME_COUNT)))
        frame_free_last(f);
}

/*
 * Takes a reference on a frame that `owner` owns; false when it does not, or when there are too
 * many. The frame can't change owner while the reference is held.
 */
static inline bool __must_check frame_get(mfn_t m, domid_t owner)
{
    struct frame *f;

    if (!mfn_valid(m))
        return false;
    f = frame_of(m);
    if (READ_ONCE(f->owner) != owner || !frame_get_again(f))
        return false;
    if (likely(READ_ONCE(f->owner) ==
               owner)) /* it could have changed until the reference was there */
        return true;
    frame_put(f);
    return false;
}

/*
 * The type machine's own reference on a frame that has others: never refused, at most one at a
 * time.
 */
void frame_get_for_state(struct frame *f);

/* Takes away the owner's own reference, once: true when it was there; the caller puts it. */
bool frame_disown(struct frame *f) __must_check;

/*
 * Takes the owner's own reference away and gives it back: the frame goes with its last use. False
 * when it was gone already.
 */
bool frame_release(struct frame *f);

#endif
