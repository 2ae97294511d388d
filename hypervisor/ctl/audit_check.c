/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the comparison of a frame's record with the references that were found for it. Pure.
 */
#include "ctl/audit_check.h"

uint32_t audit_expected_refs(const struct frame *f, const struct audit_count *c)
{
    if (!(f->refs & FRAME_COUNT))
        return 0; /* free, or the hypervisor's own */
    return (f->refs & FRAME_ALLOCATED ? 1 : 0) + c->refs;
}

static unsigned int check_idle(uint64_t w, uint32_t uses)
{
    unsigned int bad = uses ? AUDIT_BAD_USES : 0;

    if (w & (TYPE_VALIDATED | TYPE_PARTIAL | TYPE_UNWINDING | TYPE_PINNED | TYPE_BUSY))
        bad |= AUDIT_BAD_STATE;
    return bad;
}

/* Flags of a frame in use, while nobody is at work on it. */
static bool flags_ok(uint64_t w)
{
    bool partial = w & TYPE_PARTIAL, validated = w & TYPE_VALIDATED;

    if (w & TYPE_BUSY || type_of(w) == TYPE_NONE || partial == validated)
        return false;
    if (w & TYPE_UNWINDING && !partial)
        return false;
    if (partial && !type_is_table(type_of(w)))
        return false;
    return !(w & TYPE_PINNED) || (validated && type_is_table(type_of(w)));
}

static unsigned int check_used(uint64_t w, const struct audit_count *c)
{
    uint32_t uses = c->uses & AUDIT_USES_MASK, types = c->uses >> AUDIT_TYPE_SHIFT;
    unsigned int bad = 0;

    if ((w & TYPE_COUNT_MASK) != uses)
        bad |= AUDIT_BAD_USES;
    if (!flags_ok(w) || (types && types != 1U << type_of(w)))
        bad |= AUDIT_BAD_STATE;
    return bad;
}

unsigned int audit_frame_check(const struct frame *f, const struct audit_count *c)
{
    unsigned int bad = 0;

    if (f->owner == DOMID_IO)
        return c->refs ? AUDIT_BAD_REFS : 0;
    if ((f->refs & FRAME_COUNT) != audit_expected_refs(f, c) ||
        (!(f->refs & FRAME_COUNT) && c->refs))
        bad = AUDIT_BAD_REFS;
    if (f->type & TYPE_IDLE || (!frame_is_domains(f) && !f->type))
        return bad | check_idle(f->type, c->uses);
    return bad | check_used(f->type, c);
}
