/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the records of mappings, for grant/'s own files.
 */
#ifndef GRANT_MAPPING_H
#define GRANT_MAPPING_H

#include "grant/grant.h"
#include "mm/type.h"

/* Gives the frame of a grant_claim() back. */
static inline void grant_release_frame(mfn_t frame, bool write)
{
    if (write)
        frame_put_type(frame_of(frame));
    else
        frame_put(frame_of(frame));
}

/* A free record, busy; NULL: the allowance is used up, or no memory. */
struct grant_mapping *mapping_alloc(struct grant_domain *g, uint32_t *handle);
void mapping_free(struct grant_domain *g, struct grant_mapping *m, uint32_t handle);

/* The record is complete, or goes on with these flags: it is busy no more. */
static inline void mapping_ready(struct grant_mapping *m, uint16_t flags)
{
    __atomic_store_n(&m->flags, flags, __ATOMIC_RELEASE);
}

/* Makes a record in use busy; NULL: no such mapping, or it is busy. */
struct grant_mapping *mapping_busy(struct grant_domain *g, uint32_t handle);

/* How many pins the flags MAPPING_HOST and MAPPING_DEVICE stand for. */
static inline unsigned int mapping_pins(uint16_t flags)
{
    return ((flags & MAPPING_HOST) != 0) + ((flags & MAPPING_DEVICE) != 0);
}

/* Ends parts of a busy mapping, and with the last one the mapping. No TLB holds it any more.
 * Interrupts on. */
void mapping_end(struct grant_domain *g, struct grant_mapping *m, uint32_t handle, uint16_t ends);

/* The granter, with a reference: oneself without a search. NULL: no such domain. */
static inline struct domain *granter_get(struct domain *d, domid_t id)
{
    if (id != d->id)
        return domain_get(id);
    __atomic_add_fetch(&d->refs, 1, __ATOMIC_SEQ_CST);
    return d;
}

/* grant/table.c: takes the table's frames away from the domain; -ERESTART: call again. */
int grant_table_drop(struct domain *d) __must_check;

#endif
