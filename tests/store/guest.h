/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's side of a ring, as a kernel has it: bytes out, bytes in, messages and events.
 */
#ifndef TESTS_STORE_GUEST_H
#define TESTS_STORE_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xen/io/xs_wire.h"

#define GUEST_BODY (XENSTORE_PAYLOAD_MAX + 1)

/* A message that came; the body has a 0 behind it. */
struct guest_message {
    struct xsd_sockmsg header;
    char body[GUEST_BODY];
};

struct guest {
    struct xenstore_domain_interface *page;
    uint16_t domid;
    bool broken;   /* what came made no sense */
    size_t unsent; /* bytes of out that are not in the ring */
    size_t have;   /* bytes of in */
    uint8_t out[8192], in[sizeof(struct guest_message)];
};

void guest_init(struct guest *guest, uint16_t domid);

/* Queues a message; then moves what fits. Returns whether anything moved. */
void guest_post(struct guest *guest, uint32_t type, uint32_t req_id, uint32_t tx_id,
                const void *body, size_t len);
bool guest_push(struct guest *guest);
/* Takes a message out of the ring; false when there is none that is whole. */
bool guest_take(struct guest *guest, struct guest_message *message);

#endif
