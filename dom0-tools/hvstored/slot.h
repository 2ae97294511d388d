/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a ring's connection stands: a small file, mapped, so that it outlives the daemon without
 * a system call a request. Positions are written to the copy that does not count, which then is
 * made the one that counts by a single store: killed anywhere, either the old or the new ones
 * are there. The guest's page is only ever told what is in the slot already.
 */
#ifndef HVSTORED_SLOT_H
#define HVSTORED_SLOT_H

#include <stdint.h>

#include "xen/io/xs_wire.h"

#define MESSAGE_MOST (sizeof(struct xsd_sockmsg) + XENSTORE_PAYLOAD_MAX)

struct position {
    uint64_t in, out;          /* bytes of the streams that are taken and given */
    uint64_t reply;            /* where in the stream the slot's reply begins */
    uint32_t reply_len;        /* its bytes */
    uint32_t have;             /* bytes of a long request that were taken */
    uint32_t last_transaction; /* number given last */
    uint32_t pad;
};

struct slot {
    struct position copy[2];
    uint32_t current;
    uint8_t input[MESSAGE_MOST];  /* a request too long for the ring */
    uint8_t answer[MESSAGE_MOST]; /* a reply too long for the ring's room */
};

/*
 * The slot of a domain in a folder (a descriptor; below 0: in memory only). position: a new one
 * that begins there; NULL: the one that is there. NULL and errno on failure.
 */
struct slot *slot_open(int folder, uint16_t domid, const struct position *position);
/* Its memory; its file, when the domain is gone. */
void slot_close(struct slot *slot);
void slot_remove(int folder, uint16_t domid);

void slot_set(struct slot *slot, const struct position *position);
struct position slot_get(const struct slot *slot);

#endif
