/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of HYPERVISOR_memory_op: reservations (memory_reservation.c), exchange
 * (memory_exchange.c), maps of memory (memory_map.c), and what they share (memory_op.c).
 */
#ifndef CALL_MEMORY_H
#define CALL_MEMORY_H

#include <xen/memory.h>

#include "dom/domain.h"
#include "mm/frame.h"

#define MEMOP_EXTENT_SHIFT 6 /* the ABI's: bits of cmd from here on are how many extents are done */
#define MEMOP_CMD_MASK     ((1UL << MEMOP_EXTENT_SHIFT) - 1)

#define GUEST_ORDER_MAX                                                                            \
    9 /* largest extent of an ordinary domain: 2 MiB; the control domain may ask for MAX_ORDER */

/* The domain that a call names, with a reference: the caller's own, or one that it controls.
 * -ESRCH, -EPERM (noted). */
int memory_target(domid_t id, struct domain **d) __must_check;

/* Address width that mem_flags ask for; 64 when any will do. */
unsigned int memory_address_bits(unsigned int mem_flags);

/* A frame of the domain's that it may give away: takes a reference. False (noted) when it is
 * none. */
bool memory_frame_get(struct domain *d, uint64_t gmfn) __must_check;

long memory_increase(uint64_t cmd, gva_t arg, uint64_t start);
long memory_decrease(uint64_t cmd, gva_t arg, uint64_t start);
long memory_populate(uint64_t cmd, gva_t arg, uint64_t start);
long memory_exchange(gva_t arg);

long memory_claim(gva_t arg);

/* The operations that fill a map or answer with a number, and those that a PV domain does not
 * have. */
long memory_map_op(uint32_t op, gva_t arg);

#endif
