/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A dump of a guest: its frames (dump_frames.c) and the file's form (dump_form.c).
 */
#ifndef LIBHVCTL_DUMP_H
#define LIBHVCTL_DUMP_H

#include <stdio.h>

#include "domain.h"

/** One frame of the guest's: a record of the section .xen_p2m. */
struct dump_frame {
    uint64_t pfn; /* as the M2P says; the guest may have written anything there */
    uint64_t mfn;
};

struct dump {
    struct hvctl *h;
    uint32_t domid;
    uint64_t virt_base; /* virtual address of PFN 0; UINT64_MAX: not known */
    xen_pfn_t shared_info;
    struct dump_frame *frames; /* by rising PFN */
    size_t frame_count;
    struct vcpu_guest_context *contexts;
    size_t context_count;
};

/** Finds all frames that the domain owns, sorted by PFN. */
int dump_find_frames(struct dump *dump) __attribute__((warn_unused_result));

/** Writes all of it. */
int dump_write(struct dump *dump, FILE *file) __attribute__((warn_unused_result));

#endif
