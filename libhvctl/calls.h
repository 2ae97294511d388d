/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hypercalls of the library.  Records are copied into memory that the hypervisor can reach, and
 * back after the call.  Functions that end in a hypercall return what it returned, a negative
 * errno when it was refused; the caller makes the sentence, with calls_fail().
 */
#ifndef LIBHVCTL_CALLS_H
#define LIBHVCTL_CALLS_H

#include <xen/domctl.h>
#include <xen/sysctl.h>

#include "internal.h"
#include "machine.h"

#define CALL_LIST 8192 /* entries of 8 bytes that one call's list has at most */

/**
 * Opens the devices if they are not.
 * @return 0; -HVCTL_UNSUPPORTED: this system runs on no hypervisor, or is not its control domain;
 *         -HVCTL_DENIED; -HVCTL_NO_MEMORY.
 */
int calls_open(struct hvctl *h) __attribute__((warn_unused_result));

/** The machine of an open handle. */
struct machine *calls_machine(struct hvctl *h);

/**
 * Memory for a call's lists.  Freed all at once by calls_done(), so each function that takes
 * some takes it, calls, reads the answer and is done.  There is room for CALL_LIST entries of
 * 8 bytes beside the record.
 */
void *calls_room(struct hvctl *h, size_t size);
void calls_done(struct hvctl *h);

/** The calls.  op's interface version is filled in. */
long calls_domctl(struct hvctl *h, uint32_t domid, struct xen_domctl *op);
long calls_sysctl(struct hvctl *h, struct xen_sysctl *op);

/** A call with a command and one record of size bytes, as memory_op has; argument may be NULL. */
long calls_op(struct hvctl *h, unsigned int call, unsigned int command, void *argument,
              size_t size);

/** A call with plain arguments. */
long calls_plain(struct hvctl *h, unsigned int call, uint64_t a, uint64_t b, uint64_t c,
                 uint64_t d);

/** Opens the machine for Mortise's own calls; -HVCTL_UNSUPPORTED on another hypervisor. */
int calls_mortise(struct hvctl *h) __attribute__((warn_unused_result));

/**
 * Says why a call was refused.
 * @param error  negative errno that it returned.
 * @param what   as printf(): "the guest's memory could not be made".
 * @return -status.
 */
int calls_fail(struct hvctl *h, long error, const char *what, ...)
    __attribute__((format(printf, 3, 4), warn_unused_result));

#endif
