/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what an audit counts for a frame, and the comparison with what the frame's record says.
 * Pure: the unit tests run the same file.
 */
#ifndef CTL_AUDIT_CHECK_H
#define CTL_AUDIT_CHECK_H

#include <xen/xen.h>

#include "mm/frame.h"
#include "mm/type_word.h"

/* References that were found: the low bits of `uses` count those with a type, the high ones say
 * which types. */
struct audit_count {
    uint32_t refs;
    uint32_t uses;
};

#define AUDIT_TYPE_SHIFT 25
#define AUDIT_USES_MASK  ((1U << AUDIT_TYPE_SHIFT) - 1)

static inline void audit_count_ref(struct audit_count *c)
{
    c->refs++;
}

/* A use always comes with a reference. */
static inline void audit_count_use(struct audit_count *c, enum frame_type t)
{
    c->refs++;
    c->uses = (c->uses + 1) | 1U << (AUDIT_TYPE_SHIFT + t);
}

#define AUDIT_BAD_REFS 1 /* the count of references differs */
#define AUDIT_BAD_USES 2 /* the count of uses differs */
#define AUDIT_BAD_STATE                                                                            \
    4 /* type and flags are none that can be while nothing is at work, or not what the uses are */

/* How many references the record should have, its ownership included. */
uint32_t audit_expected_refs(const struct frame *f, const struct audit_count *c);

/* AUDIT_BAD_* bits; 0 when record and count agree. */
unsigned int audit_frame_check(const struct frame *f, const struct audit_count *c);

#endif
