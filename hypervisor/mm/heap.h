/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the hypervisor's own memory: whole pages, and small objects cut from pages.
 *
 * Everything comes back zeroed. Every allocation asks alloc_fails() first (mm/alloc_fault.h), so
 * that a test can make any of them fail.
 */
#ifndef MM_HEAP_H
#define MM_HEAP_H

#include "lib/types.h"

/*
 * Whole pages, virtually contiguous; NULL when there is no memory. Context: no lock above RANK_HEAP
 * held.
 */
void *heap_alloc_pages(unsigned int pages) __must_check;
void *heap_alloc_pages_aligned(unsigned int pages)
    __must_check; /* aligned to as many pages, a power of two */
void heap_free_pages(void *p, unsigned int pages);

/*
 * Boot: a page turns from writable into executable, or is taken out of a run for good (a stack's
 * guard).
 */
void heap_make_executable(void *p);
void heap_unmap_guard(void *p);

/* The frame behind a heap address. */
mfn_t heap_mfn(const void *p);

/*
 * Objects of any size, aligned to 16 bytes (to a page, from a page on); NULL when there is no
 * memory.
 */
void *heap_alloc(size_t bytes) __must_check;
void heap_free(void *p); /* NULL is fine */

#define heap_new(type) ((type *)heap_alloc(sizeof(type)))

/* Each page of the heap area that is in use, and the frame it shows: the audit's walk. */
void heap_for_each_page(void (*fn)(unsigned int page, mfn_t m, void *data), void *data);

/* Bytes of hypervisor memory in use, in frames. */
uint64_t heap_frames(void);

#endif
