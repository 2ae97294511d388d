/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest_ring.h: the records and numbers of the tests of pv/ring.h.
 *
 * A page is allocated to its size, so the address sanitizer sees an index that leaves it.
 */
#ifndef TESTS_UNIT_GUEST_RING_H
#define TESTS_UNIT_GUEST_RING_H

#include <stdlib.h>
#include <string.h>

#include "pv/ring.h"
#include "unit.h"

#define PAGE 4096

struct request {
    uint32_t id, payload[6];
};
struct response {
    uint32_t id, sum;
};
DEFINE_RING_TYPES(test, struct request, struct response);
#define SLOT sizeof(union test_sring_entry)

static unsigned int seed = 1;

static inline unsigned int random_below(unsigned int limit)
{
    seed = seed * 1103515245 + 12345;
    return (seed >> 8) % limit;
}

static inline struct request request_of(uint32_t id)
{
    struct request request = {.id = id};

    for (unsigned int i = 0; i < 6; i++) {
        request.payload[i] = id * 7 + i;
    }
    return request;
}

static inline uint32_t sum_of(const struct request *request)
{
    uint32_t sum = request->id;

    for (unsigned int i = 0; i < 6; i++) {
        sum += request->payload[i];
    }
    return sum;
}

#endif
