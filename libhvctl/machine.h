/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the library needs of the kernel below it: hypercalls, memory that a hypercall may be given,
 * and other domains' frames mapped.  machine.c does it with the kernel's devices; unit tests link
 * a machine of their own in its place.
 *
 * Functions return 0 (or what the hypercall returned) or a negative errno, without a sentence.
 */
#ifndef LIBHVCTL_MACHINE_H
#define LIBHVCTL_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE  ((size_t)1 << PAGE_SHIFT)

struct machine;

/**
 * Opens the devices.
 * @param device  takes the name of the one that can't be opened.
 */
int machine_open(struct machine **machine, const char **device) __attribute__((warn_unused_result));
void machine_close(struct machine *machine);

/** A hypercall by number. */
long machine_call(struct machine *machine, unsigned int number, const uint64_t arguments[5]);

/** Pages that a hypercall may be given as argument; they stay until machine_close(). */
void *machine_buffer(struct machine *machine, size_t pages);

/** Address space for count pages in which machine_map_at() may place frames, or NULL. */
void *machine_reserve(size_t count);

/**
 * Maps frames of a domain over reserved address space.
 * @param frames  count machine frames.
 * @return 0; -ENOENT, -EINVAL, ...: one of them can't be mapped, and none is.
 */
int machine_map_at(struct machine *machine, void *address, uint32_t domid, const xen_pfn_t *frames,
                   size_t count, bool writable) __attribute__((warn_unused_result));

/** The same at an address that the kernel chooses. */
int machine_map(struct machine *machine, uint32_t domid, const xen_pfn_t *frames, size_t count,
                bool writable, void **address) __attribute__((warn_unused_result));

/** Maps frames that the hypervisor keeps for a domain: XENMEM_acquire_resource. */
int machine_map_resource(struct machine *machine, uint32_t domid, unsigned int type,
                         unsigned int id, unsigned int first, size_t count, void **address)
    __attribute__((warn_unused_result));

/** Ends a mapping, or a reservation with all that is mapped in it. */
void machine_unmap(void *address, size_t count);

#endif
