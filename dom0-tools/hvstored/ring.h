/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's page with its two rings of bytes. The guest may write anything into it at any time:
 * its counters are read once a call and checked, what it wrote is copied out before it is looked
 * at, and the daemon's own counters are never read back from it.
 */
#ifndef HVSTORED_RING_H
#define HVSTORED_RING_H

#include <stddef.h>
#include <stdint.h>

#include "xen/io/xs_wire.h"

/* Bytes of requests behind a position, or -EPROTO when the guest's counter is out of range. */
int ring_waiting(const struct xenstore_domain_interface *page, uint64_t in);
/* Copies n bytes that wait, which stay. */
void ring_peek(const struct xenstore_domain_interface *page, uint64_t in, void *to, size_t n);
/* Bytes of room for answers, or -EPROTO. */
int ring_room(const struct xenstore_domain_interface *page, uint64_t out);
/* Copies bytes to where there is room; the guest does not see them yet. */
void ring_put(struct xenstore_domain_interface *page, uint64_t out, const void *from, size_t n);
/* Shows the guest both positions; what lies before out was put before. */
void ring_publish(struct xenstore_domain_interface *page, uint64_t in, uint64_t out);

#endif
