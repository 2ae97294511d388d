/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns free frames: a buddy allocator in zones by address width.
 *
 * Blocks of 2^order frames, naturally aligned. Frames that a domain owned are zeroed before another
 * domain gets them; stale translations of them are flushed first.
 */
#ifndef MM_ALLOC_H
#define MM_ALLOC_H

#include "lib/types.h"
#include "mm/frame.h"
#include "mm/owner.h"

#define MAX_ORDER 10 /* 4 MiB */

#define ALLOC_ZERO  1 /* zero every frame; else only those that a domain owned */
#define ALLOC_DIRTY 2 /* for the hypervisor or the frames' last owner: as they are */

/*
 * Takes a block. `bits`: every address in it is below 2^bits (64: anywhere). High addresses are
 * taken first. Its frames get owner DOMID_XEN and one reference. MFN_INVALID when there is none.
 * Interrupts on.
 */
mfn_t frames_alloc(unsigned int order, unsigned int bits, unsigned int flags) __must_check;

/* The same for a domain: from what is set aside for it first. */
mfn_t frames_alloc_for(struct owner *o, unsigned int order, unsigned int bits,
                       unsigned int flags) __must_check;

/*
 * Sets frames aside for an owner, so that it will own `pages` when it has got them all; nobody else
 * gets them. 0 pages: what is left goes back.
 * -EINVAL: something is set aside already, or it owns as many, or may not own as many, or is dying;
 * -ENOMEM: not that many are free.
 */
int owner_claim(struct owner *o, uint64_t pages) __must_check;
void owner_claim_drop(struct owner *o);
uint64_t frames_claimed_count(void);

/* Gives back a block from frames_alloc(): frames with owner DOMID_XEN and one reference. */
void frames_free(mfn_t m, unsigned int order);

/*
 * For mm/: a block that nobody uses goes to the free lists; `flags` FRAME_DIRTY or 0, stale
 * translations are not younger than `epoch`.
 */
void frames_give(mfn_t m, unsigned int order, uint8_t flags, uint64_t epoch);

/* Whether free frames are left that frames_scrub() should zero before somebody wants them. */
bool frames_to_scrub(void);

/*
 * Zeroes one dirty free frame, or finds a block clean, or flushes who may still write to one: a
 * step at a time, for a CPU that has nothing else to do. Interrupts on.
 */
void frames_scrub(void);

/* Gives the RAM frames first <= n < end to the allocator, boot only; `flags` FRAME_DIRTY or 0. */
void frames_release(uint64_t first, uint64_t end, unsigned int flags);

/*
 * Gives a block from frames_alloc() to a domain: counted and listed, one reference a frame that is
 * the ownership.
 * -ENOMEM: beyond its allowance; -EINVAL: it is dying.
 */
int frames_assign(struct owner *o, mfn_t m, unsigned int order) __must_check;

/*
 * The same for an exchange: the owner may go up to `extra` frames beyond its allowance, until the
 * old ones are gone.
 */
int frames_assign_extra(struct owner *o, mfn_t m, unsigned int order, uint64_t extra) __must_check;

/*
 * As frames_assign, for one page that the hypervisor goes on using: FRAME_SHARED, not counted in
 * tot_pages.
 */
int frame_share(struct owner *o, mfn_t m) __must_check;

/* The owner dies: no frame is assigned or shared from here on. */
void owner_kill(struct owner *o);

/*
 * A dying owner's frames, one by one: the first that it still has, with a reference, or
 * MFN_INVALID. owner_give_up() takes its ownership away, after which it is another's turn; it lives
 * on as long as somebody uses it. -ERESTART: another CPU is about to free it.
 */
int owner_first_frame(struct owner *o, mfn_t *m) __must_check;
void owner_give_up(struct owner *o, mfn_t m);

/* Whether the dying owner has no frame left; if it has, `gone` is called once with its last one. */
bool owner_empty_or(struct owner *o, void (*gone)(struct owner *)) __must_check;

uint64_t frames_free_count(void);

/*
 * The audit's: walks the free lists; *frames gets how many frames are in them. False when a block
 * is not what its record says, or the account differs. Bound: the free frames of the host.
 */
bool alloc_check(uint64_t *frames);
void alloc_dump(void);

#endif
