/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the control domain's frames while it is built: which MFN each PFN is, and access to them
 * through windows.
 */
#ifndef DOM0_MEMORY_H
#define DOM0_MEMORY_H

#include "dom/domain.h"
#include "dom0/layout.h"

struct dom0_memory {
    struct domain *d;
    const struct dom0_layout *l;
    uint64_t *p2m; /* of the PFNs below end_pfn: heap */
};

/*
 * Gives the domain the frames that the kernel and our own things lie in, from the top down, and the
 * initrd's own frames in place.
 * -ENOMEM.
 */
int dom0_memory_first(struct dom0_memory *m, uint64_t initrd) __must_check;

/*
 * Then, when the kernel's file has been copied and given back, all others. The p2m is written into
 * the domain's memory, and the M2P.
 * -ENOMEM.
 */
int dom0_memory_rest(struct dom0_memory *m) __must_check;

mfn_t dom0_mfn(const struct dom0_memory *m, uint64_t pfn);

/* Copies into (or, without a source, zeroes) the domain's memory at a physical address in bytes. */
void dom0_write(const struct dom0_memory *m, uint64_t at, const void *from, uint64_t bytes);

/*
 * Builds the first tables and makes them what the vCPU runs on; sets *l4. -EINVAL is a mistake of
 * ours.
 */
int dom0_tables(const struct dom0_memory *m, mfn_t *l4) __must_check;

#endif
