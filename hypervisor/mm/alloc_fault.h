/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one question that every allocation asks: frames, objects and address space of the heap, and
 * frames set aside. A test can have the n-th answered with "no", and all up to the m-th.
 *
 * Only the image mortise-faults has a call that arms it (ctl/faults.c); elsewhere it never is.
 */
#ifndef MM_ALLOC_FAULT_H
#define MM_ALLOC_FAULT_H

#include "lib/types.h"

struct alloc_fault {
    bool armed;
    uint32_t calls;       /* since it was armed */
    uint32_t first, last; /* the calls that fail, from 1 on; none when first is 0 */
};

extern struct alloc_fault alloc_fault;

static inline bool alloc_fault_due(struct alloc_fault *f)
{
    uint32_t n = __atomic_add_fetch(&f->calls, 1, __ATOMIC_RELAXED);

    return f->first && n >= f->first && n <= f->last;
}

/* Whether this allocation must fail. */
static inline bool alloc_fails(void)
{
    return unlikely(READ_ONCE(alloc_fault.armed)) && alloc_fault_due(&alloc_fault);
}

#endif
