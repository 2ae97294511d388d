/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host in a process, for libhvctl: frames of memory that can really be mapped, domains that own
 * them, a XenStore; it keeps books, and fails on demand.
 */
#ifndef TESTS_UNIT_HVCTL_MACHINE_H
#define TESTS_UNIT_HVCTL_MACHINE_H

#include <xen/domctl.h>

#include "domain.h"

#define HOST_FRAMES  8192
#define HOST_DOMAINS 8

struct host_domain {
    bool exists, dying;
    uint8_t handle[16];
    uint64_t max_kib, frames, memory_map;
    unsigned int vcpus, ports, pause_count;
    xen_pfn_t shared_info, grants, pinned, hypercall_page;
    struct vcpu_guest_context context;
    bool has_context;
    int64_t time_offset;
    uint16_t weight, cap;
    struct hvctl_cpuset hard;
    bool introduced, devices;
    bool ended; /* by itself, for a reason of sched.h */
    unsigned int reason;
};

struct host {
    struct host_domain domain[HOST_DOMAINS];
    uint32_t owner[HOST_FRAMES]; /* domid + 1; 0: free */
    uint64_t m2p[HOST_FRAMES];
    unsigned int mapped[HOST_FRAMES]; /* how often, writably */
    unsigned int mappings;            /* areas that are mapped or reserved */
    unsigned int large_orders;        /* populated extents above order 0 */
    bool no_large;                    /* there are no 2 MiB in one piece */
    unsigned long calls, store_calls; /* so far */
    unsigned long fail_call, fail_store;
    bool orphans;                              /* a domain may have gone before its devices */
    bool fail_devices;                         /* its devices can't be taken away */
    bool no_device;                            /* what a definition names is not there */
    unsigned int made;                         /* domains, so far */
    unsigned int conflicts;                    /* that the store's next transactions meet */
    const struct hvctl_definition *definition; /* what a stored one is read as */
    const char *wrong;                         /* what the library did that it may not */
};

extern struct host host;

/** Empties the host, but for domain 0. */
void host_reset(void);

/** A frame's contents. */
void *host_frame(xen_pfn_t mfn);

/** Frames that nobody owns. */
unsigned int host_free_frames(void);

/** Empties the store; host_reset() does it. */
void host_store_reset(void);

/** For the host's parts: does this call fail, a fault of the library's, frames for a domain. */
bool host_fails(void);
void host_complain(const char *what);
bool host_take(uint32_t domid, unsigned int order, xen_pfn_t *mfn);

/** Nodes in the store. */
unsigned int host_nodes(void);

/** A node's value, or NULL; its permissions as one string, "n0 r1". */
const char *host_node(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *host_permissions(const char *path);

#endif
