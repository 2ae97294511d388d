/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Building a guest: what the steps of create.c hand to each other.  Each step either does all of
 * its work or leaves what there is to the domain's destruction; nothing that a step maps or
 * opens outlives build_close().
 */
#ifndef LIBHVCTL_BUILD_H
#define LIBHVCTL_BUILD_H

#include "calls.h"
#include "kernel_elf.h"
#include "layout.h"
#include "unpack/image.h"

#define MAX_VCPUS     128               /* that a guest may have */
#define SLACK_KIB     1024              /* that a guest may own beyond its memory */
#define KERNEL_LIMIT  ((size_t)1 << 30) /* bytes that a kernel may unpack to */
#define CONSOLE_GRANT 0                 /* entry of the grant table that shows the console's ring */
#define STORE_GRANT   1

struct build {
    struct hvctl *h;
    const struct hvctl_definition *definition;
    struct hvctl_nic *nics; /* the definition's, each with its MAC address */
    uint32_t domid;
    uint8_t uuid[16];
    uint64_t pages;
    xen_pfn_t *p2m; /* machine frame by guest frame */

    int kernel_fd;      /* held open while the file is mapped; -1: none */
    struct buffer file; /* of the kernel */
    struct image image;
    struct elf_kernel kernel;
    int initrd; /* file descriptor, -1: none */
    uint64_t initrd_bytes;
    struct layout layout;

    uint32_t store_port, console_port;
    xen_pfn_t shared_info;
    void *shared_page; /* mapped for as long as the guest is built: see build_anchor() */
};

/** Opens kernel and initrd, and reads the kernel's head.  No domain is needed yet. */
int build_open(struct build *b) __attribute__((warn_unused_result));

/** Closes and frees all that the steps hold.  Comes before the domain's destruction. */
void build_close(struct build *b);

/**
 * Maps the new domain's shared page.  While it is mapped the domain can't vanish altogether, even
 * if somebody destroys it now: mappings fail one by one then.  Linux 6.1 does not survive a batch
 * of mappings of a domain that is not there at all.
 */
int build_anchor(struct build *b) __attribute__((warn_unused_result));

/** Gives the domain its memory, and makes the p2m. */
int build_memory(struct build *b) __attribute__((warn_unused_result));

/** Puts the kernel where it belongs; reads its notes; places everything else. */
int build_kernel(struct build *b) __attribute__((warn_unused_result));

/** Reads the initrd into the guest. */
int build_initrd(struct build *b) __attribute__((warn_unused_result));

/** Writes the p2m and the first page tables, and pins them. */
int build_tables(struct build *b) __attribute__((warn_unused_result));

/** Makes rings and their channels, grants, start_info, shared page and the first vCPU. */
int build_start(struct build *b) __attribute__((warn_unused_result));

/** Maps count frames of the guest, from pfn on; machine_unmap() ends it. */
int build_map(struct build *b, uint64_t pfn, uint64_t count, void **address)
    __attribute__((warn_unused_result));

#endif
