/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the closed list of permanent mappings of guests' frames: the only way, besides windows, that
 * a guest's memory is in the hypervisor's address space. Each holds one reference and one writable
 * use of its frame, which the audit counts.
 *
 * GDT and LDT frames of vCPUs are on the list too, but lie in the domain's own L4 slot
 * (pv/descriptor_tables.c).
 */
#ifndef MM_PERMANENT_H
#define MM_PERMANENT_H

#include "mm/frame.h"

enum permanent_kind {
    PERMANENT_SHARED_INFO,
    PERMANENT_GRANT_TABLE,
    PERMANENT_VCPU_INFO,
    PERMANENT_PIRQ_EOI,
    PERMANENT_KINDS
};

/* Maps a frame that `owner` owns. -EINVAL: not its frame, or in use as a table; -ENOMEM. */
int permanent_map(mfn_t m, domid_t owner, enum permanent_kind kind, void **va) __must_check;
void permanent_unmap(void *va);

/*
 * A new page of the hypervisor's, shared with a domain that may map it: allocated, zeroed, mapped.
 * -ENOMEM.
 */
struct owner;
int permanent_alloc(struct owner *o, enum permanent_kind kind, void **va) __must_check;

/* Unmaps it and takes it away from its owner; it goes when the owner's own mappings do. */
void permanent_free(void *va);

mfn_t permanent_mfn(const void *va);

/* How many uses the list holds on frame m (audit). */
unsigned int permanent_count(mfn_t m);

/* Every mapping: the audit's and the dumps' walk. Bounded by the heap area. */
void permanent_for_each(void (*fn)(mfn_t m, enum permanent_kind kind, void *data), void *data);

#endif
