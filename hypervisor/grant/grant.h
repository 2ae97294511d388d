/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns grants (version 1): a domain's table, which others map and copy from, and the record of each
 * mapping that it made of others' frames.
 *
 * A use of an entry is a pin on it: while there are pins, its marks (GTF_reading, GTF_writing) are
 * set. A mapping is one record: it owns its pins, a reference on the granter, and a reference on
 * the frame, with a writable use unless it is read-only. The page-table entry that it made owns
 * references of its own, like any other entry; so the entry may be overwritten, or go with its
 * table, and the record still ends exactly once, by unmap or with its domain.
 */
#ifndef GRANT_GRANT_H
#define GRANT_GRANT_H

#include <xen/grant_table.h>

#include "dom/domain.h"
#include "grant/claim.h"

#define ENTRIES_PER_FRAME (PAGE_SIZE / sizeof(struct grant_entry_v1))

struct grant_pins {
    uint32_t readers, writers; /* a writer is not a reader */
};

#define MAPPING_HOST     1 /* by a page-table entry */
#define MAPPING_DEVICE   2 /* for devices: there is no IOMMU, so it only pins */
#define MAPPING_READONLY 4
#define MAPPING_BUSY     8 /* being made or ended by one CPU */

struct grant_mapping {
    struct domain *granter; /* with a reference */
    mfn_t frame;
    uint64_t host_addr; /* as the guest gave it */
    mfn_t table;        /* the L1 where the entry was made */
    uint32_t ref;       /* while free: the next free record */
    uint16_t index;     /* in that L1 */
    uint16_t flags;     /* 0: free */
};

#define MAPPINGS_PER_PAGE (PAGE_SIZE / sizeof(struct grant_mapping))
#define NO_MAPPING        0xffffffffU

struct grant_domain {
    spinlock_t lock; /* RANK_GRANT: the table */
    bool dying;      /* nobody may claim any more */
    uint32_t frames, max_frames;
    uint64_t **shared;        /* max_frames: the frames of entries, permanent mappings */
    struct grant_pins **pins; /* the same, of ours */

    spinlock_t map_lock; /* RANK_GRANT, never with the other: the records */
    uint32_t map_pages, max_map_pages;
    uint32_t first_free;
    uint32_t mappings;          /* in use */
    struct grant_mapping **map; /* max_map_pages, made with the first mapping */
};

/* The first frame of the table is made at once. -ENOMEM. */
int grant_domain_init(struct domain *d, uint32_t max_frames, uint32_t max_map_pages) __must_check;

/*
 * Makes its first records of mappings, which else its first mapping does: for a domain that is sure
 * to map. -ENOMEM.
 */
int grant_mappings_prepare(struct domain *d) __must_check;

/* No claims on its table any more, and its own mappings end; its vCPUs are stopped for good.
 * -ERESTART: call again. */
int grant_domain_destroy(struct domain *d) __must_check;

/* Frees what is left, with the domain itself. */
void grant_domain_free(struct domain *d);

/* The table: -1 or a frame of it. Grows it to `frames` frames: -EINVAL beyond the allowance,
 * -ENOMEM. */
int grant_table_grow(struct domain *d, uint32_t frames) __must_check;
mfn_t grant_table_frame(const struct domain *d, uint32_t index);

/* Exchanges two entries of the caller's table that nobody uses: GNTST_*. */
int grant_swap(struct domain *d, uint32_t a, uint32_t b) __must_check;

/*
 * Pins an entry `pins` times for `to` and takes a reference (and a writable use, with `write`) on
 * its frame. GNTST_okay, another GNTST_*, or -ERESTART. The caller holds a reference on the
 * granter. Interrupts on.
 */
int grant_claim(struct domain *granter, uint32_t ref, domid_t to, bool write, unsigned int pins,
                mfn_t *frame) __must_check;

/* Gives back some of the pins that grant_claim() took; grant_release_frame() is for the frame. */
void grant_release_pins(struct domain *granter, uint32_t ref, bool write, unsigned int pins);

/* One map, unmap or copy: op->status is set; 0, or -ERESTART: not done, to be made again. The
 * current domain's. */
int grant_map(struct domain *d, struct gnttab_map_grant_ref *op) __must_check;
int grant_copy(struct domain *d, struct gnttab_copy *op) __must_check;

/* Unmapping in two steps, so that a batch flushes once. */
struct grant_unmap {
    struct grant_mapping *mapping; /* NULL: nothing to end */
    uint32_t handle;
    uint16_t ends; /* MAPPING_HOST, MAPPING_DEVICE */
};
int grant_unmap_begin(struct domain *d, uint64_t host_addr, uint64_t dev_addr, uint32_t handle,
                      struct grant_unmap *u, bool *flush) __must_check; /* GNTST_* or -ERESTART */
void grant_unmap_flush(void);
void grant_unmap_end(struct domain *d, const struct grant_unmap *u);

/* As grant_unmap_begin, and what `new_addr` maps takes the mapping's place there. */
int grant_replace_begin(struct domain *d, const struct gnttab_unmap_and_replace *op,
                        struct grant_unmap *u, bool *flush) __must_check;

/* Each mapping that the domain holds: for the audit, with all vCPUs stopped, and for the debug
 * keys. */
void grant_for_each_mapping(const struct domain *d,
                            void (*see)(const struct domain *d, const struct grant_mapping *m,
                                        void *data),
                            void *data);
void grant_dump(const struct domain *d);

#endif
