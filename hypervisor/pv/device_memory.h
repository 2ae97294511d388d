/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns memory that is not RAM: which domain may map which of it, and what becomes of a store to
 * what it may only read.
 *
 * The control domain may map all of it but what the hypervisor drives itself; MSI-X tables and
 * PCI's configuration window read-only; no other domain maps any.
 */
#ifndef PV_DEVICE_MEMORY_H
#define PV_DEVICE_MEMORY_H

#include <xen/xen.h>

#include "mm/frame.h"

/* Whether the domain has devices at all: its RAM mappings may ask for other cacheability, and get
 * write-back. */
bool device_memory_owner(domid_t domain);

/* Whether a frame is memory of a device: no RAM, or nobody's. */
static inline bool frame_is_device(mfn_t m)
{
    return !mfn_valid(m) || frame_of(m)->owner == DOMID_IO;
}

enum device_access { DEVICE_NONE, DEVICE_READ, DEVICE_WRITE };

/* How the domain may map this frame, which is not RAM. */
enum device_access device_memory_access(domid_t domain, mfn_t m);

enum device_keep {
    KEEP_ALL,      /* not even to be read: the hypervisor's devices */
    KEEP_WRITES,   /* registers that may be read */
    KEEP_CONFIG,   /* PCI's configuration window: stores are looked at, then done */
    KEEP_MESSAGES, /* an MSI-X table or its pending bits: stores have no effect */
};

struct device_range {
    uint64_t start, end; /* machine addresses; end is behind */
};

/* Keeps the frames of a range from the control domain, for good. False when the list is full. Under
 * its own lock. */
bool device_memory_keep(struct device_range r, enum device_keep how);

/* Keeps a device's MSI-X table and pending bits, and no longer what was kept of it before; n is 0
 * for a device that goes. `device`: segment, bus, function. False when the list is full. */
bool device_memory_keep_messages(uint32_t device, const struct device_range *r, unsigned int n);

enum device_store {
    STORE_FAULTS,  /* the guest gets its page fault */
    STORE_CONFIG,  /* to a register in configuration space */
    STORE_IGNORED, /* to what is the hypervisor's */
    STORE_PASSES,  /* only the neighbour of such a thing: to be done */
};

/* What becomes of a store to a frame that is mapped read-only. */
enum device_store device_memory_store(domid_t domain, uint64_t at, unsigned int bytes);

#endif
